"""Joins the labels and values of an invoice that stand next to each other on the page: “Total: 12.50”.

Programs that make invoices write all labels of a block (“Total:”, “Tax:”) and then all values, or the other way round.
In the text layer these are lines below each other, in which nobody can tell which value belongs to which label.
"""

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from bot.documents.pdf import direct

_END = "\r\n"
_COLONS = (":", "：")
_MOST_LETTERS = 60
_LEAST_PAIRS = 2
_LEVEL_PT = 2.0

Place = tuple[float, float]  # left edge and baseline, in points
Pairs = dict[int, int]  # the line of a label → the line of its value


def pairs_of(layer: pdfium.PdfTextPage, text: str) -> Pairs:
    """Find labels and values that stand next to each other on the page. `text` is as PDFium returns it."""
    if sum(text.count(colon + _END) for colon in _COLONS) < _LEAST_PAIRS:
        return {}
    lines = text.split(_END)
    places = _Places(layer, lines)
    found: Pairs = {}
    for begin, end in _runs(lines):
        labels = {at: place for at in range(begin, end) if (place := places.of(at)) is not None}
        before = _beside(lines, places, labels, range(begin - 1, -1, -1))
        behind = _beside(lines, places, labels, range(end, len(lines)))
        pairs = max(before, behind, key=len)
        if len(pairs) >= _LEAST_PAIRS and not set(found.values()) & set(pairs.values()):
            found |= pairs
    return found


def paired(text: str, pairs: Pairs) -> str:
    """Return `text` with each value after its label."""
    lines = text.split(_END)
    values = set(pairs.values())
    joined = (
        f"{line.rstrip()} {lines[pairs[at]].strip()}" if at in pairs else line
        for at, line in enumerate(lines)
        if at not in values
    )
    return _END.join(joined)


def _runs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the begin and end of each run of lines that are labels."""
    begin = 0
    for at in range(len(lines) + 1):
        if at < len(lines) and _is_label(lines[at]):
            continue
        if at - begin >= _LEAST_PAIRS:
            yield begin, at
        begin = at + 1


def _is_label(line: str) -> bool:
    words = line.rstrip()
    return len(words) <= _MOST_LETTERS and words.endswith(_COLONS)


def _beside(lines: list[str], places: "_Places", labels: dict[int, Place], order: range) -> Pairs:
    """Pair the lines of `order` with the labels to their left at the same height; stop at a line without one."""
    found: Pairs = {}
    for at in order:
        value = lines[at].strip()
        if not value or len(value) > _MOST_LETTERS or _is_label(value):
            break
        place = places.of(at)
        label = next((line for line, left in labels.items() if place and _is_left_of(left, place)), None)
        if label is None or label in found:
            break
        found[label] = at
    return found


def _is_left_of(label: Place, value: Place) -> bool:
    return label[0] < value[0] and abs(label[1] - value[1]) <= _LEVEL_PT


class _Places:
    """The places on the page at which its lines begin."""

    def __init__(self, layer: pdfium.PdfTextPage, lines: list[str]) -> None:
        self._layer = direct.handle(layer)
        self._lines = lines
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + len(_END))
        self._left, self._baseline = ctypes.c_double(), ctypes.c_double()

    def of(self, line: int) -> Place | None:
        """Return the place of the first letter of a line, None when PDFium does not know it."""
        text = self._lines[line]
        at = direct.char_index(self._layer, self._starts[line] + len(text) - len(text.lstrip()))
        places = ctypes.addressof(self._left), ctypes.addressof(self._baseline)
        if at < 0 or not direct.origin_of(self._layer, at, *places):
            return None
        return self._left.value, self._baseline.value
