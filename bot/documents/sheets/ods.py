"""Reads OpenDocument spreadsheets (.ods). The file stores each cell's text as shown; comments are read too."""

import re

from bot.documents.office.package import Package
from bot.documents.opendocument.styles import LetterStyles
from bot.documents.opendocument.texts import Writer, refuse_locked
from bot.documents.pages.builder import Draft
from bot.documents.pages.emphasis import emphasised, read_as, struck
from bot.documents.pages.links import linked
from bot.documents.sheets.grid import add_sheet
from bot.documents.sheets.xlsx_cells import MOST_CELLS, Grid, column_letters
from bot.documents.xml.markup import Element, all_text, attribute, children, descendants, name, stream_xml

_MOST_ROWS_REPEATED = 200
_MOST_CELLS_REPEATED = 200
_MOST_COLUMNS = 16_384
_PLACEHOLDERS = ("sheet-name", "title", "date", "time", "page-number", "page-count", "file-name")
_NO_EDGES = {"page", "seite", "página", "pagina", "页", "第页"}  # the default texts of headers and footers
_FOLDED = {"collapse", "filter"}
_SHAPES = {"frame", "custom-shape", "g", "rect", "ellipse"}


def read_ods(package: Package, draft: Draft) -> None:
    """Add the pages of all sheets to the draft."""
    refuse_locked(package)
    hidden: set[str] = set()
    letters = LetterStyles()
    edges = _edges(package, letters)
    grid, beside, row, column, title = Grid(), list[str](), 0, 0, ""
    with package.open("content.xml") as source:
        tags = ("{*}style", "{*}shapes", "{*}table-column", "{*}table-row", "{*}table")
        for element in draft.deadline.each(stream_xml(source, tags)):
            kind = name(element)
            if kind == "style":
                if any(attribute(inner, "display") == "false" for inner in children(element, "table-properties")):
                    hidden.add(attribute(element, "name"))
                letters.add(element)
            elif kind == "table-column":
                column = _add_column(element, column, grid)
            elif kind == "shapes":
                beside.append(_drawn(element, package, draft))
            elif kind == "table-row":
                title = title or _title_of(element)
                row = _add_row(element, row, grid, beside, letters)
                beside += [_drawn(cell, package, draft) for cell in descendants(element, "table-cell") if len(cell)]
            else:
                is_hidden = attribute(element, "style-name") in hidden
                grid.edges, edges = edges, []
                add_sheet(draft, attribute(element, "name"), grid, "\n".join(filter(None, beside)), is_hidden=is_hidden)
                grid, beside, row, column, title = Grid(), [], 0, 0, ""
            if draft.is_full:
                return
    if grid.rows:  # the deadline passed in the middle of a sheet
        grid.is_cut = True
        add_sheet(draft, title, grid, "\n".join(filter(None, beside)))


def _edges(package: Package, letters: LetterStyles) -> list[str]:
    """Return the headers and footers, each text once, without default texts such as the page number."""
    found = []
    for kind in ("header", "footer"):
        for place in descendants(package.xml_or_none("styles.xml"), kind):
            for name_of in _PLACEHOLDERS:
                for element in descendants(place, name_of):
                    element.text = ""
            text = " ".join(" ".join(_line(element, letters) for element in descendants(place, "p")).split())
            if re.search(r"\w", text) and text.strip(" /()").casefold() not in _NO_EDGES:
                found.append(f"{kind.title()}: {text}")
    return list(dict.fromkeys(found))


def _title_of(row: Element) -> str:
    table = next(row.iterancestors("{*}table"), None)
    return "" if table is None else attribute(table, "name")


def _drawn(place: Element, package: Package, draft: Draft) -> str:
    """Return the charts, text boxes and pictures of a sheet or of a cell."""
    shapes = [shape for shape in place if name(shape) in _SHAPES]
    if not shapes:
        return ""
    table = next(place.iterancestors("{*}table"), None)
    writer = Writer(package, draft, (), f"sheet {attribute(table, 'name')}" if table is not None else "")
    texts = [writer.blocks([shape]) for shape in shapes]
    return "\n\n".join(["", *filter(None, texts), writer.rest()]).rstrip()


def _add_column(element: Element, column: int, grid: Grid) -> int:
    """Return the number of the last column that the element describes."""
    last = column + _count(element, "number-columns-repeated")
    if attribute(element, "visibility") in _FOLDED:
        grid.hidden_columns |= set(range(column + 1, min(last, column + _MOST_COLUMNS) + 1))
    return last


def _add_row(element: Element, row: int, grid: Grid, comments: list[str], letters: LetterStyles) -> int:
    """Add the cells of a row and return the number of the last row that the element describes."""
    repeated = _count(element, "number-rows-repeated")
    if grid.count >= MOST_CELLS:
        grid.is_cut = True
        return row + repeated
    if attribute(element, "visibility") in _FOLDED:
        grid.hidden_rows |= set(range(row + 1, row + min(repeated, _MOST_ROWS_REPEATED) + 1))
    column = 0
    for cell in element:
        if name(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        across = _count(cell, "number-columns-repeated")
        text = "\n".join(_line(paragraph, letters) for paragraph in children(cell, "p")) if len(cell) else ""
        if text.strip():
            if letters.of(attribute(cell, "style-name")).is_struck:
                text = struck(text)
            for down in range(min(repeated, _MOST_ROWS_REPEATED)):
                for beside in range(min(across, _MOST_CELLS_REPEATED)):
                    grid.put(row + down + 1, column + beside + 1, text)
        for note in children(cell, "annotation"):
            author = next((all_text(creator) for creator in children(note, "creator")), "") or "somebody"
            words = " ".join(" ".join(_line(paragraph, letters) for paragraph in children(note, "p")).split())
            comments.append(f"> Comment by {author} on {column_letters(column + 1)}{row + 1}: {words}")
        column += across
    return row + repeated


def _line(element: Element, letters: LetterStyles) -> str:
    out = [element.text or ""]
    for inner in element:
        kind = name(inner)
        if kind == "s":
            out.append(" " * min(_count(inner, "c"), 100))
        elif kind == "a":
            out.append(linked(_line(inner, letters), attribute(inner, "href")))
        elif kind == "ruby-text":
            out.append(read_as(_line(inner, letters)))
        else:
            out.append(emphasised(_line(inner, letters), letters.of(attribute(inner, "style-name"))))
        out.append(inner.tail or "")
    return "".join(out)


def _count(element: Element, wanted: str) -> int:
    text = attribute(element, wanted, "1")
    return max(1, int(text)) if text.isdigit() and len(text) < 9 else 1
