"""MessageEdits handles edits, deletions, new answers and Stop, by the state of the message."""

from dataclasses import dataclass, field, replace

import pytest

from bot.core.intake.edits import MessageEdits
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.interrupts import TurnSignal
from tests.core.fakes import FakeJobs
from tests.core.values import inbound

ONE = inbound("1.0")
JOB = (ONE.thread, "1.0")


@dataclass
class Inbox:
    state: str = "waiting"
    reopens: bool = True
    forgotten: list[tuple[ThreadId, str]] = field(default_factory=list)
    running: bool = True
    in_line: tuple[Inbound, ...] = ()

    async def edit(self, inbound: Inbound) -> str:
        return self.state

    async def delete(self, thread: ThreadId, ts: str) -> str:
        return self.state

    async def reopen(self, inbound: Inbound) -> bool:
        return self.reopens

    async def forget(self, thread: ThreadId, ts: str) -> None:
        self.forgotten.append((thread, ts))

    async def is_running(self, thread: ThreadId) -> bool:
        return self.running

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        return self.in_line


@dataclass
class EditScene:
    inbox: Inbox
    jobs: FakeJobs = field(default_factory=FakeJobs)
    sent: list[tuple[ThreadId, str]] = field(default_factory=list)

    async def send(self, thread: ThreadId, signal: TurnSignal) -> None:
        self.sent.append((thread, signal))

    @property
    def message_edits(self) -> MessageEdits:
        return MessageEdits(self.inbox, self.jobs, self)


@pytest.mark.parametrize(
    ("state", "signals", "jobs"),
    [("waiting", 0, 1), ("taken", 1, 1), ("answered", 0, 0), ("offered", 0, 0), ("unknown", 0, 0)],
)
async def test_an_edit(state: str, signals: int, jobs: int) -> None:
    scene = EditScene(Inbox(state))
    assert await scene.message_edits.edited(ONE) == state
    assert scene.sent == [(ONE.thread, "changed")] * signals
    assert scene.jobs.added == [JOB] * jobs


async def test_an_edit_that_is_known_from_its_mention_begins_no_turn_anew() -> None:
    """Slack tells of an edit with a mention in two events."""
    mention = replace(ONE, mentions_bot=True)
    scene = EditScene(Inbox("taken", in_line=(mention,)))
    assert await scene.message_edits.edited(mention) == "waiting"
    assert await scene.message_edits.edited(replace(mention, text="something else")) == "taken"
    assert scene.sent == [(ONE.thread, "changed")]


@pytest.mark.parametrize(
    ("state", "signals", "jobs", "forgets"),
    [("waiting", 0, 0, 0), ("taken", 1, 1, 0), ("answered", 0, 0, 1), ("offered", 0, 0, 1), ("unknown", 0, 0, 1)],
)
async def test_a_deletion(state: str, signals: int, jobs: int, forgets: int) -> None:
    scene = EditScene(Inbox(state))
    await scene.message_edits.deleted(ONE.thread, "1.0")
    assert scene.sent == [(ONE.thread, "changed")] * signals
    assert scene.jobs.added == [JOB] * jobs
    assert scene.inbox.forgotten == [(ONE.thread, "1.0")] * forgets


@pytest.mark.parametrize("reopens", [True, False])
async def test_another_answer_is_queued_once(*, reopens: bool) -> None:
    scene = EditScene(Inbox(reopens=reopens))
    await scene.message_edits.ask_again(ONE)
    assert scene.jobs.added == [JOB] * reopens


async def test_stop_is_told_to_whoever_answers() -> None:
    scene = EditScene(Inbox(in_line=(ONE,)))
    assert await scene.message_edits.stop(ONE.thread) == ()
    assert scene.sent == [(ONE.thread, "stopped")]


@pytest.mark.parametrize(("state", "stopped"), [("waiting", (ONE,)), ("taken", ())])
async def test_a_question_still_in_line_gets_no_answer_after_a_stop(state: str, stopped: tuple[Inbound, ...]) -> None:
    scene = EditScene(Inbox(state, running=False, in_line=(ONE,)))
    assert await scene.message_edits.stop(ONE.thread) == stopped
    assert scene.sent == [(ONE.thread, "stopped")]


async def test_continue_asks_once_however_often_it_is_pressed() -> None:
    scene = EditScene(Inbox())
    await scene.message_edits.go_on(ONE)
    scene.inbox.in_line = (ONE,)
    await scene.message_edits.go_on(inbound("2.0"))
    assert scene.jobs.added == [JOB]
