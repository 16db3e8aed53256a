"""OpenDocument spreadsheets (.ods): cells as they are shown, which the file itself says, with their comments."""

from bot.documents.draft import Draft
from bot.documents.markup import Element, all_text, attribute, children, descendants, name, stream_xml
from bot.documents.opendocument import Writer, refuse_locked
from bot.documents.package import Package
from bot.documents.sheets import add_sheet
from bot.documents.xlsx_cells import MOST_CELLS, Grid, column_letters

_MOST_ROWS_REPEATED = 200
_MOST_CELLS_REPEATED = 200
_SHAPES = {"frame", "custom-shape", "g", "rect", "ellipse"}


def read_ods(package: Package, draft: Draft) -> None:
    refuse_locked(package)
    hidden: set[str] = set()
    grid, beside, row = Grid(), list[str](), 0
    with package.open("content.xml") as source:
        for element in stream_xml(source, ("{*}style", "{*}shapes", "{*}table-row", "{*}table")):
            kind = name(element)
            if kind == "style":
                if any(attribute(one, "display") == "false" for one in children(element, "table-properties")):
                    hidden.add(attribute(element, "name"))
            elif kind == "shapes":
                beside.append(_drawn(element, package, draft))
            elif kind == "table-row":
                row = _add_row(element, row, grid, beside)
                beside += [_drawn(one, package, draft) for one in descendants(element, "table-cell") if len(one)]
            else:
                is_hidden = attribute(element, "style-name") in hidden
                add_sheet(draft, attribute(element, "name"), grid, "\n".join(filter(None, beside)), is_hidden=is_hidden)
                grid, beside, row = Grid(), [], 0
            if draft.is_full:
                return


def _drawn(place: Element, package: Package, draft: Draft) -> str:
    """Charts, text boxes and pictures that hang on a sheet or on one of its cells."""
    shapes = [one for one in place if name(one) in _SHAPES]
    if not shapes:
        return ""
    table = next(place.iterancestors("{*}table"), None)
    writer = Writer(package, draft, (), f"sheet {attribute(table, 'name')}" if table is not None else "")
    texts = [writer.blocks([one]) for one in shapes]
    return "\n\n".join(["", *filter(None, texts), writer.rest()]).rstrip()


def _add_row(element: Element, row: int, grid: Grid, comments: list[str]) -> int:
    """The number of the last row that the element stands for."""
    repeated = _count(element, "number-rows-repeated")
    if grid.count >= MOST_CELLS:
        grid.is_cut = True
        return row + repeated
    column = 0
    for cell in element:
        if name(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        across = _count(cell, "number-columns-repeated")
        text = "\n".join(_line(one) for one in children(cell, "p"))
        if text.strip():
            for down in range(min(repeated, _MOST_ROWS_REPEATED)):
                for beside in range(min(across, _MOST_CELLS_REPEATED)):
                    grid.put(row + down + 1, column + beside + 1, text)
        for note in children(cell, "annotation"):
            author = next((all_text(one) for one in children(note, "creator")), "") or "somebody"
            words = " ".join(" ".join(_line(one) for one in children(note, "p")).split())
            comments.append(f"> Comment by {author} on {column_letters(column + 1)}{row + 1}: {words}")
        column += across
    return row + repeated


def _line(paragraph: Element) -> str:
    for space in descendants(paragraph, "s"):
        space.text = " " * min(_count(space, "c"), 100)
    return all_text(paragraph)


def _count(element: Element, wanted: str) -> int:
    text = attribute(element, wanted, "1")
    return max(1, int(text)) if text.isdigit() and len(text) < 9 else 1
