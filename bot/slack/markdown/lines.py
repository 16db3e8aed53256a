"""Finds what a line of Markdown is by its beginning: a fence, a table, a footnote or prose.

Every function looks forward only. It answers that more text is needed as long as more text could change the answer.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.slack.markdown.tables import is_delimiter

LONGEST_ROW = 10_000
LONGEST_DELIMITER = 1_000

_LEAD = re.compile(r"[ \t>]{0,40}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,8}){0,3}")
_ONLY_LEAD = re.compile(r"[ \t>]{0,40}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,8}){0,3}(?:[-*+]|\d{1,3}[.)]?)?\Z")
_FENCE = re.compile(r"(?P<mark>`{3,200}|~{3,200})(?P<info>[^`\n]{0,100})(?=\n|\Z)")
_MAYBE_FENCE = re.compile(r"(?:`{1,2}|`{3,200}[^`\n]{0,100}|~{1,2}|~{3,200}[^`\n]{0,100})\Z")
_NOTE = re.compile(r"\[\^(?P<name>[^\]\[\s^<]{1,40})\]:[ \t]*")
_MAYBE_NOTE = re.compile(r"\[(?:\^(?:[^\]\[\s^<]{0,40}(?:\](?::[ \t]*)?)?)?)?\Z")
_MAYBE_END = re.compile(r"[ \t>]{0,40}(?:`{0,200}|~{0,200})[ \t]{0,100}\Z")
_MAYBE_ROW = re.compile(r"[ \t]{0,40}\Z")
_ROW = re.compile(r"[ \t]{0,40}\|")
_DELIMITER_SIGNS = re.compile(r"[|:\- \t]*\Z")
_GOES_ON = re.compile(r"(?: {2,}|[ ]*\t)[ \t]*\S")


@dataclass(frozen=True, slots=True)
class Fence:
    sign: str
    length: int
    indent: int
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class FenceStart:
    end: int
    fence: Fence


@dataclass(frozen=True, slots=True)
class TableStart:
    end: int
    header: list[str]


@dataclass(frozen=True, slots=True)
class NoteStart:
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class ProseStart:
    end: int


LineStart = FenceStart | TableStart | NoteStart | ProseStart


def line_start(source: str, at: int, *, final: bool) -> LineStart | None:
    """What begins at `at`; None if more text is needed."""
    if not final and _ONLY_LEAD.match(source, at):
        return None
    lead = _LEAD.match(source, at)
    assert lead
    end = lead.end()
    match source[end : end + 1]:
        case "`" | "~":
            return _fence(source, at, end, final=final)
        case "|" if not lead[0].strip():
            return _table(source, at, final=final)
        case "[" if not lead[0].strip():
            return _note(source, end, final=final)
    return ProseStart(end)


def code_line(source: str, at: int, fence: Fence, *, final: bool) -> int | Literal["unknown", "inside", "left"]:
    """In a code block: where the closing line ends; `inside` if the line is code; `left` if the block ended without a
    closing line, as at the end of a quote; `unknown` if more text is needed.
    """
    if fence.is_quoted and (words := source[at : at + 40].lstrip(" \t")) and not words.startswith(">"):
        return "left"
    if not final and _MAYBE_END.match(source, at):
        return "unknown"
    closing = re.compile(rf"(?P<lead>[ \t>]{{0,40}}){fence.sign}{{{fence.length},200}}[ \t]{{0,100}}(?=\n|\Z)")
    found = closing.match(source, at)
    if found and len(found["lead"].expandtabs(4)) <= fence.indent + 3:
        return found.end()
    return "inside"


def table_row(source: str, at: int, *, final: bool) -> int | Literal["unknown", "left"]:
    """In a table: the end of the next row; `left` if the table has ended; `unknown` if more text is needed."""
    if not final and _MAYBE_ROW.match(source, at):
        return "unknown"
    if not _ROW.match(source, at):
        return "left"
    end = source.find("\n", at, at + LONGEST_ROW)
    if end >= 0:
        return end + 1
    if len(source) - at >= LONGEST_ROW:
        return "left"
    return len(source) if final else "unknown"


def note_goes_on(source: str, at: int, *, final: bool) -> bool | None:
    if not final and not source[at : at + 40].strip(" \t") and len(source) - at < 40:
        return None
    return _GOES_ON.match(source, at) is not None


def _fence(source: str, at: int, start: int, *, final: bool) -> LineStart | None:
    if not final and _MAYBE_FENCE.match(source, start):
        return None
    found = _FENCE.match(source, start)
    if not found:
        return ProseStart(start)
    lead = source[at:start]
    indent = len(lead.expandtabs(4))
    return FenceStart(found.end(), Fence(found["mark"][0], len(found["mark"]), indent, is_quoted=">" in lead))


def _table(source: str, at: int, *, final: bool) -> LineStart | None:
    """A table, if a delimiter row stands under the header row."""
    end = source.find("\n", at, at + LONGEST_ROW)
    if end < 0:
        is_waiting = not final and len(source) - at < LONGEST_ROW
        return None if is_waiting else ProseStart(at)
    second = source.find("\n", end + 1, end + 1 + LONGEST_DELIMITER)
    under = source[end + 1 : second if second >= 0 else end + 1 + LONGEST_DELIMITER]
    if not _DELIMITER_SIGNS.match(under):
        return ProseStart(at)
    if second < 0 and not final:
        return None if len(under) < LONGEST_DELIMITER else ProseStart(at)
    if not is_delimiter(under):
        return ProseStart(at)
    return TableStart(second + 1 if second >= 0 else len(source), [source[at:end], under])


def _note(source: str, start: int, *, final: bool) -> LineStart | None:
    if not final and _MAYBE_NOTE.match(source, start):
        return None
    found = _NOTE.match(source, start)
    return NoteStart(found.end(), found["name"]) if found else ProseStart(start)
