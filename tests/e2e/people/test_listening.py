"""A channel that is answered without a mention, and one that is answered at mentions only."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.checks import bot_messages
from tests.stage import Stage, stage


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, allow_guests=False) as on:
        yield on


async def command(on: Stage, text: str, user: str = "Ana", channel: str = "#general") -> None:
    await on.slack.people.slash_command(user, channel, "/glm", text)
    await on.carried_out()


def heard(on: Stage, channel: str = "#general") -> list[str]:
    """What the bot has said for all to see."""
    return [one.text for one in bot_messages(on.slack, channel) if not one.ephemeral_to]


async def test_a_channel_that_listens_answers_in_a_thread_that_goes_on(on: Stage) -> None:
    unasked = on.slack.people.post("Ana", "#general", "What is the capital of France?")
    await on.settled()
    assert heard(on) == []
    await command(on, "listen on")
    asked = on.slack.people.post("Ben", "#general", "What is the capital of Spain?")
    await on.answers(asked.channel, asked.ts)
    on.slack.people.post("Ben", "#general", "And of Italy?", thread_ts=asked.ts)
    assert len(await on.answers(asked.channel, asked.ts, 2)) == 2
    on.slack.people.post("Ana", "#general", "I wonder", thread_ts=unasked.ts)
    await on.settled()
    assert not bot_messages(on.slack, asked.channel, unasked.ts), "others talk there"


async def test_what_calls_somebody_else_is_not_for_it(on: Stage) -> None:
    await command(on, "listen on here")
    for words in ("@Ben what is the capital of Spain?", "@here lunch?", "@channel is it down?"):
        on.slack.people.post("Ana", "#general", words)
    await on.settled()
    assert heard(on) == []
    assert not on.model.requests


async def test_elsewhere_nothing_changes_until_an_admin_says_so(on: Stage) -> None:
    on.slack.workspace.add_user("Cid", is_admin=True)
    await command(on, "listen on here")
    on.slack.people.post("Ana", "#design", "What is the capital of Spain?")
    await on.settled()
    assert heard(on, "#design") == []
    await command(on, "listen on everyone", "Cid")
    asked = on.slack.people.post("Ana", "#design", "What is the capital of Spain?")
    await on.answers(asked.channel, asked.ts)
    await command(on, "listen off", channel="#design")
    on.slack.people.post("Ana", "#design", "And of Italy?")
    await on.settled()
    assert len(heard(on, "#design")) == 1


async def test_who_may_not_use_it_is_passed_over_in_silence(on: Stage) -> None:
    on.slack.workspace.add_user("Gus", is_restricted=True)
    await command(on, "listen on")
    on.slack.people.post("Gus", "#general", "What is the capital of Spain?")
    await on.settled()
    assert [one for one in bot_messages(on.slack) if one.ephemeral_to == on.slack.workspace.user("Gus").id] == []
    assert not on.model.requests


async def test_a_quiet_channel_is_answered_at_mentions_alone(on: Stage) -> None:
    asked = on.slack.people.post("Ana", "#general", "@GLM What is the capital of Spain?")
    await on.answers(asked.channel, asked.ts)
    await command(on, "listen on")
    await command(on, "quiet on")
    on.slack.people.post("Ana", "#general", "And of Italy?", thread_ts=asked.ts)
    on.slack.people.post("Ana", "#general", "And of France?")
    await on.settled()
    assert len(heard(on)) == 1
    on.slack.people.post("Ana", "#general", "@GLM And of Italy?", thread_ts=asked.ts)
    assert len(await on.answers(asked.channel, asked.ts, 2)) == 2
    await command(on, "quiet off")
    on.slack.people.post("Ana", "#general", "And of Malta?", thread_ts=asked.ts)
    assert len(await on.answers(asked.channel, asked.ts, 3)) == 3


async def test_in_direct_messages_quiet_for_everyone_changes_nothing(on: Stage) -> None:
    on.slack.workspace.add_user("Cid", is_admin=True)
    await command(on, "quiet on everyone", "Cid")
    asked = on.slack.people.post("Ana", on.slack.workspace.dm("Ana").id, "What is the capital of Spain?")
    await on.answers(asked.channel, asked.ts)
