"""A Turn is a question and its answer, as a thread remembers them: messages, pictures, documents, usage, artifacts.

The values are stored as JSON by the names of their fields, so a field can't be renamed.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bot.core.brief import Brief
from bot.core.records import VERSION, read

# A question is answered by the turn. Other messages are context, written by a person, another app, or this bot.
Role = Literal["question", "person", "app", "bot"]
_PLACED = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<label>[^)\n]+)\)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the thread. `number` never changes. `tokens` is its cost at full size.

    `sha256` is the hash of the uploaded bytes, which can be downloaded again by `file_id`. For the page of a document,
    `page` is its number and `name` the document.
    """

    number: int
    name: str
    file_id: str
    sha256: str
    width: int
    height: int
    tokens: int
    note: str = ""
    page: int = 0

    @property
    def label(self) -> str:
        return f"{self.name}#{self.page}" if self.page else f"img_{self.number}"

    @property
    def announcement(self) -> str:
        note = f" ({self.note})" if self.note else ""
        if self.page:
            return f"Picture of {self.name} p. {self.page} ({self.label}){note}"
        return f"Image {self.number} ({self.label}): {self.name}, {self.width}×{self.height}{note}"


@dataclass(frozen=True, slots=True)
class ThreadDocument:
    """A document of the thread. The model gets the first `pages_read` of its `pages` as text, which takes `tokens`."""

    name: str
    file_id: str
    sha256: str
    kind: str
    pages: int
    pages_read: int
    tokens: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnMessage:
    """A message of a turn. `speaker` is the author's name, and empty in a DM. `notes` tell the model about files that
    it did not get. `quoted` is text that the message shows and its author did not write: forwarded messages, tables,
    previews. `is_outsider`: the author is not known to belong to the workspace. `user` is the author's id; records of
    older versions have none.
    """

    ts: str
    speaker: str
    text: str
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    papers: tuple[ThreadDocument, ...] = ()
    quoted: str = ""
    role: Role = "question"
    is_outsider: bool = False
    user: str = ""

    @property
    def words(self) -> str:
        """All text of the message."""
        return "\n".join(filter(None, (self.text, self.quoted)))


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """The tokens and the cost of all model calls of a turn. `cost` is in `currency`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0
    currency: str = "USD"
    model: str = ""


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """An artifact that a tool made for an answer, with its label (`zoom_1`, `table_2`).

    `sha256` is the hash of its bytes in the store, `fallback` the hash of a chart's picture. A crop can be cut again
    from the picture `crop_of`, at `crop_box` (0 to 1000).
    """

    label: str
    kind: str
    name: str
    about: str
    mime: str
    sha256: str
    fallback: str = ""
    crop_of: str = ""
    crop_box: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WebPage:
    """A version of the thread's web page. `base` is the version it was made from, 0 for a new page. `undone` is the
    version that this one took back, or 0.
    """

    version: int
    name: str
    html: str
    base: int = 0
    undone: int = 0


# stopped  by a person
# cut      in the middle, so that the model can go on with it
# unpaid   for want of money, or because the person said no
Ended = Literal["", "stopped", "cut", "unpaid"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question (one or more messages) and its answer. `date` is the asker's calendar day. `reply_ts` are the bot's
    messages.

    `thinking` says whether the model was told to think. `versions` are earlier answers, oldest first. `number` is the
    place of the turn in the store, 0 while it has none. `page` is the web page of the answer. `brief` is the summary
    that was ordered. `is_tainted`: tools have read text that nobody of the thread wrote. `missed_since`: messages after
    this ts could not be read before the question, and are read before a later turn. `answered_at` and `version_times`
    are seconds since the epoch, 0 when not known. `ended` says how an answer with a `failure` ended, so that the same
    buttons stand under it when another worker shows it again.
    """

    date: str
    said: tuple[TurnMessage, ...]
    answer: str = ""
    reasoning: str = ""
    thought_s: float = 0.0
    failure: str = ""
    reply_ts: tuple[str, ...] = ()
    thinking: bool | None = None
    versions: tuple[str, ...] = ()
    number: int = 0
    spent: TurnUsage = field(default_factory=TurnUsage)
    made: tuple[StoredArtifact, ...] = ()
    page: WebPage | None = None
    brief: Brief | None = None
    is_tainted: bool = False
    missed_since: str = ""
    answered_at: float = 0.0
    version_times: tuple[float, ...] = ()
    ended: Ended = ""

    @property
    def asked(self) -> tuple[TurnMessage, ...]:
        """The messages that the turn answers."""
        return tuple(said for said in self.said if said.role == "question")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for said in self.said for picture in said.pictures)

    @property
    def words(self) -> str:
        """The answer as text for another place. Captions stand for the artifacts of tools."""
        about = {made.label: made.about or made.name for made in self.made}

        def captioned(match: re.Match[str]) -> str:
            return f"*{match['alt'] or about[match['label']]}*" if match["label"] in about else match[0]

        return _PLACED.sub(captioned, self.answer)

    def version_mark(self, number: int) -> str:
        """A short hash by which a button knows its version again; empty if there is no version of this number."""
        if not 0 < number <= len(self.versions):
            return ""
        return hashlib.sha256(self.versions[number - 1].encode()).hexdigest()[:12]

    @property
    def bare(self) -> "Turn":
        """The turn without any text that somebody wrote. Authors, ts and artifacts stay. Messages that were gathered
        from other threads for a summary are left out.
        """
        said = tuple(
            replace(message, speaker="" if message.role != "bot" else message.speaker, text="", quoted="", notes=())
            for message in self.said
            if message.user or message.role != "question"
        )
        brief = replace(self.brief, focus="") if self.brief else None
        # That the turn failed is no text of anybody, and is needed to offer another try.
        failure = "…" if self.failure else ""
        bare = replace(self, said=said, answer="", reasoning="", failure=failure, brief=brief)
        return replace(bare, versions=(), version_times=())

    def to_json(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Turn":
        """Raises RecordUnreadable."""
        return read(cls, data)
