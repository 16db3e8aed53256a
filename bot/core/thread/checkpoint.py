"""Where a turn stands, written down while it runs, so that whoever takes over after a crash knows what is visible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.records import VERSION, read
from bot.core.thread.conversation import Turn


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`posting`: a new message was about to be posted and its ts is not known yet. `turn` is set once the answer is
    complete; `delivered` once all of it is confirmed by Slack, so that only the commit is left."""

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
