"""The seams between what the bot means and the outside. Each has at least two implementations: ours and the tests'."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.core.images import PreparedImage
from bot.core.model.events import ModelEvent
from bot.core.model.messages import Ask
from bot.core.people.preferences import Choice
from bot.core.people.standing import Standing
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation, FoldedTurns, Instructions, Turn
from bot.core.thread.inbound import FileRef, Inbound, ThreadId
from bot.core.thread.lease import Lease


@dataclass(frozen=True, slots=True)
class Admission:
    """`state`: new, again (it waits already), answered, or full_thread, full_person or full_workspace: not taken, since
    too many wait. `is_turn_running`: the thread is being answered just now. `is_telling`: this is the message by which
    its author is told that there is no room. `is_refused_now`: not another delivery of what was refused.
    """

    state: str
    is_turn_running: bool = False
    is_telling: bool = False
    is_refused_now: bool = False


@dataclass(frozen=True, slots=True)
class TurnCommit:
    """What a commit writes: the turn, the ts it answered, how it was fitted.

    `version` is the inbox's at the beginning of the turn: when a question has changed since, nothing is written.
    None commits whatever changed. `told`: what else it told the model and had not come to us yet, as when Slack
    delivers again what it could not while we were away: no question of its own when it comes.
    """

    answered: tuple[str, ...]
    turn: Turn | None = None
    folded: FoldedTurns | None = None
    version: int | None = None
    told: tuple[str, ...] = ()


CommitResult = Literal["done", "taken", "changed"]


class Model(Protocol):
    """A vision model that streams."""

    def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Events until exactly one `Finished`, or a `ModelError`.

        Closing the generator (`contextlib.aclosing`) closes the upstream request at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class TurnStart:
    """A turn that was begun: its fencing number, which attempt this is, what an earlier one left, what waits.

    A `fence` of 0: nothing waits. A negative one: another worker answers the thread.
    """

    fence: int
    attempt: int
    progress: Checkpoint | None
    waiting: tuple[Inbound, ...]
    version: int = 0


class Threads(Protocol):
    """What a thread remembers. Every method raises StateError when the store does not answer."""

    async def begin(self, thread: ThreadId) -> TurnStart: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def load(self, thread: ThreadId) -> Conversation: ...

    async def delete(self, thread: ThreadId, ts: str) -> str:
        """A message waits no more, nor does a late twin of it."""
        ...

    async def holds(self, thread: ThreadId, fence: int) -> bool: ...

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool: ...

    async def release(self, thread: ThreadId, fence: int) -> None: ...

    async def leave(self, thread: ThreadId, fence: int) -> None: ...

    async def commit(self, thread: ThreadId, fence: int, done: TurnCommit) -> CommitResult: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. `utc_offset_s` is where their clock stands, `language` their Slack's (`zh-CN`)."""

    id: str
    name: str
    utc_offset_s: int = 0
    language: str = "en"
    is_admin: bool = False
    standing: Standing = "unknown"


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message read back from Slack. `by_bot`: it is one of our own; `is_app`: another app's, which calls itself
    `name`. `quoted`: what it shows besides its author's words.
    """

    ts: str
    user: str
    text: str
    files: tuple[FileRef, ...]
    by_bot: bool
    name: str = ""
    quoted: str = ""
    is_app: bool = False


@dataclass(frozen=True, slots=True)
class EarlierMessages:
    """What was said in a thread before a question, oldest first. `left_out`: how many messages more there are between
    the first and the others. `missed_since`: Slack failed, and what was said after this ts is to be read another time.
    """

    heard: tuple[SlackMessage, ...] = ()
    left_out: int = 0
    missed_since: str = ""


class Workspace(Protocol):
    """What can be looked up in Slack."""

    async def person(self, team: str, user: str, channel: str | None = None) -> Person:
        """Never fails: an unknown person goes by their id. With `channel`, somebody who is spoken to there, in the
        language that was chosen for it.
        """
        ...

    async def message(self, inbound: Inbound) -> SlackMessage | None:
        """One message as Slack has it now, or None when it cannot be had."""
        ...

    async def thread(self, inbound: Inbound, since: str = "") -> EarlierMessages:
        """What was said in the thread before this message and after `since`. Never fails."""
        ...

    async def readable(self, team: str, text: str, reader: str) -> str:
        """Slack's escapes undone: `<@U1>` as @Name, `<url|label>` as a Markdown link, `&lt;` as `<`. Of channels that
        the person it is read for may not know of, no name is told.
        """
        ...


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands under an answer: small `lines`, and, with `question_ts`, one quiet row of things to do with it.

    `page_versions` are those of the thread's web page, when this answer made one; `cited` the labels of pages that can
    be shown, `doubted` of those that are to be checked by their pictures. `can_continue`: it is not whole, and may be
    gone on with. `is_order`: it is not to be rated. `is_failed`: there is no answer to rate, but one to try for again.
    `asks_again`: the question was not answered, and all there is to do is to ask it again. `told`: of the reasoning,
    where that is wanted without a press.
    """

    lines: tuple[str, ...] = ()
    question_ts: str = ""
    has_reasoning: bool = False
    has_versions: bool = False
    is_stopped: bool = False
    can_continue: bool = False
    language: str = "en"
    page_versions: tuple[int, ...] = ()
    can_undo: bool = False
    can_redo: bool = False
    cited: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    is_order: bool = False
    is_failed: bool = False
    asks_again: bool = False
    told: "ReasoningNote | None" = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something an answer shows amid its text. `data` is the picture or file as bytes; JSON for a table
    (`columns`, `rows`) and for a chart (Slack's block; empty where it has to be the picture `fallback`).
    """

    kind: Literal["picture", "table", "chart", "file"]
    label: str
    name: str
    about: str
    mime: str
    data: bytes
    fallback: bytes = b""


class ArtifactSource(Protocol):
    """What a turn can show, by label: `img_3`, `report.pdf#7`, `zoom_1`, `table_1`."""

    def knows(self, label: str) -> bool: ...

    async def artifact(self, label: str) -> Artifact | None:
        """None when it can no longer be had."""
        ...


@dataclass(frozen=True, slots=True)
class TurnStep:
    """One step of a turn, shown as a card while it lasts and after: a tool at work."""

    id: str
    title: str
    state: Literal["in_progress", "complete", "error"]
    output: str = ""


class Reply(Protocol):
    """The answer of one turn on the screen. `show_status` and `write` only note; sending goes on beside them."""

    @property
    def text(self) -> str:
        """All that was written so far."""
        ...

    def show_status(self, text: str) -> None:
        """What the bot is doing, completing its name: “glm is thinking…”. Gone as soon as text is there."""
        ...

    def show_step(self, step: TurnStep) -> None: ...

    def show_artifacts(self, artifacts: ArtifactSource, language: str) -> None:
        """Where to look up what `![caption](label)` in the answer stands for."""
        ...

    def write(self, text: str) -> None:
        """Add to the answer; raises what sending it ran into (TurnTaken, SlackError)."""
        ...

    async def finish(self, footer: Footer) -> None:
        """Send the rest and close, with the foot under it."""
        ...

    async def restart(self) -> None:
        """Begin the answer anew in the messages that the lease knows of."""
        ...

    async def withdraw(self) -> None:
        """Take the answer off the screen: its question is gone."""
        ...

    async def hand_over(self) -> None:
        """Close what is open, because another worker will answer anew."""
        ...

    async def discard(self, left: Checkpoint) -> None:
        """Remove what an earlier attempt left visible."""
        ...


class Replies(Protocol):
    def open(self, question: Inbound, lease: Lease, known: frozenset[str]) -> AbstractAsyncContextManager[Reply]:
        """`known`: the ts of our messages in this thread that belong to earlier turns."""
        ...


class PictureReader(Protocol):
    async def prepare(self, data: bytes, name: str, max_tokens: int) -> PreparedImage:
        """Raises the FileError that fits when it is no picture, or a broken one."""
        ...


class ChosenPreferences(Protocol):
    """What people have chosen."""

    async def choice(self, inbound: Inbound) -> Choice: ...


class FrozenInstructions(Protocol):
    """What a thread keeps from its first turn on. Raises StateError."""

    async def freeze(self, thread: ThreadId, instructions: Instructions) -> Instructions:
        """Those that the thread has from now on: these, unless it had some."""
        ...


@dataclass(frozen=True, slots=True)
class ReasoningNote:
    """A summary of the model's reasoning; `full` is all of it, where that is wanted; `is_extract`: cut, not written."""

    summary: str
    thought_s: float
    full: str = ""
    is_extract: bool = False
    language: str = "en"


class Budgets(Protocol):
    """What a workspace has left of a method that Slack rations. Never raises."""

    async def take(self, team: str, method: str, per_minute: int, keep: int = 0) -> bool: ...

    async def refused(self, team: str, method: str, retry_after_s: float) -> None: ...


class DeadLetters(Protocol):
    """Where messages go that broke their worker again and again."""

    async def put(self, reference: str, thread: ThreadId, messages: tuple[Inbound, ...]) -> None: ...


class Blobs(Protocol):
    """Bytes kept for a while, by content, per workspace."""

    async def put(self, team: str, sha256: str, variant: str, data: bytes) -> None: ...

    async def get(self, team: str, sha256: str, variant: str) -> bytes | None: ...

    async def note_file(self, team: str, file_id: str, facts: Mapping[str, Any]) -> None: ...

    async def file(self, team: str, file_id: str) -> dict[str, Any] | None: ...
