"""`next_mark` and `until_mark` find where a citation begins and ends in text that still grows: `[p. 7]`,
`[[p. 7]](address)`, `【p. 7】`, `(p. 7)`.
"""

import re
from dataclasses import dataclass

BLANKS = " \t\u3000"
LONGEST = 160  # characters between the brackets
MOST_BLANKS = 200  # spaces before a bracket; a longer run is plain text

_BLANKS = rf"[{BLANKS}]{{0,{MOST_BLANKS}}}"
_IN_ROUND = r"(?:pp?\.|pages?|第)[ \t]*\d[^()（）\[\]\n]{0,80}"
_PLAIN, _SINGLE = rf"[^\[\]\n]{{0,{LONGEST}}}", rf"[\[【][^\[\]【】\n]{{0,{LONGEST}}}"
# The brackets may be doubled: the bot's answers in the thread have them so, and a model repeats the form.
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
    """A bracket that may be a citation: the words inside it, and where it ends."""

    words: str
    end: int
    is_round: bool


@dataclass(frozen=True, slots=True)
class FilterState:
    """The state of a filter: the text it holds back, the current line, the sentence before, and the number of pages
    that were cited.
    """

    held: str
    line: str
    claim: str
    cited: int


def next_mark(held: str, at: int) -> Bracket | None:
    """Return the bracket at this place, after spaces, or None."""
    match = _MARK.match(held, at)
    if match is None:
        return None
    words = next(words for words in match.groups() if words is not None)
    return Bracket(words.lstrip("[【"), match.end(), is_round=match[3] is not None)


def may_become_mark(held: str, at: int) -> bool:
    """Return whether the text from `at` to the end may be the beginning of a bracket."""
    begin = past_blanks(held, at)
    if begin == len(held):
        return begin - at < MOST_BLANKS
    return _HALF.fullmatch(held, begin) is not None


def begins(held: str, at: int) -> str:
    """Return the text before the first bracket: spaces, and a round bracket around it."""
    match = _BEFORE.match(held, at)
    return match[0] if match else ""


def past_blanks(held: str, at: int) -> int:
    match = _BLANK_RUN.match(held, at)
    return match.end() if match else at


def until_mark(held: str, begin: int, *, is_end: bool) -> int:
    """Return up to where the text can go out. It stops before the spaces of a bracket, and before spaces at the end,
    because a bracket may follow them.
    """
    for opening in OPENING.finditer(held, begin):
        at = opening.start()
        is_open = not is_end and may_become_mark(held, at)
        if opening[0] in "[【" or held[at + 1 : at + 2] in {"[", "【"} or is_open or _MARK.match(held, at):
            return _before_blanks(held, begin, at)
    return len(held) if is_end else _before_blanks(held, begin, len(held), MOST_BLANKS - 1)


def _before_blanks(held: str, begin: int, end: int, most: int = MOST_BLANKS) -> int:
    begin = max(begin, end - most)
    return begin + len(held[begin:end].rstrip(BLANKS))


def after_link(held: str, at: int, *, is_end: bool) -> int | None:
    """Return where a citation ends, with the address after it that the model may have made up. Return None when more
    text has to come first.
    """
    if at >= len(held):
        return at if is_end else None
    if held[at] != "(":
        return at
    match = _LINKED.match(held, at)
    if match:
        return match.end()
    is_open = not is_end and not _LINK_END.search(held, at, at + _LONGEST_LINK) and len(held) - at < _LONGEST_LINK
    return None if is_open else at
