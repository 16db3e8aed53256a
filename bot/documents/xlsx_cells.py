"""Cells of Excel sheets as they are shown: shared strings, number formats, formulas' saved values."""

import re
from dataclasses import dataclass, field
from typing import IO

from bot.documents.markup import Element, attribute, child, children, name, stream_xml
from bot.documents.number_format import BUILT_IN, general, shown
from bot.documents.package import Package

MOST_CELLS = 400_000
MOST_STRINGS = 2_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})$")


Saved = dict[tuple[int, int], str | float | bool]  # (row, column) → the value of a cell


@dataclass(slots=True)
class Grid:
    """Row → column → text, both from 1; only cells with something in them."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    count: int = 0
    is_cut: bool = False
    has_bare_formulas: bool = False
    edges: list[str] = field(default_factory=list)

    def put(self, row: int, column: int, text: str) -> None:
        self.rows.setdefault(row, {})[column] = text
        self.count += 1


class Book:
    """What cells refer to: strings by number, formats by style."""

    def __init__(self, package: Package, strings_part: str, styles_part: str, *, from_1904: bool) -> None:
        self._strings = _strings(package, strings_part)
        self._codes = _codes(package.xml_or_none(styles_part))
        self._from_1904 = from_1904
        self._known: dict[tuple[str, str], str] = {}

    def read_sheet(self, source: IO[bytes], saved: Saved | None = None) -> Grid:
        """`saved` are values that go before the results of formulas, and where there is no cell at all (pivot tables
        are not converted).
        """
        grid = Grid()
        lost = dict(saved or {})
        row = column = 0
        for element in stream_xml(source, ("{*}c", "{*}row", "{*}oddHeader", "{*}oddFooter")):
            kind = name(element)
            if kind in {"oddHeader", "oddFooter"}:
                grid.edges.append(_edge(kind, element.text or ""))
                continue
            if kind == "row":
                row, column = max(row, _row_number(element, row)), 0
                continue
            at = _REFERENCE.match(element.get("r", ""))
            column = column_number(at[1]) if at else column + 1
            this_row = int(at[2]) if at else row + 1
            row = this_row - 1 if at else row
            known = lost.pop((this_row, column), None) if lost and len(element) else None
            known = known if child(element, "f") is not None else None
            text = self._text(element, grid) if known is None else self._saved(known, element)
            if text:
                grid.put(this_row, column, text)
                if grid.count >= MOST_CELLS:
                    grid.is_cut = True
                    return grid
        for (at_row, at_column), value in lost.items():
            grid.put(at_row, at_column, str(value).upper() if isinstance(value, bool) else _plainly(value))
        return grid

    def _text(self, cell: Element, grid: Grid) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return rich_text(child(cell, "is"))
        raw = child(cell, "v")
        text = (raw.text or "") if raw is not None else ""
        if not text:
            return self._bare_formula(cell, grid)
        if kind == "s":
            return self._strings[int(text)] if text.isdigit() and int(text) < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if text.strip() in {"1", "true"} else "FALSE"
        if kind == "d":
            return text.replace("T00:00:00", "").replace("T", " ").rstrip("Z")
        return unescaped(text) if kind in {"str", "e"} else self.number(text, cell.get("s", "0"))

    def _saved(self, value: str | float | bool, cell: Element) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return self.number(repr(value - (1462 if self._from_1904 and value > 1462 else 0)), cell.get("s", "0"))

    def _bare_formula(self, cell: Element, grid: Grid) -> str:
        formula = child(cell, "f")
        if formula is None or not formula.text or cell.get("t") == "str":
            return ""
        grid.has_bare_formulas = True
        return f"={formula.text}"

    def number(self, text: str, style: str) -> str:
        key = (text, style)
        known = self._known.get(key)
        if known is None:
            code = self._codes[int(style)] if style.isdigit() and int(style) < len(self._codes) else "General"
            try:
                known = shown(float(text), code, from_1904=self._from_1904)
            except ValueError:
                known = text
            if len(self._known) < 50_000:
                self._known[key] = known
        return known


def _plainly(value: str | float) -> str:
    return value if isinstance(value, str) else general(value)


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def rich_text(element: Element | None) -> str:
    """Plain or in runs, without the reading aids of Japanese."""
    if element is None:
        return ""
    parts = []
    for inner in element:
        if name(inner) == "t":
            parts.append(inner.text or "")
        elif name(inner) == "r":
            parts += [one.text or "" for one in children(inner, "t")]
    return unescaped("".join(parts))


def unescaped(text: str) -> str:
    """Without “_x000D_” and the like, which stand for signs that XML cannot hold (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _strings(package: Package, part: str) -> list[str]:
    if not part or part not in package:
        return []
    found: list[str] = []
    with package.open(part) as source:
        for element in stream_xml(source, ("{*}si",)):
            found.append(rich_text(element))
            if len(found) >= MOST_STRINGS:
                break
    return found


def _codes(root: Element | None) -> list[str]:
    """The format code of each cell style."""
    own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in children(child(root, "numFmts"), "numFmt")}
    codes = []
    for style in children(child(root, "cellXfs"), "xf"):
        number = attribute(style, "numFmtId", "0")
        codes.append(own.get(number) or BUILT_IN.get(int(number) if number.isdigit() else 0, "General"))
    return codes


def _row_number(element: Element, before: int) -> int:
    text = element.get("r", "")
    return int(text) if text.isdigit() and len(text) < 9 else before + 1


def _edge(kind: str, text: str) -> str:
    """A printed page's header or footer without its codes: &L&"Arial"&10Costs&R&P."""
    text = re.sub(r'&"[^"]*"|&K[0-9A-F]{6}|&\d{1,3}|&[A-Z]', " ", text.replace("&&", "\x00"))
    text = " ".join(text.replace("\x00", "&").split())
    if text.casefold() in {"page", "page of"}:  # what LibreOffice puts on every sheet it converts
        return ""
    return f"{'Header' if kind == 'oddHeader' else 'Footer'}: {text}" if re.search(r"\w", text) else ""
