"""BracketReader and `read_tag` read the places in a picture that GLM writes with brackets, as boxes or points.

Every reader (also those of box_json) gets a text that begins with the character in question. It returns what stands
there, a `Reading`, or None while more text could change the result. More text never changes a `Reading`, so the result
does not depend on how a stream is cut.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from bot.core.drawing import Box

FULL = 1000  # the width and the height of a picture, in the model's units
LONGEST = 4_000  # characters of one group of brackets
_MOST_PIXELS = 10_000
_YEARS = range(1900, 2101)
_SMALLEST_SPAN = 5  # numbers that are closer together are rather a list
_SMALLEST_POINT = 20

NUMBER = r"-?\d{1,6}(?:\.\d{1,18})?"
_NUMBER = re.compile(NUMBER)
_TOKEN = re.compile(
    rf"\s*(?:(?P<open>[\[({{<（])|(?P<close>[\])}}>）])|(?P<comma>[,，])|(?P<number>{NUMBER}))",
)
_CUT_NUMBER = re.compile(r"\s*(?:-?\d{0,6}(?:\.\d{0,18})?)?\Z")
_MAY_FOLLOW = {
    "start": {"open"},
    "open": {"open", "number"},
    "number": {"comma", "close"},
    "comma": {"open", "number"},
    "close": {"open", "comma", "close"},
}
_CLOSES = {"[": "]", "{": "}", "<": ">", "(": ")）", "（": ")）"}
_NEXT_PAIR = re.compile(r"\s{0,3}[,，]?\s{0,3}(?=[(（])")
_MAYBE_PAIR = re.compile(r"\s{0,3}[,，]?\s{0,3}\Z")
_INSIDE_TAG = r"[\d\s.,，;\-\[\](){}（）]{0,400}"
_TAGGED = re.compile(rf"<(b?box)>({_INSIDE_TAG})</\1>")
_MAYBE_TAGGED = re.compile(r"<(?:b(?:b?(?:ox?)?)?)?\Z|<b?box>" + _INSIDE_TAG + r"(?:<(?:/(?:b(?:b?(?:ox?)?)?)?)?)?\Z")


@dataclass(frozen=True, slots=True)
class PictureSpot:
    """A place that the model has written. Its corners are in order: left, top, right, bottom."""

    kind: Literal["box", "point"]
    box: Box
    label: str = ""

    @property
    def is_off(self) -> bool:
        """The numbers are not from 0 to 1000: they are pixels, or fractions of 1."""
        return min(self.box) < 0 or max(self.box) > FULL or max(self.box) <= 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What the next `length` characters are: `spots`, or text when there are none. `is_cut`: a mark that broke off."""

    length: int
    spots: tuple[PictureSpot, ...] = ()
    is_cut: bool = False

    @property
    def is_mark(self) -> bool:
        return bool(self.spots) or self.is_cut


NO_MARK = Reading(1)


@dataclass(slots=True)
class _Group:
    opener: str
    numbers: list[float] = field(default_factory=list)
    groups: list["_Group"] = field(default_factory=list)

    @property
    def is_round(self) -> bool:
        return self.opener in "(（"


_MORE, _NONE = 0, -1  # instead of an end: more text is needed; there is no group


class BracketReader:
    """Reads numbers in brackets: `[…]`, `[[…], …]`, `(…)`, `(x, y), (x, y)`, `<…>`, `{…}`. Each reader reads one
    candidate, which grows from call to call.
    """

    def __init__(self) -> None:
        self._groups = _Groups()
        self._pairs: _Pairs | None = None

    def read(self, text: str, *, is_sure: bool, is_last: bool) -> Reading | None:
        """`is_sure`: the numbers stand between box tokens."""
        is_last = is_last or len(text) >= LONGEST
        text = text[:LONGEST]
        end = self._groups.read(text)
        if end == _MORE:
            return NO_MARK if is_last else None
        if end == _NONE:
            return NO_MARK
        group = self._groups.whole
        if group.is_round and len(group.numbers) == 2:
            self._pairs = self._pairs or _Pairs(group, end)
            return self._pairs.read(text, is_sure=is_sure, is_last=is_last)
        return Reading(end, _spots(group, is_sure=is_sure))


def read_tag(text: str, *, is_last: bool) -> Reading | None:
    """Read `<bbox>…</bbox>` with one or more boxes of four numbers."""
    match = _TAGGED.match(text)
    if match is None:
        return None if not is_last and _MAYBE_TAGGED.match(text) else NO_MARK
    numbers = [float(number) for number in _NUMBER.findall(match[2])]
    fours = [numbers[at : at + 4] for at in range(0, len(numbers), 4)]
    is_box = bool(fours) and len(numbers) % 4 == 0
    return Reading(match.end(), tuple(spot_of(four) for four in fours) if is_box else ())


