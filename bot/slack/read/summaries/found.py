"""What a summary is to be made of, as it was found on Slack; and who may read it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from bot.core.brief import Brief, Span
from bot.core.files.web_files import LEFT_OUT
from bot.core.thread.inbound import FileRef
from bot.words import listed

# Read at once, and told of besides.
MOST_FILES, MOST_NAMED = 10, 40


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be summarised. `homes`: the private conversations it comes from; nobody outside is to read it."""

    name: str
    files: tuple[FileRef, ...] = ()
    spans: tuple[Span, ...] = ()
    homes: frozenset[str] = frozenset()
    is_private: bool = False

    def __add__(self, other: "Found") -> "Found":
        return Found(
            f"{self.name}, {other.name}",
            within_bounds(self.files + other.files),
            self.spans + other.spans,
            # What may be read in each of them only.
            self.homes & other.homes if self.is_private and other.is_private else self.homes | other.homes,
            self.is_private or other.is_private,
        )

    def may_be_told_in(self, channel: str) -> bool:
        return not self.is_private or channel in self.homes

    def brief(self, brief: Brief, until: str) -> Brief:
        """The order for a summary of it. What is said after the ts `until` is no part of the summary."""
        spans = tuple(replace(span, until=span.until or until) for span in self.spans)
        return replace(brief, spans=spans, source=self.name)


def joined(parts: Sequence[Found], language: str) -> Found:
    """All of them as one."""
    whole = reduce(add, parts)
    return replace(whole, name=listed([part.name for part in parts], language))


def within_bounds(files: tuple[FileRef, ...]) -> tuple[FileRef, ...]:
    """Each once. Those that are too many are told of, and left unread."""
    once = tuple({file.id: file for file in files}.values())
    return once[:MOST_FILES] + tuple(replace(file, mode=LEFT_OUT) for file in once[MOST_FILES:MOST_NAMED])


def home(channel: str, is_private: bool) -> frozenset[str]:
    """Where what was found may be told; empty: anywhere."""
    return frozenset({channel}) if is_private else frozenset()


def short(url: str) -> str:
    """How a web page is called."""
    name = url.split("://", 1)[-1].rstrip("/")
    return name if len(name) <= 60 else name[:59] + "…"
