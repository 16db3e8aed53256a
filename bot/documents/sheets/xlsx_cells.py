"""Reads the cells of Excel sheets as they are shown: shared strings, number formats, stored results of formulas."""

import re
from dataclasses import dataclass, field
from typing import IO

from bot.documents.deadline import Deadline
from bot.documents.office.number_format import general, shown
from bot.documents.office.package import Package
from bot.documents.pages.emphasis import struck
from bot.documents.sheets.xlsx_pictures import VALUE, displayed
from bot.documents.sheets.xlsx_styles import CellStyles, run_text
from bot.documents.xml.markup import Element, attribute, name, stream_xml

MOST_CELLS = 1_000_000
MOST_STRINGS = 2_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})$")
_AREA = re.compile(r"[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}([0-9]{1,7})$")
_LINKED = re.compile(r'HYPERLINK\(\s*"((?:https?://|mailto:)[^"]{1,500})"', re.IGNORECASE)
_KNOWN = 50_000
_FOR_STRINGS = 0.5  # share of the remaining time; the cells need the rest
_WORDS = {"s", "str"}
_YES = {"1", "true"}


Saved = dict[tuple[int, int], str | float | bool]  # (row, column) → the value of a cell
Links = dict[tuple[int, int], str]  # (row, column) → an address


