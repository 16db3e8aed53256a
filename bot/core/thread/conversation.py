"""A Conversation is what the bot remembers of a thread: its turns, and a summary of old ones.

The values are stored as JSON by the names of their fields, so a field can't be renamed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.core.people.preferences import Instruction
from bot.core.records import VERSION, read
from bot.core.thread.turn import Picture, ThreadDocument, Turn, WebPage


@dataclass(frozen=True, slots=True)
class FoldedTurns:
    """The beginning of a long thread: `summary` stands for its first `turns` turns. `levels` are the sizes of pictures,
    by number.

    A change of either rewrites the beginning of the prompt, and the provider's prefix cache is lost. So both are
    stored, and change rarely.
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
    """The instructions that were set when the thread began. They stay the same, so that every prompt of the thread
    begins with the same text.
    """

    told: tuple[Instruction, ...] = ()

    def without(self, user: str) -> "Instructions":
        """Return the instructions without those of this person."""
        return Instructions(tuple(instruction for instruction in self.told if instruction.user != user))

    def to_json(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Instructions":
        """Raises RecordUnreadable."""
        return read(cls, data)


@dataclass(frozen=True, slots=True)
class Conversation:
    """`since_ts`: older messages were forgotten on request, and are not read from Slack again."""

    turns: tuple[Turn, ...] = ()
    folded: FoldedTurns = field(default_factory=FoldedTurns)
    since_ts: str = ""
    instructions: Instructions = field(default_factory=Instructions)

    @property
    def is_new(self) -> bool:
        return not self.turns

    @property
    def is_behind(self) -> bool:
        """Some earlier messages of the thread could not be read before the last question."""
        return bool(self.turns and self.turns[-1].missed_since)

    @property
    def unread_since(self) -> str:
        """The ts after which other messages of the thread are not known yet; empty when nothing is known."""
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
        """The versions of the thread's web page, oldest first."""
        return tuple(turn.page for turn in self.turns if turn.page)

    @property
    def page(self) -> WebPage | None:
        """The newest version of the web page."""
        return self.pages[-1] if self.pages else None

    def turn_of(self, ts: str, shown_in: str = "") -> Turn | None:
        """Return the turn that has this message, or None. An edited message may have two turns: then the one whose
        answer is in the bot's message `shown_in`, or else the last one. A turn that does not answer it, and
        has only a late preview of it, counts when there is no other.
        """
        turns = [turn for turn in self.turns if any(said.ts == ts for said in turn.asked)]
        turns = turns or [turn for turn in self.turns if any(said.ts == ts for said in turn.said)]
        return next((turn for turn in turns if shown_in in turn.reply_ts), turns[-1] if turns else None)

    def before(self, turn: Turn) -> "Conversation":
        """Return the conversation before this turn. A summary that covers this turn, or a later one, is left out."""
        turns = tuple(earlier for earlier in self.turns if earlier.number < turn.number)
        folded = self.folded if self.folded.turns <= len(turns) else FoldedTurns()
        return Conversation(turns, folded, instructions=self.instructions)

    @property
    def next_picture_number(self) -> int:
        return max((picture.number for picture in self.pictures), default=0) + 1
