"""Boxes as JSON, `[{"label": "car-1", "bbox_2d": […]}]` and its kin, bare or in a fence. Strictness: pointing_marks."""

import ast
import json
import re
from typing import Any

from bot.core.grounding.box_tokens import NO_MARK, NUMBER, BracketReader, Reading, Spot, spot_of

LONGEST = 20_000
_KEYS = (
    *("bbox_2d", "bbox", "box_2d", "box", "point_2d", "point"),
    *("bounding_box", "bounding_box_2d", "boundingBox", "bounding_boxes", "bboxes"),
)
_LABELS = ("label", "text", "name")
_DEEPEST = 8
_LARGEST = 1_000_000  # and no NaN
_KEY_WITHIN = 500  # characters of the beginning in which a key for a box is to come
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


class _End:
    """Finds where a growing JSON value ends, looking at every character once."""

    def __init__(self) -> None:
        self._at = self._depth = self._end = 0
        self._quote = ""

    def find(self, text: str) -> int:
        """The end, 0 while it is not there, -1 when it is nested too deeply. `text` only grows from call to call."""
        while not self._end and (found := _SIGNIFICANT.search(text, self._at)):
            sign = found.group()
            if sign == "\\" and found.end() == len(text):
                break  # what it escapes is still to come
            self._at = found.end() + (sign == "\\")
            if self._quote:
                self._quote = "" if sign == self._quote else self._quote
            elif sign in "\"'":
                self._quote = sign
            elif sign != "\\":
                self._depth += 1 if sign in "[{" else -1
                self._end = self._at if self._depth == 0 else -(self._depth > _DEEPEST)
        return self._end


class JsonReader:
    """An object with a place, or a list of such. One reads one candidate while it grows."""

    def __init__(self) -> None:
        self._end = _End()

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
        return Reading(len(text), _boxes_by_eye(text), is_cut=True) if key else NO_MARK


class FenceReader:
    """A fence that holds boxes and nothing else. A fence that is not called JSON holds none without a key."""

    def __init__(self) -> None:
        self._at = 0  # behind the values read
        self._opener = ""
        self._is_json = False
        self._spots: list[Spot] = []
        self._is_cut = False
        self._fresh()

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
            self._fresh()

    def _fresh(self) -> None:
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
    """The run of ` or ~ that `text` begins with, as text."""
    run = _RUN.match(text)
    return Reading(run.end() if run else 1)


def boxes_in(text: str) -> tuple[Spot, ...]:
    """The places of a JSON value that consists of such alone, or none. Slips of its grammar are forgiven."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return _boxes_by_eye(text)
    return tuple(_in_value(value) or ())


def _in_value(value: Any) -> list[Spot] | None:
    """None: there is something else in it."""
    if isinstance(value, dict):
        if any(key in value for key in _KEYS):
            return _in_object(value)
        lists = [one for one in value.values() if isinstance(one, list)]  # {"0": [{…}]}
        value = [item for one in lists for item in one] if len(lists) == len(value) else None
    if not isinstance(value, list) or not value:
        return None
    found = [_in_object(item) if isinstance(item, dict) else None for item in value]
    spots = [spot for one in found if one for spot in one]
    return spots if all(found) else None


def _in_object(item: dict[str, Any]) -> list[Spot] | None:
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


def _boxes_by_eye(text: str) -> tuple[Spot, ...]:
    """The whole objects of a value that broke off or is not quite JSON."""
    spots = []
    for item in _OBJECT.finditer(text):
        place, label = _PLACE.search(item.group()), _LABEL.search(item.group())
        numbers = [float(number) for number in place[1].split(",")] if place else []
        if len(numbers) in {2, 4}:
            spots.append(spot_of(numbers, (label[1] or label[2] or "") if label else ""))
    return tuple(spots)
