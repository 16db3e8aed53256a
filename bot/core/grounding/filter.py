"""BoxFilter takes the places in a picture out of an answer while it streams, and puts numbers in their place.

box_tokens and box_json read the places; `marks` are drawn on the picture. No part of a place is ever shown: text that
may be one is held back until this is decided. Code is not changed, because there coordinates are meant as text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.drawing import Mark
from bot.core.grounding.box_json import FenceReader, JsonReader, plain_run
from bot.core.grounding.box_tokens import NO_MARK, BracketReader, PictureSpot, Reading, read_tag
from bot.core.grounding.not_boxes import BEFORE, is_no_place, is_undecided
from bot.core.markdown.code_marks import CodeMarks

ASK_AGAIN = (
    "Some coordinates in your last answer are not relative. Give the same boxes again, in the same order, as relative "
    "values normalized to 0-1000 in each direction, and nothing else: only JSON like "
    '[{"label": "…", "bbox_2d": [x1, y1, x2, y2]}].'
)
LONGEST = 24_000  # at most so many characters are held back

_TOKENS = ("<|begin_of_box|>", "<|end_of_box|>")
_LOOK = re.compile(r"[\[({<（`~]")
_LOOK_FOR_TOKENS = re.compile(r"[<`~]")
_OPENS = frozenset("([{（「『“‘\"'*_")  # no space follows these
_CIRCLED = 20
_TOKEN, _WORD, _LIST = "token", "word", "list"  # what was replaced last; it decides about the space after it


@dataclass(frozen=True, slots=True)
class _Token:
    """A token that GLM puts before (`is_begin`) or after a box."""

    length: int
    is_begin: bool


class BoxFilter:
    """Filters one answer. In a thread without pictures (`is_active` is False) it only removes box tokens.

    The filter for web pages has to come before it, because numbers in the script of a page are no places.
    """

    def __init__(self, *, is_active: bool = True, is_asked: bool = False) -> None:
        """`is_asked`: the model was asked for boxes alone, so any four numbers in brackets are a box."""
        self._is_active = is_active
        self._is_sure = self._is_asked = is_asked
        self._look = _LOOK if is_active else _LOOK_FOR_TOKENS
        self._code = CodeMarks()
        self._held = ""
        self._gap = ""
        self._before = ""  # the end of what was shown
        self._out: list[str] = []
        self._spots: list[PictureSpot] = []
        self._numbers, self._json, self._fence = BracketReader(), JsonReader(), FenceReader()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that can be drawn, in the order of their numbers."""
        return tuple(
            Mark(spot.kind, spot.box, spot.label, number)
            for number, spot in enumerate(self._spots, start=1)
            if not spot.is_off
        )

    @property
    def has_pixels(self) -> bool:
        """Some places are not in units of 0 to 1000. Ask the model again with ASK_AGAIN, and draw `parse_marks` of its
        answer.
        """
        return any(spot.is_off for spot in self._spots)

    @property
    def legend(self) -> Mapping[int, str]:
        """The labels of the places that have one, by number."""
        return {number: spot.label for number, spot in enumerate(self._spots, start=1) if spot.label}

    def feed(self, text: str) -> str:
        """Return the text that can be shown now."""
        if text and not self._held and not self._gap and self._look.search(text) is None:
            self._shown(text)
            return text
        return self._scan(self._held + text, is_last=False)

    def end(self) -> str:
        """Return the rest of the text."""
        return self._scan(self._held, is_last=True)

    def _scan(self, text: str, *, is_last: bool) -> str:
        is_resumed, self._held, self._out = bool(self._held), "", []
        at = 0
        while at < len(text):
            candidate = self._look.search(text, at)
            stop = candidate.start() if candidate else len(text)
            self._emit(text[at:stop])
            if candidate is None:
                break
            if stop or not is_resumed:  # the readers of a held candidate have seen its beginning
                self._begin(text[stop])
            reading = self._read(text[stop : stop + LONGEST], is_last=is_last)
            if reading is None and len(text) - stop < LONGEST:
                self._held = text[stop:]
                break
            at = stop + self._take(reading or NO_MARK, text, stop)
        return "".join(self._out)

    def _begin(self, sign: str) -> None:
        """Make new readers for the next candidate."""
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
        """Return what the text begins with, or None while more text could change it."""
        if text[0] in "`~":
            return self._ticks(text, is_last=is_last)
        if self._code.is_code():
            return NO_MARK
        if text[0] == "<":
            token = _token(text)
            if token is not None:
                return token
            if not is_last and any(box_token.startswith(text) for box_token in _TOKENS):
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

    def _place(self, spots: tuple[PictureSpot, ...]) -> None:
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

    def _number(self, spot: PictureSpot) -> int:
        """Return the number of a place. A place that is named twice keeps its number, and may get its label later."""
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
        """Return the text for after a gap, without a second space, and with a space between words."""
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
    """Return the marks in an answer to ASK_AGAIN, or none when some are in pixels again."""
    boxes = BoxFilter(is_asked=True)
    boxes.feed(text)
    boxes.end()
    return () if boxes.has_pixels else boxes.marks


def sign(number: int) -> str:
    """Return the number of a mark as the text and the picture show it: ① to ⑳, then (21)."""
    return chr(0x2460 + number - 1) if number <= _CIRCLED else f"({number})"


def _token(text: str) -> _Token | None:
    for token in _TOKENS:
        if text.startswith(token):
            return _Token(len(token), token == _TOKENS[0])
    return None
