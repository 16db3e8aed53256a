"""A Checkpoint says how far a running turn has come. After a crash, the next worker learns from it what is visible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.records import VERSION, read
from bot.core.thread.turn import Turn


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`reply_ts` are the messages of the answer. `posting`: a new message is being posted, and its ts is not known yet.
    `turn` is set when the answer is complete. `delivered`: Slack has confirmed all of it, so only the commit is left.
    """

    reply_ts: tuple[str, ...] = ()
    posting: bool = False
    turn: Turn | None = None
    delivered: bool = False
    version: int = 0

    def to_json(self) -> dict[str, Any]:
        turn = self.turn.to_json() if self.turn else None
        return {
            "v": VERSION,
            "reply_ts": self.reply_ts,
            "posting": self.posting,
            "turn": turn,
            "delivered": self.delivered,
            "version": self.version,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Checkpoint":
        """Raises RecordUnreadable."""
        return read(cls, data)
