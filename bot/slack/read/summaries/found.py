"""FoundTarget is what a summary is made of, as it was found in Slack, and says where the summary may be told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from bot.core.brief import Brief, Span
from bot.core.thread.inbound import LEFT_OUT, FileRef
from bot.words import listed

# So many files are read; so many are named, though not read.
MOST_FILES, MOST_NAMED = 10, 40


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """What is summarised. `homes`: the private conversations it comes from; only their people may read it."""

    name: str
    files: tuple[FileRef, ...] = ()
    spans: tuple[Span, ...] = ()
    homes: frozenset[str] = frozenset()
    is_private: bool = False

    def __add__(self, other: "FoundTarget") -> "FoundTarget":
        return FoundTarget(
            f"{self.name}, {other.name}",
            limited(self.files + other.files),
            self.spans + other.spans,
            # Private content of two conversations may be read only where both may be read.
            self.homes & other.homes if self.is_private and other.is_private else self.homes | other.homes,
            self.is_private or other.is_private,
        )

    def may_be_told_in(self, channel: str) -> bool:
        return not self.is_private or channel in self.homes

    def brief(self, brief: Brief, until: str) -> Brief:
        """The order for a summary of it. What is said after the ts `until` is no part of the summary."""
        spans = tuple(replace(span, until=span.until or until) for span in self.spans)
        return replace(brief, spans=spans, source=self.name)


def joined(parts: Sequence[FoundTarget], language: str) -> FoundTarget:
    """All parts as one target, named by all of their names."""
    target = reduce(add, parts)
    return replace(target, name=listed([part.name for part in parts], language))


def limited(files: tuple[FileRef, ...]) -> tuple[FileRef, ...]:
    """Each file once. The files after the first MOST_FILES are named, but not read."""
    once = tuple({file.id: file for file in files}.values())
    return once[:MOST_FILES] + tuple(replace(file, mode=LEFT_OUT) for file in once[MOST_FILES:MOST_NAMED])


def private_place(channel: str, is_private: bool) -> frozenset[str]:
    """The channel, if it is private: `homes` of what was found in it."""
    return frozenset({channel}) if is_private else frozenset()


def page_name(url: str) -> str:
    """A short name for a web page."""
    name = url.split("://", 1)[-1].rstrip("/")
    return name if len(name) <= 60 else name[:59] + "…"
