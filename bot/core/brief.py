"""A Brief says which summary somebody has ordered: of what, how long, in which style, in which language."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.core.records import read
from bot.errors import BotError

Length = Literal["line", "paragraph", "page"]
Style = Literal["executive", "bullets", "minutes", "actions", "newcomer"]


class BriefRefused(BotError):
    """The summary can't be made. `user_message` says why, and what the person can do."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a conversation: the thread of `root_ts`, or else the newest messages of the channel. `name` is what
    people call it.

    It has at most `most` messages, none before the ts `oldest` and none after the ts `until`.
    """

    channel: str
    name: str
    root_ts: str = ""
    oldest: str = ""
    most: int = 1_000
    until: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """`language` is empty for the asker's own. `focus` is a question to concentrate on. `source` is what people call
    the material: “#design, last 5”. The files are those of the message that orders the summary.
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
