"""The core's ports in memory: small, strict, and able to fail at any step."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta
from bot.core.model.messages import Ask
from bot.core.model.usage import Usage
from bot.core.people.preferences import Choice
from bot.core.ports import CommitResult, TurnCommit, TurnStart
from bot.core.reply import ArtifactSource, Footer, TurnStep
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import Lease
from bot.errors import StateError

Step = ModelEvent | Exception | Callable[[], Any]


@dataclass
class FakeThreads:
    """One thread. `before` is called with each method's name before it is carried out; `outages` counts failures."""

    inbox: dict[str, Inbound] = field(default_factory=dict)
    conversation: Conversation = field(default_factory=Conversation)
    fence: int = 0
    attempt: int = 0
    version: int = 0
    progress: Checkpoint | None = None
    is_elsewhere: bool = False
    outages: dict[str, int] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    done: list[str] = field(default_factory=list)
    recorded: list[Checkpoint] = field(default_factory=list)

    def put(self, *messages: Inbound) -> ThreadId:
        self.inbox |= {message.ts: message for message in messages}
        return messages[-1].thread

    def take_over(self) -> None:
        """What another worker does when it begins."""
        self.fence += 1
        self.attempt += 1

    def _step(self, name: str) -> None:
        self.before(name)
        if self.outages.get(name, 0) > 0:
            self.outages[name] -= 1
            raise StateError(name)

    async def begin(self, thread: ThreadId) -> TurnStart:
        self._step("begin")
        if self.is_elsewhere:
            return TurnStart(-1, 0, None, ())
        if not self.inbox and self.progress is None:
            return TurnStart(0, 0, None, ())
        self.take_over()
        return TurnStart(self.fence, self.attempt, self.progress, tuple(self.inbox.values()), self.version)

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        return tuple(self.inbox.values())

    async def load(self, thread: ThreadId) -> Conversation:
        self._step("load")
        return self.conversation

    async def delete(self, thread: ThreadId, ts: str) -> str:
        self._step("delete")
        return "waiting" if self.inbox.pop(ts, None) else "unknown"

    async def holds(self, thread: ThreadId, fence: int) -> bool:
        self._step("holds")
        return fence == self.fence

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool:
        self._step("record")
        if fence != self.fence:
            return False
        self.progress = progress
        self.recorded.append(progress)
        return True

    async def release(self, thread: ThreadId, fence: int) -> None:
        self._step("release")
        if fence == self.fence:
            self.attempt -= 1
            self.done.append("released")

    async def leave(self, thread: ThreadId, fence: int) -> None:
        self._step("leave")
        if fence == self.fence:
            self.done.append("left")

    async def commit(self, thread: ThreadId, fence: int, done: TurnCommit) -> CommitResult:
        self._step("commit")
        if fence != self.fence:
            return "taken"
        if done.version is not None and done.version != self.version:
            return "changed"
        turns = (*self.conversation.turns, *([done.turn] if done.turn else []))
        self.conversation = Conversation(turns, done.folded or self.conversation.folded)
        for ts in done.answered:
            self.inbox.pop(ts, None)
        self.progress, self.attempt = None, 0
        self.done.append("committed")
        return "done"

    def edit(self, message: Inbound) -> None:
        """A question changes while a turn is under way with it."""
        self.inbox[message.ts] = message
        self.version += 1


@dataclass
class FakeModel:
    """Answers each request with the next script; the last one for ever."""

    scripts: list[list[Step]]
    asks: list[Ask] = field(default_factory=list)
    closed: int = 0

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        self.asks.append(ask)
        try:
            for step in self.scripts[min(len(self.asks), len(self.scripts)) - 1]:
                if isinstance(step, Exception):
                    raise step
                if callable(step):
                    await step()
                    continue
                yield step
        finally:
            self.closed += 1


