"""Where a citation begins and ends in an answer that is still being written: `[p. 7]`, `[[p. 7]](address)`, `【p. 7】`,
`(p. 7)`.
"""

import re
from dataclasses import dataclass

BLANKS = " \t\u3000"
LONGEST = 160  # characters between the brackets
MOST_BLANKS = 200  # before a bracket; more are text

_BLANKS = rf"[{BLANKS}]{{0,{MOST_BLANKS}}}"
_IN_ROUND = r"(?:pp?\.|pages?|第)[ \t]*\d[^()（）\[\]\n]{0,80}"
_PLAIN, _SINGLE = rf"[^\[\]\n]{{0,{LONGEST}}}", rf"[\[【][^\[\]【】\n]{{0,{LONGEST}}}"
# Doubled as well: so do our own answers stand in the thread, and a model writes as it has written before.
_MARK = re.compile(rf"{_BLANKS}(?:\[\[({_PLAIN})\]\]|({_SINGLE})[\]】]|[(（]({_IN_ROUND})[)）])", re.IGNORECASE)
_HALF = re.compile(
    rf"\[\[{_PLAIN}\]?|{_SINGLE}|[(（](?:pp?|pp?\.[ \t]*|pag?|pages?[ \t]*|第[ \t]*|{_IN_ROUND})?", re.IGNORECASE
)
OPENING = re.compile(r"[\[【(（]")
_BEFORE = re.compile(rf"{_BLANKS}(?:[(（](?=[\[【]))?")
_BLANK_RUN = re.compile(_BLANKS)
_LINK_END = re.compile(r"[)\s]")
_LINKED = re.compile(r"\((?:https?:|#|[^()\s]*#)[^()\s]*\)")
_LONGEST_LINK = 2_000


@dataclass(frozen=True, slots=True)
class Bracket:
    """What may be a citation: the words between its brackets, and where it ends."""

    words: str
    end: int
    is_round: bool


@dataclass(frozen=True, slots=True)
class FilterState:
    """How far a filter has come: what it holds back, the sentence before, and how many pages were cited."""

    held: str
    said: str
    claim: str
    cited: int


def next_mark(held: str, at: int) -> Bracket | None:
    found = _MARK.match(held, at)
    if found is None:
        return None
    words = next(words for words in found.groups() if words is not None)
    return Bracket(words.lstrip("[【"), found.end(), is_round=found[3] is not None)


def may_become_mark(held: str, at: int) -> bool:
    """Whether what stands there up to the end may be the beginning of one."""
    begin = past_blanks(held, at)
    if begin == len(held):
        return begin - at < MOST_BLANKS
    return _HALF.fullmatch(held, begin) is not None


def begins(held: str, at: int) -> str:
    """What stands before the first bracket: blanks, and another bracket around it."""
    found = _BEFORE.match(held, at)
    return found[0] if found else ""


def past_blanks(held: str, at: int) -> int:
    found = _BLANK_RUN.match(held, at)
    return found.end() if found else at


def until_mark(held: str, begin: int, *, is_end: bool) -> int:
    """Up to where it can go: to the blanks before a bracket, or before the end, where a bracket may follow."""
    for found in OPENING.finditer(held, begin):
        at = found.start()
        is_open = not is_end and may_become_mark(held, at)
        if found[0] in "[【" or held[at + 1 : at + 2] in {"[", "【"} or is_open or _MARK.match(held, at):
            return _before_blanks(held, begin, at)
    return len(held) if is_end else _before_blanks(held, begin, len(held), MOST_BLANKS - 1)


def _before_blanks(held: str, begin: int, end: int, most: int = MOST_BLANKS) -> int:
    begin = max(begin, end - most)
    return begin + len(held[begin:end].rstrip(BLANKS))


def after_link(held: str, at: int, *, is_end: bool) -> int | None:
    """Where a citation ends, with the address that the model may have made up for it; None: wait for more."""
    if at >= len(held):
        return at if is_end else None
    if held[at] != "(":
        return at
    found = _LINKED.match(held, at)
    if found:
        return found.end()
    is_open = not is_end and not _LINK_END.search(held, at, at + _LONGEST_LINK) and len(held) - at < _LONGEST_LINK
    return None if is_open else at