def spot_of(numbers: list[float], label: str = "") -> PictureSpot:
    """Return a point for two numbers, and a box for the four numbers of two corners."""
    left, top, right, bottom = numbers if len(numbers) == 4 else numbers * 2
    box = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    return PictureSpot("point" if box[:2] == box[2:] else "box", box, label)


_NOTHING = _Group("")


class _Groups:
    """Reads a group of numbers, or a group of such groups. It looks at each character once, while the text grows."""

    def __init__(self, at: int = 0) -> None:
        self._at = at
        self._before = "start"
        self._stack: list[_Group] = []
        self._end = _MORE
        self.whole = _NOTHING

    def read(self, text: str) -> int:
        """Return where the group ends, or _MORE or _NONE."""
        while self._end == _MORE:
            token = _TOKEN.match(text, self._at)
            if token is None:
                if not _CUT_NUMBER.match(text, self._at):
                    self._end = _NONE
                break
            kind = token.lastgroup or ""
            if kind == "number" and text[token.end() : token.end() + 2] in {"", "."}:
                break  # the number may go on
            self._at = token.end()
            if not self._takes(kind, token[kind]):
                self._end = _NONE
        return self._end

    def _takes(self, kind: str, word: str) -> bool:
        if kind not in _MAY_FOLLOW[self._before]:
            return False
        self._before = kind
        if kind == "open":
            return self._opens(word)
        if kind == "close":
            return self._closes(word)
        return kind == "comma" or self._counts(float(word))

    def _opens(self, word: str) -> bool:
        is_fine = not self._stack or (len(self._stack) == 1 and not self._stack[0].numbers)
        self._stack.append(_Group(word))
        return is_fine

    def _closes(self, word: str) -> bool:
        group = self._stack.pop()
        if self._stack:
            self._stack[-1].groups.append(group)
        else:
            self.whole, self._end = group, self._at
        return word in _CLOSES[group.opener]

    def _counts(self, number: float) -> bool:
        group = self._stack[-1]
        group.numbers.append(number)
        return not group.groups and (len(self._stack) == 2 or len(group.numbers) <= 4)


class _Pairs:
    """Reads `(x, y), (x, y)`, which is a box. One pair, or three, are text."""

    def __init__(self, first: _Group, end: int) -> None:
        self._pairs = [first]
        self._end = end
        self._next: _Groups | None = None

    def read(self, text: str, *, is_sure: bool, is_last: bool) -> Reading | None:
        while self._next or (gap := _NEXT_PAIR.match(text, self._end)):
            if self._next is None and gap:
                self._next = _Groups(gap.end())
            assert self._next is not None
            after = self._next.read(text)
            if after == _MORE and not is_last:
                return None
            if after <= 0 or len(self._next.whole.numbers) != 2:
                break
            self._pairs.append(self._next.whole)
            self._end, self._next = after, None
        else:
            if not is_last and _MAYBE_PAIR.match(text, self._end):
                return None
        pairs = self._pairs
        is_box = len(pairs) == 2
        return Reading(self._end, _boxes([pairs[0].numbers + pairs[1].numbers], pairs[0], is_sure) if is_box else ())


def _spots(group: _Group, *, is_sure: bool) -> tuple[PictureSpot, ...]:
    if not group.groups:
        return _boxes([group.numbers], group, is_sure) if len(group.numbers) == 4 else ()
    inner = [inner_group.numbers for inner_group in group.groups]
    counts = {len(numbers) for numbers in inner}
    if counts == {4}:
        return _boxes(inner, group, is_sure)
    if counts != {2}:
        return ()
    if len(inner) == 2 and group.groups[0].is_round:
        return _boxes([inner[0] + inner[1]], group, is_sure)
    return _points(inner, is_sure=is_sure)


def _points(pairs: list[list[float]], *, is_sure: bool) -> tuple[PictureSpot, ...]:
    values = [value for pair in pairs for value in pair]
    is_place = is_sure or (min(values) >= 0 and _SMALLEST_POINT <= max(values) <= FULL)
    return tuple(spot_of(pair) for pair in pairs) if is_place else ()


def _boxes(fours: list[list[float]], group: _Group, is_sure: bool) -> tuple[PictureSpot, ...]:
    is_box = all(_is_box(four, group, is_sure=is_sure) for four in fours)
    return tuple(spot_of(four) for four in fours) if is_box else ()


def _is_box(numbers: list[float], group: _Group, *, is_sure: bool) -> bool:
    left, top, right, bottom = numbers
    span = min(right - left, bottom - top)
    if is_sure:
        return span > 0
    if span < _SMALLEST_SPAN or min(numbers) < 0:
        return False
    if max(numbers) <= FULL:
        return True
    # The numbers are pixels. Large numbers alone are rather years or amounts, unless GLM writes them as it was trained
    # to.
    if max(numbers) > _MOST_PIXELS or all(number in _YEARS for number in numbers):
        return False
    return group.opener in "[<" or min(numbers) <= FULL
