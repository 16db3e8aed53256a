"""The agent's session is at rest again whichever way a turn ends, also where Slack takes a post for no end of work."""

from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply, refused
from bot.playground.api import chat
from bot.playground.workspace.records import Message
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.stage import Stage, stage

SLOW = OfflinePace(0.01, 60.0)
WORDS = " ".join(f"word{i}" for i in range(200))


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A post takes the text away and leaves the session processing: nothing says otherwise (slack.md §1.4)."""

    def only_the_text(app: object, message: object) -> None:
        return

    monkeypatch.setattr(chat, "clear_status_text", only_the_text)


def status(on: Stage, asked: Message) -> str:
    session = on.slack.workspace.sessions.get((asked.channel, asked.ts))
    return session.status if session else "none"


def shown(on: Stage, asked: Message) -> str:
    return "".join(visible_text(message) for message in bot_messages(on.slack, asked.channel, asked.ts))


async def rests(on: Stage, asked: Message) -> None:
    await on.settled()
    await wait_for(lambda: status(on, asked) == "active", what="a session at rest")


@pytest.mark.parametrize("place", ["@glm", "#general"])
@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="One."),
        Reply(text=WORDS),
        refused("1113", "Insufficient balance", 429),
        Reply(text=WORDS, cut_after=9_000),
    ],
    ids=["short", "long", "refused", "cut"],
)
async def test_an_answer_or_an_apology_ends_it(tmp_path: Path, reply: Reply, place: str) -> None:
    async with stage(tmp_path, lambda _: reply, pace=OfflinePace(0.0, 800.0)) as on:
        asked = on.slack.people.post("Ana", place, "hello" if place == "@glm" else "@glm hello")
        await on.answers(asked.channel, asked.ts)
        await rests(on, asked)
        assert calls_of(on.slack, "assistant.threads.setStatus"), "it was at work before"
        assert len(calls_of(on.slack, "agents.sessions.setStatus")) <= 1


async def test_where_nothing_can_be_streamed_it_ends_too(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=OfflinePace(0.0, 800.0)) as on:
        on.slack.faults.add("chat.startStream", error="unknown_method", times=99)
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        await rests(on, asked)


async def test_a_native_stop_ends_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "@glm", "go on")
        await wait_for(lambda: "word1" in shown(on, asked))
        assert status(on, asked) == "processing"
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
        await on.answers(asked.channel, asked.ts)
        await rests(on, asked)


async def test_a_stop_before_the_first_word_ends_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS, wait_s=30.0)]) as on:
        asked = on.slack.people.post("Ana", "@glm", "go on")
        await wait_for(lambda: status(on, asked) == "processing")
        await wait_for(lambda: on.model.requests)
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
        await on.answers(asked.channel, asked.ts)
        await rests(on, asked)


async def test_a_question_that_is_deleted_ends_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        first = on.slack.people.post("Ben", "#general", "look")
        asked = on.slack.people.post("Ana", "#general", "@glm go on", thread_ts=first.ts)
        await wait_for(lambda: "word1" in shown(on, first))
        assert status(on, first) == "processing"
        on.slack.people.delete(asked)
        await wait_for(lambda: shown(on, first) == "")
        await rests(on, first)


async def test_an_app_without_sessions_asks_for_them_once(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="One.")) as on:
        on.slack.faults.add("agents.sessions.setStatus", error="unknown_method", times=99)
        for n in range(3):
            asked = on.slack.people.post("Ana", "@glm", f"hello {n}")
            await on.answers(asked.channel, asked.ts)
        assert len(calls_of(on.slack, "agents.sessions.setStatus")) <= 1
