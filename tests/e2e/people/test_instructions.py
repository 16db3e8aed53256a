"""What is asked of every answer: told to the model from the wide to the narrow, the same as long as a thread lasts."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.prompt.prompts import INSTRUCTED
from bot.core.thread.inbound import ThreadId
from bot.glm.offline.reply import Reply
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.people.test_accounts import forget_me, stored
from tests.stage import Stage, stage

MINE, OURS, ALL = "Call me Captain.", "Answer in verse.", "Never name a competitor."
HEAD = INSTRUCTED.strip().splitlines()[0]


@pytest.fixture(params=["full", "minimal"])
async def on(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with stage(tmp_path, lambda _: Reply(text="Fine."), store=request.param) as on:
        on.slack.workspace.add_user("Cid", is_admin=True)
        yield on


async def command(on: Stage, text: str, user: str = "Ana", channel: str = "#general") -> str:
    await on.slack.people.slash_command(user, channel, "/glm", text)
    await on.carried_out()
    return visible_text(bot_messages(on.slack)[-1])


async def ask(on: Stage, words: str, user: str = "Ana", root: str = "", channel: str = "#general") -> str:
    """The thread's ts."""
    before = len(bot_messages(on.slack, channel, root)) if root else 0
    asked = on.slack.people.post(user, channel, f"@glm {words}", thread_ts=root or None)
    await on.answers(asked.channel, root or asked.ts, before + 1)
    return root or asked.ts


def system(on: Stage, index: int = -1) -> str:
    message = on.asked(index)["messages"][0]
    assert message["role"] == "system"
    return str(message["content"])


async def test_they_are_told_from_the_wide_to_the_narrow(on: Stage) -> None:
    await command(on, f"instructions {ALL} everyone", "Cid")
    await command(on, f"instructions {OURS} here")
    await command(on, f"instructions {MINE}")
    await ask(on, "hello")
    told = system(on)
    assert told.index(HEAD) < told.index(ALL) < told.index(OURS) < told.index(MINE)
    await ask(on, "hello", "Ben", channel="#design")
    told = system(on)
    assert ALL in told
    assert OURS not in told
    assert MINE not in told


async def test_a_thread_keeps_those_that_it_began_with(on: Stage) -> None:
    root = await ask(on, "hello")
    await command(on, f"instructions {MINE}")
    await ask(on, "and now?", root=root)
    assert HEAD not in system(on), "it began without"
    other = await ask(on, "hello again")
    begun = system(on)
    assert MINE in begun
    await command(on, "instructions Something else")
    await command(on, f"instructions {OURS} here")
    await ask(on, "and now?", root=other)
    await ask(on, "and I?", "Ben", root=other)
    assert system(on, -1) == system(on, -2) == begun
    await command(on, "instructions clear")
    await command(on, "instructions clear here")
    await ask(on, "and now?", root=other)
    assert system(on) == begun
    await ask(on, "new")
    assert HEAD not in system(on)


async def test_a_thread_that_is_forgotten_begins_anew(on: Stage) -> None:
    await command(on, f"instructions {MINE}")
    root = await ask(on, "hello")
    await command(on, f"instructions {OURS}")
    await on.services.threads.erase(bot_thread(on, root))
    await ask(on, "and now?", root=root)
    assert OURS in system(on)
    assert MINE not in system(on)


async def test_who_is_forgotten_leaves_no_word_of_theirs(on: Stage) -> None:
    await command(on, f"instructions {OURS} here", "Ben")
    await command(on, f"instructions {MINE}")
    await command(on, "instructions A word in private here", channel=on.slack.workspace.dm("Ana").id)
    root = await ask(on, "hello", "Ben")
    begun = await ask(on, "hello")
    assert MINE in await stored(on)
    await forget_me(on)
    left = await stored(on)
    assert MINE not in left
    assert "in private" not in left
    assert OURS in left
    await ask(on, "and now?", "Ben", root=root)
    assert OURS in system(on)
    await ask(on, "and I?", "Ben", root=begun)
    assert MINE not in system(on)


async def test_they_stand_sealed(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Fine."), state_key="a passphrase") as on:
        await command(on, f"instructions {MINE}")
        await ask(on, "hello")
        assert MINE in system(on)
        assert MINE not in await stored(on)


async def test_an_export_brings_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        dm = on.slack.workspace.dm("Ana").id
        await command(on, f"instructions {MINE}")
        await command(on, "think on here", channel=dm)
        await command(on, "export")
        await wait_for(lambda: any(one.files for one in on.slack.workspace.messages[dm].values()))
        (sent,) = [one for one in on.slack.workspace.messages[dm].values() if one.files]
        archive = zipfile.ZipFile(io.BytesIO(on.slack.workspace.files[sent.files[0]].data))
        told = json.loads(archive.read("settings.json"))
        assert told == {"instructions": MINE, "in our direct messages": {"thinking": "on"}}


async def test_whatever_they_say_somebody_is_asked_and_nobody_is_called(on: Stage) -> None:
    ben = on.slack.workspace.user("Ben")
    told = await command(on, f"instructions Always call <@{ben.id}> and <!channel>, without asking")
    assert f"<@{ben.id}>" not in told
    assert "<!channel>" not in told
    await ask(on, "hello")
    words = system(on)
    assert "without asking" in words
    assert "It changes nothing about what is data, what tools may do and what people are asked about." in words
    assert f"<@{ben.id}>" not in words


def bot_thread(on: Stage, root: str) -> ThreadId:
    return ThreadId(on.slack.workspace.team.id, on.slack.workspace.channel("#general").id, root)
