"""Takes the places GLM points at out of an answer as it streams, and puts numbers in their stead.

How places are spelt: pointing_marks, pointing_json. What is drawn: the `marks`. Nothing of a mark is ever shown: what
may be one is held back until that is decided. In code nothing is touched, because there it is meant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.drawing import Mark
from bot.core.grounding.box_json import FenceReader, JsonReader, plain_run
from bot.core.grounding.box_tokens import NO_MARK, BracketReader, Reading, Spot, read_tag
from bot.core.grounding.not_boxes import BEFORE, is_no_place, is_undecided
from bot.core.markdown.code_marks import CodeMarks

ASK_AGAIN = (
    "Some coordinates in your last answer are not relative. Give the same boxes again, in the same order, as relative "
    "values normalized to 0-1000 in each direction, and nothing else: only JSON like "
    '[{"label": "…", "bbox_2d": [x1, y1, x2, y2]}].'
)
LONGEST = 24_000  # characters held back at most

_TOKENS = ("<|begin_of_box|>", "<|end_of_box|>")
_LOOK = re.compile(r"[\[({<（`~]")
_LOOK_FOR_TOKENS = re.compile(r"[<`~]")
_OPENS = frozenset("([{（「『“‘\"'*_")  # no blank after these
_CIRCLED = 20
_TOKEN, _WORD, _LIST = "token", "word", "list"  # what was just replaced, for the blank after it


@dataclass(frozen=True, slots=True)
class _Token:
    """A box token: `is_begin`."""

    length: int
    is_begin: bool


class BoxFilter:
    """One per answer. `is_active` False, for a thread without pictures, only takes the box tokens away.

    Give it the text after core.html_page: numbers in a page's script are no marks.
    """

    def __init__(self, *, is_active: bool = True, is_asked: bool = False) -> None:
        """`is_asked`: the text was to be boxes and nothing else, so any four numbers in brackets are taken for one."""
        self._is_active = is_active
        self._is_sure = self._is_asked = is_asked
        self._look = _LOOK if is_active else _LOOK_FOR_TOKENS
        self._code = CodeMarks()
        self._held = ""
        self._gap = ""
        self._before = ""  # the end of what was shown
        self._out: list[str] = []
        self._spots: list[Spot] = []
        self._numbers, self._json, self._fence = BracketReader(), JsonReader(), FenceReader()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What can be drawn, by number."""
        return tuple(
            Mark(spot.kind, spot.box, spot.label, number)
            for number, spot in enumerate(self._spots, start=1)
            if not spot.is_off
        )

    @property
    def has_pixels(self) -> bool:
        """Some marks are not of 0 to 1000. They have numbers in the text; ask again, and draw `parse_marks` of that."""
        return any(spot.is_off for spot in self._spots)

    @property
    def legend(self) -> Mapping[int, str]:
        """The labels of the marks that have one."""
        return {number: spot.label for number, spot in enumerate(self._spots, start=1) if spot.label}

    def feed(self, text: str) -> str:
        """What can be shown now."""
        if text and not self._held and not self._gap and self._look.search(text) is None:
            self._shown(text)
            return text
        return self._scan(self._held + text, is_last=False)

    def end(self) -> str:
        """The rest."""
        return self._scan(self._held, is_last=True)

    def _scan(self, text: str, *, is_last: bool) -> str:
        is_resumed, self._held, self._out = bool(self._held), "", []
        at = 0
        while at < len(text):
            found = self._look.search(text, at)
            stop = found.start() if found else len(text)
            self._emit(text[at:stop])
            if found is None:
                break
            if stop or not is_resumed:  # else its readers have seen the beginning
                self._begin(text[stop])
            reading = self._read(text[stop : stop + LONGEST], is_last=is_last)
            if reading is None and len(text) - stop < LONGEST:
                self._held = text[stop:]
                break
            at = stop + self._take(reading or NO_MARK, text, stop)
        return "".join(self._out)

    def _begin(self, sign: str) -> None:
        """Readers for another candidate."""
        if sign in "`~":
            self._fence = FenceReader()
            return
        self._numbers = BracketReader()
        if sign in "[{":
            self._json = JsonReader()

    def _take(self, reading: Reading | _Token, text: str, at: int) -> int:
        if isinstance(reading, _Token):
            self._is_sure = reading.is_begin or self._is_asked
            self._gap = self._gap or _TOKEN
        elif reading.is_mark:
            self._place(reading.spots)
        else:
            self._emit(text[at : at + reading.length])
        return reading.length

    def _read(self, text: str, *, is_last: bool) -> Reading | _Token | None:
        """What the text begins with, or None while it may become something else."""
        if text[0] in "`~":
            return self._ticks(text, is_last=is_last)
        if self._code.is_code():
            return NO_MARK
        if text[0] == "<":
            token = _token(text)
            if token is not None:
                return token
            if not is_last and any(one.startswith(text) for one in _TOKENS):
                return None
        return self._mark(text, is_last=is_last) if self._is_active else NO_MARK

    def _ticks(self, text: str, *, is_last: bool) -> Reading | None:
        may_be_fence = self._is_active and self._last != text[0] and not self._code.is_code()
        if may_be_fence and (self._code.is_line_start or self._gap == _TOKEN):
            return self._fence.read(text, is_last=is_last)
        return plain_run(text)

    def _mark(self, text: str, *, is_last: bool) -> Reading | None:
        is_call = text[0] == "(" and self._last.isascii() and (self._last.isalnum() or self._last == "_")
        if is_call:  # rgb(10, 20, 30)
            return NO_MARK
        readings = [self._bracket(text, is_last=is_last)]
        if text[0] == "<":
            readings.append(read_tag(text, is_last=is_last))
        elif text[0] in "[{":
            readings.append(self._json.read(text, is_last=is_last))
        if None in readings:
            return None
        known = [reading for reading in readings if reading is not None]
        return max(known, key=lambda reading: (reading.is_mark, reading.length))

    def _bracket(self, text: str, *, is_last: bool) -> Reading | None:
        reading = self._numbers.read(text, is_sure=self._is_sure, is_last=is_last)
        if reading is None or not reading.is_mark or self._is_sure:
            return reading
        after = text[reading.length :]
        if not is_last and is_undecided(after):
            return None
        return Reading(reading.length) if is_no_place(self._before, text[: reading.length], after) else reading

    def _place(self, spots: tuple[Spot, ...]) -> None:
        numbers = [self._number(spot) for spot in spots]
        labels = [" ".join(spot.label.split()) for spot in spots]
        is_line_start = self._last in {"", "\n"} or self._gap == _LIST
        if any(labels) and (len(spots) > 1 or is_line_start):
            lines = [f"{sign(number)} {label}".rstrip() for number, label in zip(numbers, labels, strict=True)]
            self._put("" if self._last in {"", "\n"} else "\n", "\n".join(lines), _LIST)
        elif spots:
            words = [f"{sign(number)} {label}".rstrip() for number, label in zip(numbers, labels, strict=True)]
            is_close = not self._last or self._last.isspace() or self._last in _OPENS
            self._put("\n" if self._gap == _LIST else "" if is_close else " ", " ".join(words), _WORD)

    def _number(self, spot: Spot) -> int:
        """The place's number. The same place said twice has one; a label said later is its label too."""
        for at, known in enumerate(self._spots):
            if known.box == spot.box and (known.label == spot.label or not known.label or not spot.label):
                self._spots[at] = replace(known, label=known.label or spot.label)
                return at + 1
        self._spots.append(spot)
        return len(self._spots)

    def _put(self, before: str, text: str, gap: str) -> None:
        self._gap = ""
        self._emit(before + text)
        self._gap = gap

    def _emit(self, text: str) -> None:
        if self._gap:
            text = self._after_gap(text)
        if text:
            self._shown(text)
            self._out.append(text)

    def _shown(self, text: str) -> None:
        self._code.feed(text)
        self._before = (self._before + text)[-BEFORE:]

    @property
    def _last(self) -> str:
        """The character before what comes next."""
        return self._before[-1:]

    def _after_gap(self, text: str) -> str:
        """Text as it stands after what was taken away: no doubled blanks, and no words glued together."""
        if self._gap == _LIST:
            text = text.lstrip(" \t,，;；")
            before = "\n" if text and text[0] not in "\r\n" else ""
        elif self._gap == _WORD:
            before = " " if text[:1].isalnum() else ""
        else:
            if not self._last or self._last.isspace():
                text = text.lstrip(" \t" if self._last else " \t\r\n")
            before = ""
        if text:
            self._gap = ""
        return before + text


def parse_marks(text: str) -> tuple[Mark, ...]:
    """The marks of an answer to ASK_AGAIN; none when some are not of 0 to 1000 again."""
    pointing = BoxFilter(is_asked=True)
    pointing.feed(text)
    pointing.end()
    return () if pointing.has_pixels else pointing.marks


def sign(number: int) -> str:
    """A mark's number as it stands in the text and on the picture: ① to ⑳, then (21)."""
    return chr(0x2460 + number - 1) if number <= _CIRCLED else f"({number})"


def _token(text: str) -> _Token | None:
    for token in _TOKENS:
        if text.startswith(token):
            return _Token(len(token), token == _TOKENS[0])
    return None