def says(*words: str) -> list[Step]:
    return [
        ReasoningDelta("Hm. "),
        *(TextDelta(word) for word in words),
        Finished("stop", Usage(10, 5, 2, 1), "glm", 0.25),
    ]


@dataclass
class FakeReply:
    """Keeps the lease's rules as the real one does: asks before it shows, and notes each message it opens."""

    lease: Lease
    shown: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    steps: list[TurnStep] = field(default_factory=list)
    artifacts: ArtifactSource | None = None
    footer: Footer | None = None
    discarded: list[Checkpoint] = field(default_factory=list)
    handed_over: bool = False
    restarts: int = 0
    is_withdrawn: bool = False
    breaks: Exception | None = None
    breaks_at_end: Exception | None = None
    breaks_once: Exception | None = None
    restarts_refused: list[Exception] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.shown)

    def show_status(self, text: str) -> None:
        self.statuses.append(text)

    def show_step(self, step: TurnStep) -> None:
        self.steps.append(step)

    def show_artifacts(self, artifacts: ArtifactSource, language: str) -> None:
        self.artifacts = artifacts

    def write(self, text: str) -> None:
        if self.breaks_once:
            broken, self.breaks_once = self.breaks_once, None
            raise broken
        if self.breaks:
            raise self.breaks
        self.shown.append(text)

    @property
    def footer_lines(self) -> tuple[str, ...] | None:
        return self.footer.lines if self.footer else None

    async def finish(self, footer: Footer) -> None:
        if self.breaks_at_end:
            raise self.breaks_at_end
        await self.lease.check()
        await self.lease.posting()
        await self.lease.posted(f"9{self.lease.fence}.0")
        self.footer = footer

    async def hand_over(self) -> None:
        self.handed_over = True

    async def restart(self) -> None:
        if self.restarts_refused:
            raise self.restarts_refused.pop(0)
        self.shown.clear()
        self.restarts += 1

    async def withdraw(self) -> None:
        self.shown.clear()
        self.is_withdrawn = True

    async def discard(self, checkpoint: Checkpoint) -> None:
        self.discarded.append(checkpoint)
        for ts in checkpoint.reply_ts:
            await self.lease.removed(ts)


@dataclass
class FakeReplies:
    """`breaks` and `breaks_at_end` are what every reply runs into from now on."""

    opened: list[FakeReply] = field(default_factory=list)
    known: list[frozenset[str]] = field(default_factory=list)
    breaks: Exception | None = None
    breaks_at_end: Exception | None = None

    @asynccontextmanager
    async def open(self, question: Inbound, lease: Lease, known: frozenset[str]) -> AsyncIterator[FakeReply]:
        reply = FakeReply(lease, breaks=self.breaks, breaks_at_end=self.breaks_at_end)
        self.opened.append(reply)
        self.known.append(known)
        yield reply

    @property
    def last(self) -> FakeReply:
        return self.opened[-1]


@dataclass
class FakeDeadLetters:
    """Where messages go that broke their worker again and again."""

    put_aside: dict[str, tuple[Inbound, ...]] = field(default_factory=dict)

    async def put(self, reference: str, thread: ThreadId, messages: tuple[Inbound, ...]) -> None:
        self.put_aside[reference] = messages


@dataclass
class FakeGate:
    """Turns these people away."""

    refused: set[str] = field(default_factory=set)
    is_away: bool = False

    async def turned_away(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        if self.is_away:
            raise StateError("gate")
        return tuple(message for message in waiting if message.user in self.refused)


@dataclass
class FakeChoices:
    choices: Choice = field(default_factory=Choice)

    async def choice(self, inbound: Inbound) -> Choice:
        return self.choices


@dataclass
class FakeJobs:
    added: list[tuple[ThreadId, str]] = field(default_factory=list)
    is_away: bool = False

    async def add(self, thread: ThreadId, ts: str) -> None:
        if self.is_away:
            raise StateError("jobs")
        self.added.append((thread, ts))