@dataclass(slots=True)
class Grid:
    """Row → column → text, both counted from 1; empty cells are left out. `last_row` is the last row that the sheet
    declares, or 0. The author has hidden `hidden_rows` and `hidden_columns`. `pictures` are references to pictures in
    cells.
    """

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    count: int = 0
    is_cut: bool = False
    last_row: int = 0
    has_bare_formulas: bool = False
    edges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    links: Links = field(default_factory=dict)
    pictures: dict[tuple[int, int], str] = field(default_factory=dict)

    def put(self, row: int, column: int, text: str) -> None:
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = {}
        cells[column] = text
        self.count += 1

    def keep_half(self) -> None:
        """Drop the later half of the rows, because pages for the others need memory too."""
        numbers = sorted(self.rows)
        for number in numbers[len(numbers) // 2 :]:
            del self.rows[number]
        self.is_cut = True


class Book:
    """The shared strings by number and the formats by style, to which cells refer."""

    def __init__(
        self, package: Package, strings_part: str, styles_part: str, *, from_1904: bool, deadline: Deadline
    ) -> None:
        self._deadline = deadline
        self._strings, self._has_all_strings = _strings(package, strings_part, deadline.part(_FOR_STRINGS))
        self._has_met_lost = False  # a cell refers to a string that was not read
        self._styles = CellStyles(package, styles_part)
        self._from_1904 = from_1904
        self._known: dict[tuple[str, str], str] = {}

    def read_sheet(self, source: IO[bytes], grid: Grid, saved: Saved | None = None) -> None:
        """Read a sheet into the grid. `saved` values replace the results of formulas and fill missing cells (pivot
        tables are not converted).
        """
        lost = dict(saved or {})
        tags = ("{*}row", "{*}dimension", "{*}col", "{*}hyperlink", "{*}oddHeader", "{*}oddFooter")
        row = 0
        for element in self._deadline.each_small(stream_xml(source, tags)):
            if name(element) != "row":
                _read_properties(grid, element)
                continue
            row = _row_number(element, row)
            if element.get("hidden") in _YES:
                grid.hidden_rows.add(row)
            row = self._read_row(element, row, grid, lost)
            if self._has_met_lost:  # an incomplete row would look complete
                grid.rows.pop(row, None)
                self._has_met_lost = False
            elif grid.count < MOST_CELLS:
                continue
            grid.is_cut = True
            return
        grid.is_cut = self._deadline.has_omissions
        for (at_row, at_column), value in lost.items() if not grid.is_cut else ():
            grid.put(at_row, at_column, str(value).upper() if isinstance(value, bool) else _plainly(value))

    def _read_row(self, element: Element, row: int, grid: Grid, lost: Saved) -> int:
        """Read a row and return its number, which its cells state."""
        tag = f"{element.tag[:-3]}c"
        letters = str(row)
        column = 0
        for cell in element:
            if cell.tag != tag:
                continue
            place = cell.get("r", "")
            if place.endswith(letters) and place[: -len(letters)] in _COLUMNS:
                column = _COLUMNS[place[: -len(letters)]]
            else:
                at = _REFERENCE.match(place)
                column = column_number(at[1]) if at else column + 1
                row = int(at[2]) if at else row
                letters = str(row)
            if not len(cell):
                continue
            text = self._cell(cell, (row, column), grid, lost)
            if text:
                grid.put(row, column, text)
        return row

    def _cell(self, cell: Element, at: tuple[int, int], grid: Grid, lost: Saved) -> str:
        raw = formula = inline = None
        for inner in cell:
            match inner.tag.rpartition("}")[2]:
                case "v":
                    raw = inner.text
                case "f":
                    formula = inner
                case "is":
                    inline = inner
        style = cell.get("s", "0")
        known = lost.pop(at, None) if lost else None
        if known is not None and formula is not None:
            text = self._saved(known, style)
        elif inline is not None:
            text = rich_text(inline)
        elif not raw:
            return _bare_formula(cell, formula, grid)
        else:
            text = self._text(raw, cell.get("t", "n"), style)
            text = self._styles.words(text, style) if cell.get("t", "n") in _WORDS else text
        if formula is not None and (linked := _LINKED.search(formula.text or "")):
            grid.links[at] = linked[1]
        if picture := _picture(cell, formula):
            grid.pictures[at] = picture
        return struck(text) if self._styles.is_struck(style) else text

    def _text(self, text: str, kind: str, style: str) -> str:
        if kind == "s":
            if text.isdigit() and int(text) < len(self._strings):
                return self._strings[int(text)]
            self._has_met_lost |= not self._has_all_strings
            return ""
        if kind == "b":
            return "TRUE" if text.strip() in _YES else "FALSE"
        if kind == "d":
            return text.replace("T00:00:00", "").replace("T", " ").rstrip("Z")
        return unescaped(text) if kind in {"str", "e"} else self.number(text, style)

    def _saved(self, value: str | float | bool, style: str) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return self.number(repr(value - (1462 if self._from_1904 and value > 1462 else 0)), style)

    def number(self, text: str, style: str) -> str:
        key = (text, style)
        known = self._known.get(key)
        if known is None:
            try:
                known = shown(float(text), self._styles.code(style), from_1904=self._from_1904)
            except ValueError:
                known = text
            if len(self._known) < _KNOWN:
                self._known[key] = known
        return known


def _read_properties(grid: Grid, element: Element) -> None:
    """Read the properties of a sheet other than its cells."""
    match name(element):
        case "dimension":
            area = _AREA.match(element.get("ref", ""))
            grid.last_row = int(area[1]) if area else 0
        case "col" if element.get("hidden") in _YES:
            first, last = (_small_number(element.get(side, "")) for side in ("min", "max"))
            grid.hidden_columns |= set(range(first, min(last, 16_384) + 1)) if first else set()
        case "oddHeader" | "oddFooter" as kind:
            grid.edges.append(_edge(kind, element.text or ""))
        case "hyperlink":
            at = _REFERENCE.match(element.get("ref", "").partition(":")[0])
            if at:
                grid.links[int(at[2]), column_number(at[1])] = attribute(element, "id")


def _picture(cell: Element, formula: Element | None) -> str:
    """Return the reference to the picture of a cell. Programs without cell pictures see an error or a formula there."""
    if cell.get("t") == "e" and cell.get("vm"):
        return f"{VALUE}{cell.get('vm')}"
    return displayed(formula.text or "") if formula is not None else ""


def _bare_formula(cell: Element, formula: Element | None, grid: Grid) -> str:
    if formula is None or not formula.text or cell.get("t") == "str":
        return ""
    grid.has_bare_formulas = True
    return f"={formula.text.removeprefix('=')}"  # some programs store the “=” too


def _plainly(value: str | float) -> str:
    return value if isinstance(value, str) else general(value)


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 1: “AB” gives 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column: 28 gives “AB”."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_COLUMNS = {column_letters(number): number for number in range(1, 703)}  # A to ZZ cover nearly all cells


def rich_text(element: Element | None) -> str:
    """Return a plain or rich text without the phonetic hints of Japanese."""
    if element is None:
        return ""
    parts = []
    for inner in element:
        if name(inner) == "t":
            parts.append(inner.text or "")
        elif name(inner) == "r":
            parts.append(run_text(inner))
    return unescaped("".join(parts))


def unescaped(text: str) -> str:
    """Replace “_x000D_” and the like, which stand for characters that XML can't hold (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _strings(package: Package, part: str, deadline: Deadline) -> tuple[list[str], bool]:
    """Return (strings, whether they are complete)."""
    found: list[str] = []
    if not part or part not in package:
        return found, True
    try:
        with package.open(part) as source:
            for element in deadline.each_small(stream_xml(source, ("{*}si",))):
                if len(found) >= MOST_STRINGS:
                    return found, False
                found.append(rich_text(element))
    except MemoryError:
        del found[len(found) // 2 :]  # the cells need memory too
        return found, False
    return found, not deadline.has_omissions


def _row_number(element: Element, before: int) -> int:
    text = element.get("r", "")
    return int(text) if text.isdigit() and len(text) < 9 else before + 1


def _small_number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0


def _edge(kind: str, text: str) -> str:
    """Return a header or footer of a printed page without its codes: &L&"Arial"&10Costs&R&P."""
    text = re.sub(r'&"[^"]*"|&K[0-9A-F]{6}|&\d{1,3}|&[A-Z]', " ", text.replace("&&", "\x00"))
    text = " ".join(text.replace("\x00", "&").split())
    if text.casefold() in {"page", "page of"}:  # LibreOffice adds these to every sheet that it converts
        return ""
    return f"{'Header' if kind == 'oddHeader' else 'Footer'}: {text}" if re.search(r"\w", text) else ""
