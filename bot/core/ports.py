"""The ports of the core: Protocols for what stands outside, and the values they exchange.

Each Protocol has an implementation of ours and a fake in the tests.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.core.images import PreparedImage
from bot.core.model.events import ModelEvent
from bot.core.model.messages import Ask
from bot.core.people.preferences import Choice
from bot.core.people.standing import Standing
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation, FoldedTurns, Instructions
from bot.core.thread.inbound import FileRef, Inbound, ThreadId
from bot.core.thread.turn import Turn


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
