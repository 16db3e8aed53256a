"""Values that a PDF writes beside their labels, but names in a column of their own: “Total:” and “Tax:”, then the sums.

Programs that make invoices write all values of a block, and then all labels, or the other way round. As lines below
each other nobody can tell which sum belongs to which label; as “Total: 12.50” everybody can.
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

Place = tuple[float, float]  # left and foot
Pairs = dict[int, int]  # the line of a label → the line of its value


def pairs_of(layer: pdfium.PdfTextPage, text: str) -> Pairs:
    """The lines of `text`, as PDFium has it, that stand beside each other as label and value."""
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
    """`text` with each value behind its label."""
    lines = text.split(_END)
    values = set(pairs.values())
    joined = (
        f"{line.rstrip()} {lines[pairs[at]].strip()}" if at in pairs else line
        for at, line in enumerate(lines)
        if at not in values
    )
    return _END.join(joined)


def _runs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """From where to where labels follow each other."""
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
    """The values among lines that follow each other, each level with a label and to its right, up to any other."""
    found: Pairs = {}
    for at in order:
        value = lines[at].strip()
        if not value or len(value) > _MOST_LETTERS or _is_label(value):
            break
        place = places.of(at)
        label = next((label for label, own in labels.items() if place and _is_left_of(own, place)), None)
        if label is None or label in found:
            break
        found[label] = at
    return found


def _is_left_of(label: Place, value: Place) -> bool:
    return label[0] < value[0] and abs(label[1] - value[1]) <= _LEVEL_PT


class _Places:
    """Where the lines of a page begin."""

    def __init__(self, layer: pdfium.PdfTextPage, lines: list[str]) -> None:
        self._layer = direct.handle(layer)
        self._lines = lines
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + len(_END))
        self._across, self._foot = ctypes.c_double(), ctypes.c_double()

    def of(self, line: int) -> Place | None:
        """Of its first letter."""
        text = self._lines[line]
        at = direct.char_index(self._layer, self._starts[line] + len(text) - len(text.lstrip()))
        places = ctypes.addressof(self._across), ctypes.addressof(self._foot)
        if at < 0 or not direct.origin_of(self._layer, at, *places):
            return None
        return self._across.value, self._foot.value
