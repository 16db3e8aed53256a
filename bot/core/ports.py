"""The ports of the core: Protocols for what stands outside, and the values they exchange.

Each Protocol has an implementation of ours and a fake in the tests.
"""

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
    """What the inbox did with a message.

    `state` is new, again (it waits already), answered, or one of full_thread, full_person and full_workspace: the
    message was refused, because too many wait. `is_turn_running`: the thread is being answered now. `is_telling`: the
    author is to be told about the refusal now. `is_refused_now`: this is the first delivery of a refused message.
    """

    state: str
    is_turn_running: bool = False
    is_telling: bool = False
    is_refused_now: bool = False


@dataclass(frozen=True, slots=True)
class TurnCommit:
    """What a commit writes. `answered` are the ts of the answered messages, `folded` says how the turns were fitted.

    `version` is the version of the inbox when the turn began. When a question has changed since then, nothing is
    written; None commits all the same. `context_ts` are the ts of further messages that the model was given. Slack may
    deliver such a message late, after an outage for example, and then it is no question.
    """

    answered: tuple[str, ...]
    turn: Turn | None = None
    folded: FoldedTurns | None = None
    version: int | None = None
    context_ts: tuple[str, ...] = ()


CommitResult = Literal["done", "taken", "changed"]


class Model(Protocol):
    """A vision model that streams its answer."""

    def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Yield events. The last one is `Finished`, unless a `ModelError` is raised.

        Closing the generator (`contextlib.aclosing`) closes the upstream request at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class TurnStart:
    """A turn that has begun. `fence` is its fencing number: 0 when no message waits, negative when another worker
    answers the thread. `attempt` counts from 1. `progress` is the checkpoint of an earlier attempt.
    """

    fence: int
    attempt: int
    progress: Checkpoint | None
    waiting: tuple[Inbound, ...]
    version: int = 0


class Conversations(Protocol):
    async def load(self, thread: ThreadId) -> Conversation:
        """Return what the thread remembers. Raises StateError."""
        ...


class Threads(Conversations, Protocol):
    """The inbox of a thread, its running turn and its conversation. Every method raises StateError."""

    async def begin(self, thread: ThreadId) -> TurnStart: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def delete(self, thread: ThreadId, ts: str) -> str:
        """Take a message out of the inbox. A second delivery of it is ignored. Return the state it was in."""
        ...

    async def holds(self, thread: ThreadId, fence: int) -> bool: ...

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool: ...

    async def release(self, thread: ThreadId, fence: int) -> None: ...

    async def leave(self, thread: ThreadId, fence: int) -> None: ...

    async def commit(self, thread: ThreadId, fence: int, done: TurnCommit) -> CommitResult: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. `utc_offset_s` is their time zone, `language` the language of their Slack (`zh-CN`)."""

    id: str
    name: str
    utc_offset_s: int = 0
    language: str = "en"
    is_admin: bool = False
    standing: Standing = "unknown"


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as it was read from Slack. `by_bot`: this bot wrote it. `is_app`: another app wrote it, which calls
    itself `name`. `quoted`: text that the message shows and its author did not write.
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
    """The messages of a thread before a question, oldest first. `left_out` counts the messages that are missing between
    the first and the second. `missed_since`: Slack failed, so messages after this ts are read before a later turn.
    """

    messages: tuple[SlackMessage, ...] = ()
    left_out: int = 0
    missed_since: str = ""


class Workspace(Protocol):
    """The people and messages of Slack."""

    async def person(self, team: str, user: str, channel: str | None = None) -> Person:
        """Return a person; never fail. An unknown person has their id as their name. With `channel`, `language` is the
        one that was chosen for that channel, if there is one.
        """
        ...

    async def message(self, inbound: Inbound) -> SlackMessage | None:
        """Return the message as it is in Slack now, or None when Slack does not give it."""
        ...

    async def thread(self, inbound: Inbound, since: str = "") -> EarlierMessages:
        """Return the messages of the thread before this message and after the ts `since`. Never fails."""
        ...

    async def readable(self, team: str, text: str, reader: str) -> str:
        """Undo Slack's escapes: `<@U1>` becomes @Name, `<url|label>` a Markdown link, `&lt;` becomes `<`. A channel is
        named only when `reader`, a person's id, may know of it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands under an answer: small `lines`, and a row of buttons when there is a `question_ts`.

    `page_versions` are the versions of the thread's web page, when this answer made one. `cited` are the labels of
    cited pages that can be shown; `doubted` are the ones a person should check. `can_continue`: the answer is
    incomplete, and the model can go on with it. `is_order`: the answer needed no model, so it is not rated.
    `is_failed`: there is no answer to rate, but the person can try again. `asks_again`: the only button is *Ask again*.
    `reasoning_note` is shown to people who want to see the reasoning without pressing a button.
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
    reasoning_note: "ReasoningNote | None" = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A picture, table, chart or file that an answer shows between its text.

    `data` holds the bytes of a picture or file, JSON of a table (`columns`, `rows`), or JSON of a chart (Slack's block;
    empty when the chart has to be shown as the picture `fallback`).
    """

    kind: Literal["picture", "table", "chart", "file"]
    label: str
    name: str
    about: str
    mime: str
    data: bytes
    fallback: bytes = b""


class ArtifactSource(Protocol):
    """The artifacts that a turn can show, by label: `img_3`, `report.pdf#7`, `zoom_1`, `table_1`."""

    def knows(self, label: str) -> bool: ...

    async def artifact(self, label: str) -> Artifact | None:
        """Return the artifact, or None when it is no longer available."""
        ...


@dataclass(frozen=True, slots=True)
class TurnStep:
    """One step of a turn, such as a tool call. It is shown as a card, during the step and after it."""

    id: str
    title: str
    state: Literal["in_progress", "complete", "error"]
    output: str = ""


class Reply(Protocol):
    """The answer of one turn on the screen. `show_status` and `write` only take note; a task of its own sends."""

    @property
    def text(self) -> str:
        """The text that was written so far."""
        ...

    def show_status(self, text: str) -> None:
        """Show what the bot is doing. Slack puts its name before the text: “glm is thinking…”. The first text of the
        answer removes the status.
        """
        ...

    def show_step(self, step: TurnStep) -> None: ...

    def show_artifacts(self, artifacts: ArtifactSource, language: str) -> None:
        """Look `![caption](label)` of the answer up in these artifacts."""
        ...

    def write(self, text: str) -> None:
        """Add text to the answer. Raises the error that an earlier sending met: TurnTaken, SlackError, Interrupted."""
        ...

    async def finish(self, footer: Footer) -> None:
        """Send the rest of the answer, with the footer under it, and close the messages."""
        ...

    async def restart(self) -> None:
        """Write the answer from its beginning, into the messages that the lease knows of."""
        ...

    async def withdraw(self) -> None:
        """Remove the answer from the screen, because its question was deleted."""
        ...

    async def hand_over(self) -> None:
        """Close open streams, because another worker will write the answer."""
        ...

    async def discard(self, checkpoint: Checkpoint) -> None:
        """Remove the messages that an earlier attempt left on the screen."""
        ...


class Replies(Protocol):
    def open(self, question: Inbound, lease: Lease, known: frozenset[str]) -> AbstractAsyncContextManager[Reply]:
        """Open the reply of a turn. `known` are the ts of the bot's messages that belong to earlier turns."""
        ...


