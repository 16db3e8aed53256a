"""A summary that somebody has ordered: of what, how long, in which style, for whom."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.core.records import read
from bot.errors import BotError

Length = Literal["line", "paragraph", "page"]
Style = Literal["executive", "bullets", "minutes", "actions", "newcomer"]


class BriefRefused(BotError):
    """What was asked for can't be had; `user_message` says in one sentence why, and what to do."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a conversation, as people call it in `name`: the thread of `root_ts`, or a channel's newest messages,
    `most` of them at most and none before `oldest`. `until` leaves out what was said later.
    """

    channel: str
    name: str
    root_ts: str = ""
    oldest: str = ""
    most: int = 1_000
    until: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """`language` empty: the asker's own. `focus` is a question to concentrate on. Files are the message's own. `source`
    tells what it is made of, as people call it: “#design, last 5”.
    """

    length: Length = "paragraph"
    style: Style = "executive"
    language: str = ""
    focus: str = ""
    spans: tuple[Span, ...] = ()
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Brief":
        """Raises RecordUnreadable."""
        return read(cls, data)
