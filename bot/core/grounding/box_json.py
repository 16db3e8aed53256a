"""JsonReader and FenceReader read boxes in JSON: `[{"label": "car-1", "bbox_2d": […]}]`, in a code fence or without.

See box_tokens for what a reader is.
"""

import ast
import json
import re
from typing import Any

from bot.core.grounding.box_tokens import NO_MARK, NUMBER, BracketReader, PictureSpot, Reading, spot_of

LONGEST = 20_000
_KEYS = (
    *("bbox_2d", "bbox", "box_2d", "box", "point_2d", "point"),
    *("bounding_box", "bounding_box_2d", "boundingBox", "bounding_boxes", "bboxes"),
)
_LABELS = ("label", "text", "name")
_DEEPEST = 8
_LARGEST = 1_000_000  # NaN is refused too
_KEY_WITHIN = 500  # the key of a box has to stand within so many characters
_START = re.compile(r"""(?:\{|\[\s{0,80}+\{)\s{0,80}+["']""")
_MAYBE_START = re.compile(r"(?:\{\s{0,80}+|\[\s{0,80}+(?:\{\s{0,80}+)?)\Z")
_KEY = re.compile(rf"""["'](?:{"|".join(_KEYS)})["']\s*:""")
_SIGNIFICANT = re.compile(r"""["'\[\]{}\\]""")
_OBJECT = re.compile(r"\{[^{}]*\}")
_PLACE = re.compile(rf"""["'](?:{"|".join(_KEYS)})["']\s*:\s*\[[\[\s]*({NUMBER}(?:\s*,\s*{NUMBER})*)[\s\]]""")
_LABEL = re.compile(rf"""["'](?:{"|".join(_LABELS)})["']\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_FENCE = re.compile(r"(`{3,80}+|~{3,80}+)[ \t]{0,80}+(json\w{0,80}+)?[ \t]{0,80}+\r?\n", re.IGNORECASE)
_MAYBE_FENCE = re.compile(
    r"(?:`{1,80}+|~{1,80}+)[ \t]{0,80}+(?:j(?:s(?:o(?:n\w{0,80}+)?)?)?)?[ \t]{0,80}+\r?\Z", re.IGNORECASE
)
_RUN = re.compile(r"`+|~+")
_GAP = re.compile(r"[\s,]*")


class _ValueEnd:
    """Finds where a growing JSON value ends. It looks at each character once."""

    def __init__(self) -> None:
        self._at = self._depth = self._end = 0
        self._quote = ""

    def find(self, text: str) -> int:
        """Return the end, 0 while it has not come, or -1 when the value is nested too deeply. `text` only grows from
        call to call.
        """
        while not self._end and (match := _SIGNIFICANT.search(text, self._at)):
            sign = match.group()
            if sign == "\\" and match.end() == len(text):
                break  # the escaped character has not come yet
            self._at = match.end() + (sign == "\\")
            if self._quote:
                self._quote = "" if sign == self._quote else self._quote
            elif sign in "\"'":
                self._quote = sign
            elif sign != "\\":
                self._depth += 1 if sign in "[{" else -1
                self._end = self._at if self._depth == 0 else -(self._depth > _DEEPEST)
        return self._end


class JsonReader:
    """Reads an object with a box, or a list of them. Each reader reads one candidate, which grows from call to call."""

    def __init__(self) -> None:
        self._end = _ValueEnd()

    def read(self, text: str, *, is_last: bool) -> Reading | None:
        if not _START.match(text):
            return None if not is_last and _MAYBE_START.match(text) else NO_MARK
        key = _KEY.search(text, 0, _KEY_WITHIN)
        if key is None and len(text) >= _KEY_WITHIN:
            return NO_MARK
        end = self._end.find(text)
        if end < 0 or max(end, 0 if end else len(text)) >= LONGEST:
            return NO_MARK
        if end:
            return Reading(end, boxes_in(text[:end])) if key and key.end() <= end else NO_MARK
        if not is_last:
            return None
        return Reading(len(text), _boxes_by_pattern(text), is_cut=True) if key else NO_MARK


class FenceReader:
    """Reads a code fence that has boxes and nothing else. In a fence that is not marked as JSON, boxes need a key."""

    def __init__(self) -> None:
        self._at = 0  # the end of the values that were read
        self._opener = ""
        self._is_json = False
        self._spots: list[PictureSpot] = []
        self._is_cut = False
        self._reset()

    def read(self, text: str, *, is_last: bool) -> Reading | None:
        if not self._at:
            head = _FENCE.match(text)
            if head is None:
                return None if not is_last and _MAYBE_FENCE.match(text) else plain_run(text)
            self._at, self._opener, self._is_json = head.end(), head[1], bool(head[2])
        while True:
            gap = _GAP.match(text, self._at)
            self._at = gap.end() if gap else self._at
            if self._at == len(text) and not is_last:
                return None
            if self._at == len(text) or text[self._at] == self._opener[0]:
                return self._closed(text, is_last=is_last)
            reading = self._value(text[self._at :], is_last=is_last)
            if reading is None:
                return None
            if not reading.is_mark:
                return plain_run(text)
            self._spots += reading.spots
            self._is_cut = self._is_cut or reading.is_cut
            self._at += reading.length
            self._reset()

    def _reset(self) -> None:
        self._json, self._numbers = JsonReader(), BracketReader()

    def _value(self, text: str, *, is_last: bool) -> Reading | None:
        reading = self._json.read(text, is_last=is_last)
        if not self._is_json or text[0] != "[" or (reading and reading.is_mark):
            return reading
        numbers = self._numbers.read(text, is_sure=False, is_last=is_last)
        return None if reading is None and numbers and not numbers.is_mark else numbers

    def _closed(self, text: str, *, is_last: bool) -> Reading | None:
        if not self._spots and not self._is_cut:
            return plain_run(text)
        run = _RUN.match(text, self._at)
        if run and run.end() == len(text) and not is_last:
            return None
        if run and len(run.group()) < len(self._opener):
            return plain_run(text)
        return Reading(run.end() if run else len(text), tuple(self._spots), is_cut=self._is_cut)


def plain_run(text: str) -> Reading:
    """Return the run of ` or ~ at the beginning of `text` as plain text."""
    run = _RUN.match(text)
    return Reading(run.end() if run else 1)


def boxes_in(text: str) -> tuple[PictureSpot, ...]:
    """Return the places of a JSON value that has nothing else, or none. Small errors of grammar are allowed."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return _boxes_by_pattern(text)
    return tuple(_in_value(value) or ())


def _in_value(value: Any) -> list[PictureSpot] | None:
    """Return the places, or None when the value has something else."""
    if isinstance(value, dict):
        if any(key in value for key in _KEYS):
            return _in_object(value)
        lists = [inner for inner in value.values() if isinstance(inner, list)]  # {"0": [{…}]}
        value = [item for inner in lists for item in inner] if len(lists) == len(value) else None
    if not isinstance(value, list) or not value:
        return None
    found = [_in_object(item) if isinstance(item, dict) else None for item in value]
    spots = [spot for in_item in found if in_item for spot in in_item]
    return spots if all(found) else None


def _in_object(item: dict[str, Any]) -> list[PictureSpot] | None:
    place = next((item[key] for key in _KEYS if key in item), None)
    named = (item[key] for key in _LABELS if isinstance(item.get(key), str | int | float))
    other = (value for value in item.values() if isinstance(value, str))  # "object", "category", "description" …
    label = str(next(named, next(other, "")))
    if not isinstance(place, list) or not place:
        return None
    rows = place if isinstance(place[0], list) else [place]
    if len(rows) == 2 and not any(key.startswith("point") and key in item for key in _KEYS):
        corners = [value for row in rows if isinstance(row, list) for value in row]
        rows = [corners] if len(corners) == 4 else rows
    if not all(isinstance(row, list) and len(row) in {2, 4} and all(map(_is_number, row)) for row in rows):
        return None
    return [spot_of([float(value) for value in row], label) for row in rows]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _boxes_by_pattern(text: str) -> tuple[PictureSpot, ...]:
    """Return the boxes of the complete objects in a value that broke off or is not quite JSON."""
    spots = []
    for item in _OBJECT.finditer(text):
        place, label = _PLACE.search(item.group()), _LABEL.search(item.group())
        numbers = [float(number) for number in place[1].split(",")] if place else []
        if len(numbers) in {2, 4}:
            spots.append(spot_of(numbers, (label[1] or label[2] or "") if label else ""))
    return tuple(spots)
