"""Choices of people, channels and workspaces, kept apart and kept for good."""

import pytest
from redis.asyncio import Redis

from bot.core.people.preferences import Choice
from bot.errors import StateError
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.people import preferences
from bot.store.people.preferences import PreferenceStore
from bot.store.unreadable import noted
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


async def test_what_is_taken_back_leaves_what_is_wider(redis: Redis) -> None:
    kept = store(redis)
    await kept.choose("T1", "", "model", "a")
    await kept.choose("T1", ANA, "model", "b")
    assert (await kept.choice(HERE)).model == "b"
    await kept.clear("T1", ANA, "model")
    assert (await kept.choice(HERE)).model == "a"


async def test_instructions_are_sealed_and_read_at_once(redis: Redis) -> None:
    kept = PreferenceStore(redis, Keys(), DEFAULT, Seal("a passphrase", b"salt"))
    for scope, words in (("", "for all"), (HERE.channel, "for here"), (ANA, "for Ana")):
        await kept.choose("T1", scope, "instructions", words)
        assert words not in str(await redis.hget(Keys().prefs("T1", scope), "instructions"))
    assert [one.text for one in (await kept.choice(HERE)).instructions] == ["for all", "for here", "for Ana"]
    assert (await kept.by_scope("T1", ANA, HERE.channel)).person.instructions == "for Ana"
    assert await kept.of_person("T1", ANA) == {"instructions": "for Ana"}


async def test_instructions_that_can_t_be_opened_count_as_none(redis: Redis) -> None:
    await PreferenceStore(redis, Keys(), DEFAULT, Seal("one", b"salt")).choose("T1", ANA, "instructions", "x")
    other = PreferenceStore(redis, Keys(), DEFAULT, Seal("another", b"salt"))
    await other.choose("T1", ANA, "cost", "line")
    assert await other.choice(HERE) == Choice("line", "auto", "line")
    (unread,) = await noted(redis, Keys())
    assert (unread.record, unread.key) == ("instructions", Keys().prefs("T1", ANA))


async def test_what_a_channel_is_heard_by_is_known_for_a_moment_and_changed_at_once(redis: Redis) -> None:
    kept = store(redis)
    assert (await kept.channel_choice("T1", "C1")).listen == "off"
    await kept.choose("T1", "C1", "listen", "on")
    assert (await kept.channel_choice("T1", "C1")).listen == "on"
    await redis.flushall()
    assert (await kept.channel_choice("T1", "C1")).listen == "on", "it is not asked of every message"
    assert (await kept.channel_choice("T1", "C2")).listen == "off"
    await kept.clear("T1", "", "quiet")
    assert (await kept.channel_choice("T1", "C1")).listen == "off"


async def test_what_was_known_last_counts_while_the_store_is_away(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferences, "CHANNEL_CACHE_S", -1.0)
    kept = store(redis)
    await kept.choose("T1", "C1", "listen", "on")
    assert (await kept.channel_choice("T1", "C1")).listen == "on"
    monkeypatch.setattr(kept, "_redis", Redis.from_url("unix:///nowhere.sock"))
    assert (await kept.channel_choice("T1", "C1")).listen == "on"
    with pytest.raises(StateError):
        await kept.channel_choice("T1", "C2")


@pytest.mark.parametrize(
    ("person", "channel", "workspace", "language"),
    [
        ("", "", "", "auto"),
        ("", "", "zh", "zh"),
        ("", "en", "zh", "en"),
        ("auto", "en", "zh", "auto"),
        ("zh", "en", "", "zh"),
        ("xx", "", "zh", "zh"),
    ],
)
async def test_the_language_is_that_of_the_most_particular(
    redis: Redis, person: str, channel: str, workspace: str, language: str
) -> None:
    kept = store(redis)
    for scope, value in ((ANA, person), ("C1", channel), ("", workspace)):
        if value:
            await kept.choose("T1", scope, "language", value)
    assert await kept.language("T1", ANA, "C1") == language
