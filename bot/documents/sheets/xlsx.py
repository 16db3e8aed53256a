"""Excel workbooks: every sheet with its cells as shown, its comments, charts, text boxes and pictures."""

from collections.abc import Mapping
from dataclasses import replace

from bot.documents.office.graphics import Ground, graphic_text, picture_id
from bot.documents.office.package import Package, Relation, first_of, main_part
from bot.documents.office.shape_text import body_text
from bot.documents.pages.builder import Draft
from bot.documents.pages.links import linked
from bot.documents.pages.notices import MORE_PARTS, NO_VALUES, SHEET_DAMAGED
from bot.documents.sheets.grid import add_sheet
from bot.documents.sheets.xlsx_cells import Book, Grid, Saved, column_letters, rich_text
from bot.documents.sheets.xlsx_pictures import CellPictures
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, name
from bot.errors import FileError

_MOST_SHEETS = 500
_MOST_COMMENTS = 2000
_TOLD = ("{*}graphicData", "{*}txBody", "{*}blip")


def read_xlsx(
    package: Package, draft: Draft, way: tuple[str, ...] = (), *, saved: Mapping[str, Saved] | None = None
) -> None:
    """`saved`: by sheet, values that go before the results of formulas."""
    main = main_part(package, "xl/workbook.xml")
    root = package.xml(main)
    relations = package.relations(main)
    about = child(root, "workbookPr")
    from_1904 = about is not None and attribute(about, "date1904") in {"1", "true"}
    strings, styles = first_of(relations, "sharedStrings"), first_of(relations, "styles")
    book = Book(package, strings, styles, from_1904=from_1904, deadline=draft.deadline)
    people = _people(package, relations)
    pictures = CellPictures(package, relations)
    sheets = children(child(root, "sheets"), "sheet")
    if len(sheets) > _MOST_SHEETS:
        draft.note(MORE_PARTS.format(read=_MOST_SHEETS, count=len(sheets)))
    for sheet in draft.deadline.each(sheets[:_MOST_SHEETS]):
        relation = relations.get(_relation_id(sheet))
        title = sheet.get("name", "")
        if relation is None or relation.is_external:
            continue
        ground = Ground(package, package.relations(relation.target), draft, f"sheet {title}", way)
        _add(book, ground, relation, (sheet, (saved or {}).get(title)), (people, pictures))
        if draft.is_full:
            return


def _add(
    book: Book,
    ground: Ground,
    relation: Relation,
    about: tuple[Element, Saved | None],
    shared: tuple[dict[str, str], CellPictures],
) -> None:
    (sheet, saved), (people, pictures) = about, shared
    title = sheet.get("name", "")
    draft = ground.draft
    grid = Grid()
    if relation.kind != "chartsheet":
        try:
            with ground.package.open(relation.target) as source:
                book.read_sheet(source, grid, saved)
        except FileError:
            if not draft.pages and not grid.rows:
                raise
            draft.note(SHEET_DAMAGED.format(sheet=f"sheet {title}"))
        except MemoryError:
            grid.keep_half()
    _link(grid, ground)
    _show(grid, ground, pictures)
    if grid.has_bare_formulas:
        draft.note(NO_VALUES)
    beside = [_drawings(ground), _old_drawings(ground), _comments(ground, people)]
    is_hidden = sheet.get("state", "visible") != "visible"
    add_sheet(draft, title, grid, "\n\n".join(part for part in beside if part), is_hidden=is_hidden)


def _link(grid: Grid, ground: Ground) -> None:
    """Cells that lead somewhere outside say where."""
    for (row, column), found in grid.links.items():
        relation = ground.relations.get(found)
        address = relation.target if relation is not None and relation.is_external else found
        text = grid.rows.get(row, {}).get(column, "")
        if text:
            grid.rows[row][column] = linked(text, address)


def _show(grid: Grid, ground: Ground, pictures: CellPictures) -> None:
    """Cells whose value is a picture have its number."""
    for (row, column), asked in grid.pictures.items():
        place = f"{ground.where}, {column_letters(column)}{row}"
        if words := pictures.words(asked, replace(ground, where=place)):
            grid.rows[row][column] = words


