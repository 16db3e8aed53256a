"""What a turn shows: the reply, what stands under it and between its text."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import Lease


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
    reasoning_note: ReasoningNote | None = None


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
