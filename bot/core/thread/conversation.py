"""What a thread remembers: its turns, its pictures, and what was folded into a summary. Pure values and their JSON."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bot.core.brief import Brief
from bot.core.people.preferences import Instruction
from bot.core.records import VERSION, read

# A message that is answered, or what else stands in the thread: said by a person, another app, or ourselves.
Role = Literal["question", "person", "app", "bot"]
_PLACED = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<label>[^)\n]+)\)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the thread. `number` never changes; `tokens` is what it costs at full size.

    `sha256` names the original's bytes; `file_id` is where they can be had again. `page` is set for a page of the
    document `name`.
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
    """A document of the thread. The first `pages_read` of its `pages` are told to the model as text of `tokens`."""

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
    """One message. `speaker` is empty in a DM; `notes` tell the model about files it did not get; `quoted` is what the
    message shows besides its author's words: forwarded messages, tables, previews. `is_outsider`: its author is not
    known to belong to the workspace. `user` is the author's id; empty in what older versions wrote down.
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
        """All that is to be read of it."""
        return "\n".join(filter(None, (self.text, self.quoted)))


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """What the model calls of a turn used; `cost` in `currency`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0
    currency: str = "USD"
    model: str = ""


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """Something a tool made for an answer, by its label (`zoom_1`, `table_2`).

    `sha256` names its bytes in the store, `fallback` those of a chart's picture. A crop can be cut again: out of
    `crop_of`, at `crop_box` (0 to 1000).
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
    """A version of the web page that a thread works on. `base` is the version it was made from; 0: from nothing.
    `undone` is the version that this one took back; 0: none.
    """

    version: int
    name: str
    html: str
    base: int = 0
    undone: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """A question (one or more messages) and its answer. `date` is the asker's calendar day, `reply_ts` our messages.

    `thinking` is what the model was told, `versions` are the answers that were regenerated, oldest first. `number`
    is the turn's place in the store; 0 as long as it has none. `page` is the web page that came of it, `brief` the
    summary that was ordered. `is_tainted`: its tools have read what nobody of the thread wrote. `missed_since`: what
    was said in the thread after this ts could not be read before the question, and is to be read another time.
    `answered_at` and `version_times` are seconds since the epoch, 0 where nobody knows.
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

    @property
    def asked(self) -> tuple[TurnMessage, ...]:
        """What the turn answers."""
        return tuple(said for said in self.said if said.role == "question")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for said in self.said for picture in said.pictures)

    @property
    def words(self) -> str:
        """The answer for reading elsewhere: what tools made for it stands there by its caption."""
        about = {made.label: made.about or made.name for made in self.made}

        def captioned(found: re.Match[str]) -> str:
            return f"*{found['alt'] or about[found['label']]}*" if found["label"] in about else found[0]

        return _PLACED.sub(captioned, self.answer)

    @property
    def bare(self) -> "Turn":
        """Without a word that anybody said: who and which message, and what was made of it. What was gathered from
        elsewhere for a summary goes altogether.
        """
        said = tuple(
            replace(one, speaker="" if one.role != "bot" else one.speaker, text="", quoted="", notes=())
            for one in self.said
            if one.user or one.role != "question"
        )
        brief = replace(self.brief, focus="") if self.brief else None
        # That it has failed is no word of anybody's, and tells that it may be tried again.
        failure = "…" if self.failure else ""
        bare = replace(self, said=said, answer="", reasoning="", failure=failure, brief=brief)
        return replace(bare, versions=(), version_times=())

    def to_json(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Turn":
        """Raises RecordUnreadable."""
        return read(cls, data)


@dataclass(frozen=True, slots=True)
class FoldedTurns:
    """The beginning of a long thread: the first `turns` turns told as one paragraph; `levels` of the pictures shown.

    Changing either rewrites the beginning of the prompt, which costs the provider's prefix cache: so both are kept,
    and changed in steps and rarely.
    """

    turns: int = 0
    summary: str = ""
    levels: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        levels = {str(number): level for number, level in self.levels.items()}
        return {"v": VERSION, "turns": self.turns, "summary": self.summary, "levels": levels}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FoldedTurns":
        """Raises RecordUnreadable."""
        return read(cls, data)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What was asked of every answer when a thread began; it stays so, for the prompt to begin the same each time."""

    told: tuple[Instruction, ...] = ()

    def without(self, user: str) -> "Instructions":
        """Without this person's own."""
        return Instructions(tuple(one for one in self.told if one.user != user))

    def to_json(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Instructions":
        """Raises RecordUnreadable."""
        return read(cls, data)


@dataclass(frozen=True, slots=True)
class Conversation:
    """`since_ts`: what was said before was to be forgotten, and is not read from Slack either."""

    turns: tuple[Turn, ...] = ()
    folded: FoldedTurns = field(default_factory=FoldedTurns)
    since_ts: str = ""
    instructions: Instructions = field(default_factory=Instructions)

    @property
    def is_new(self) -> bool:
        return not self.turns

    @property
    def is_behind(self) -> bool:
        """What was said in the thread before could not all be read."""
        return bool(self.turns and self.turns[-1].missed_since)

    @property
    def unread_since(self) -> str:
        """What was said after this ts is not known yet, where there was more than questions; empty: nothing is."""
        if self.is_behind:
            return self.turns[-1].missed_since
        return max((said.ts for turn in self.turns for said in turn.said), key=float, default="")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for turn in self.turns for picture in turn.pictures)

    @property
    def papers(self) -> tuple[ThreadDocument, ...]:
        return tuple(paper for turn in self.turns for said in turn.said for paper in said.papers)

    @property
    def pages(self) -> tuple[WebPage, ...]:
        """The versions of the web page this thread works on."""
        return tuple(turn.page for turn in self.turns if turn.page)

    @property
    def page(self) -> WebPage | None:
        """The web page as it is now."""
        return self.pages[-1] if self.pages else None

    def turn_of(self, ts: str, shown_in: str = "") -> Turn | None:
        """The turn in which this message was said. An edited message may have been answered twice: then the turn whose
        answer stands in our message `shown_in`, else the last.
        """
        found = [turn for turn in self.turns if any(said.ts == ts for said in turn.said)]
        return next((turn for turn in found if shown_in in turn.reply_ts), found[-1] if found else None)

    def before(self, turn: Turn) -> "Conversation":
        """As it was when the turn began. A summary that tells of the turn itself, or of a later one, is none of it."""
        turns = tuple(one for one in self.turns if one.number < turn.number)
        folded = self.folded if self.folded.turns <= len(turns) else FoldedTurns()
        return Conversation(turns, folded, instructions=self.instructions)

    @property
    def next_picture_number(self) -> int:
        return max((picture.number for picture in self.pictures), default=0) + 1
