"""Choices of people, channels and workspaces, kept apart and kept for good."""

import pytest
from redis.asyncio import Redis

from bot.core.people.preferences import Choice
from bot.errors import StateError
from bot.store.keys import Keys
from bot.store.preferences import PreferenceStore
from tests.core.values import ANA, inbound

DEFAULT = Choice("line", "auto")
HERE = inbound()


def store(redis: Redis) -> PreferenceStore:
    return PreferenceStore(redis, Keys(), DEFAULT)


async def test_nothing_chosen_is_the_default(redis: Redis) -> None:
    assert await store(redis).choice(HERE) == DEFAULT


async def test_each_scope_goes_over_the_wider_one(redis: Redis) -> None:
    kept = store(redis)
    await kept.choose("T1", "", "reasoning", "off")
    await kept.choose("T1", "", "thinking", "off")
    assert await kept.choice(HERE) == Choice("off", "off")
    await kept.choose("T1", HERE.channel, "reasoning", "full")
    assert await kept.choice(HERE) == Choice("full", "off")
    await kept.choose("T1", ANA, "reasoning", "summary")
    await kept.choose("T1", ANA, "thinking", "on")
    assert await kept.choice(HERE) == Choice("summary", "on")
    assert await kept.choice(inbound(user="U0000000BEN")) == Choice("full", "off")
    assert await kept.choice(inbound(channel="C9", user="U0000000BEN")) == Choice("off", "off")


async def test_a_choice_is_changed_by_the_next(redis: Redis) -> None:
    kept = store(redis)
    for value in ("off", "full"):
        await kept.choose("T1", ANA, "reasoning", value)
    assert (await kept.choice(HERE)).reasoning == "full"


async def test_workspaces_never_meet(redis: Redis) -> None:
    kept = store(redis)
    for scope in ("", HERE.channel, ANA):
        await kept.choose("T2", scope, "reasoning", "full")
    assert await kept.choice(HERE) == DEFAULT


async def test_it_is_kept_until_it_is_changed(redis: Redis) -> None:
    await store(redis).choose("T1", ANA, "reasoning", "full")
    assert await redis.ttl(Keys().prefs("T1", ANA)) == -1


@pytest.mark.parametrize("value", ["loud", "", "FULL"])
async def test_what_is_no_choice_any_more_counts_as_none(redis: Redis, value: str) -> None:
    await redis.hset(Keys().prefs("T1", ANA), mapping={"reasoning": value, "unknown": "x", "thinking": "on"})
    assert await store(redis).choice(HERE) == Choice("line", "on")


async def test_a_store_that_is_away_is_told_as_such() -> None:
    away = store(Redis.from_url("unix:///nowhere.sock"))
    with pytest.raises(StateError):
        await away.choice(HERE)
    with pytest.raises(StateError):
        await away.choose("T1", ANA, "reasoning", "full")