class PictureReader(Protocol):
    async def prepare(self, data: bytes, name: str, max_tokens: int) -> PreparedImage:
        """Make the picture ready for the model, with at most `max_tokens`. Raises FileError when it can't be read."""
        ...


class ChosenPreferences(Protocol):
    async def choice(self, inbound: Inbound) -> Choice:
        """Return the settings that apply to this message: its author's, the channel's, the workspace's."""
        ...


class FrozenInstructions(Protocol):
    async def freeze(self, thread: ThreadId, instructions: Instructions) -> Instructions:
        """Keep these instructions for all turns of the thread, unless it has some already. Return the ones it has.

        Raises StateError.
        """
        ...


@dataclass(frozen=True, slots=True)
class ReasoningNote:
    """A summary of the model's reasoning. `full` is the whole reasoning, when the person wants it. `is_extract`: the
    summary is cut out of the reasoning, because no model wrote one.
    """

    summary: str
    thought_s: float
    full: str = ""
    is_extract: bool = False
    language: str = "en"


class Budgets(Protocol):
    """The calls that a workspace has left of each rate-limited Slack method. Never raises."""

    async def take(self, team: str, method: str, per_minute: int, keep: int = 0) -> bool:
        """Take one call, unless only `keep` are left. Return whether there was one to take."""
        ...

    async def refused(self, team: str, method: str, retry_after_s: float) -> None:
        """Note that Slack refused a call: no calls are left for so many seconds."""
        ...


class DeadLetters(Protocol):
    """The store of messages whose turns failed too often. An operator can run them again."""

    async def put(self, reference: str, thread: ThreadId, messages: tuple[Inbound, ...]) -> None: ...


class Blobs(Protocol):
    """Bytes of files, kept for a while, by workspace and hash. `variant` says what was made of the file."""

    async def put(self, team: str, sha256: str, variant: str, data: bytes) -> None: ...

    async def get(self, team: str, sha256: str, variant: str) -> bytes | None: ...

    async def note_file(self, team: str, file_id: str, facts: Mapping[str, Any]) -> None: ...

    async def file(self, team: str, file_id: str) -> dict[str, Any] | None: ...