def _relation_id(sheet: Element) -> str:
    return next((str(text) for key, text in sheet.attrib.items() if key.endswith("}id")), "")


def _drawings(ground: Ground) -> str:
    parts = []
    for relation in ground.relations.values():
        if relation.kind != "drawing" or relation.is_external:
            continue
        root = ground.package.xml_or_none(relation.target)
        if root is None:
            continue
        inner = Ground(
            ground.package, ground.package.relations(relation.target), ground.draft, ground.where, ground.way
        )
        parts += [_anchored(anchor, inner) for anchor in root]
    return "\n\n".join(part for part in parts if part.strip())


def _old_drawings(ground: Ground) -> str:
    """The pictures of objects from other programs: equations, old charts, files."""
    marks = []
    for relation in ground.relations.values():
        if relation.kind != "vmlDrawing" or relation.is_external:
            continue
        root = ground.package.xml_or_none(relation.target)
        inner = replace(ground, relations=ground.package.relations(relation.target))
        marks += [
            inner.picture(attribute(one, "relid") or attribute(one, "id"), attribute(one, "title"))
            for one in descendants(root, "imagedata")
        ]
    return "\n\n".join(dict.fromkeys(mark for mark in marks if mark))


def _anchored(anchor: Element, ground: Ground) -> str:
    start = child(anchor, "from")
    where = ground.where
    if start is not None:
        column, row = all_text(child(start, "col")), all_text(child(start, "row"))
        if column.isdigit() and row.isdigit() and len(column) < 6:
            where = f"{where}, {column_letters(int(column) + 1)}{int(row) + 1}"
    here = Ground(ground.package, ground.relations, ground.draft, where, ground.way)
    parts = []
    for element in anchor.iter(*_TOLD):
        kind = name(element)
        if _is_told_twice(element):
            continue
        if kind == "graphicData":
            parts.append(graphic_text(element, here))
        elif kind == "txBody":
            parts.append(body_text(element, ground.relations))
        else:
            about = next(iter(descendants(anchor, "cNvPr")), None)
            parts.append(here.picture(picture_id(element), "" if about is None else about.get("descr", "")))
    return "\n\n".join(part for part in parts if part.strip())


def _is_told_twice(element: Element) -> bool:
    """Whether it stands in for newer things that are there: an equation's picture beside the equation."""
    fallback = next(element.iterancestors("{*}Fallback"), None)
    choice = None if fallback is None else child(fallback.getparent(), "Choice")
    return choice is not None and next(choice.iter(*_TOLD), None) is not None


def _people(package: Package, relations: dict[str, Relation]) -> dict[str, str]:
    root = package.xml_or_none(first_of(relations, "person"))
    return {one.get("id", ""): one.get("displayName", "") for one in ([] if root is None else root)}


def _comments(ground: Ground, people: dict[str, str]) -> str:
    """Threaded comments, and old notes where no thread stands in their place."""
    lines: list[str] = []
    threaded: set[str] = set()
    for root in _parts(ground, "threadedComment"):
        for one in list(root)[:_MOST_COMMENTS]:
            threaded.add(one.get("ref", ""))
            author = people.get(one.get("personId", ""), "") or "somebody"
            lines.append(_comment(author, one.get("ref", ""), all_text(child(one, "text"))))
    for root in _parts(ground, "comments"):
        authors = [all_text(one) for one in children(child(root, "authors"), "author")]
        for one in children(child(root, "commentList"), "comment")[:_MOST_COMMENTS]:
            place = one.get("authorId", "")
            author = authors[int(place)] if place.isdigit() and int(place) < len(authors) else ""
            if one.get("ref", "") not in threaded:
                lines.append(_comment(author or "somebody", one.get("ref", ""), rich_text(child(one, "text"))))
    return "\n".join(lines)


def _parts(ground: Ground, kind: str) -> list[Element]:
    found = [
        ground.package.xml_or_none(relation.target)
        for relation in ground.relations.values()
        if relation.kind == kind and not relation.is_external
    ]
    return [root for root in found if root is not None]


def _comment(author: str, cell: str, text: str) -> str:
    return f"> Comment by {author} on {cell}: {' '.join(text.split())}"
