"""Reads Excel workbooks: every sheet with its cells as shown, its comments, charts, text boxes and pictures."""

from collections.abc import Mapping
from dataclasses import replace

from bot.documents.office.graphics import DrawingPlace, graphic_text, picture_id
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
    package: Package, draft: Draft, path: tuple[str, ...] = (), *, saved: Mapping[str, Saved] | None = None
) -> None:
    """Add the pages of all sheets to the draft. `saved` holds values, by sheet, that replace the
    results of formulas.
    """
    main = main_part(package, "xl/workbook.xml")
    root = package.xml(main)
    relations = package.relations(main)
    properties = child(root, "workbookPr")
    from_1904 = properties is not None and attribute(properties, "date1904") in {"1", "true"}
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
        place = DrawingPlace(package, package.relations(relation.target), draft, f"sheet {title}", path)
        _add(book, place, relation, (sheet, (saved or {}).get(title)), (people, pictures))
        if draft.is_full:
            return


def _add(
    book: Book,
    place: DrawingPlace,
    relation: Relation,
    sheet_and_saved: tuple[Element, Saved | None],
    shared: tuple[dict[str, str], CellPictures],
) -> None:
    (sheet, saved), (people, pictures) = sheet_and_saved, shared
    title = sheet.get("name", "")
    draft = place.draft
    grid = Grid()
    if relation.kind != "chartsheet":
        try:
            with place.package.open(relation.target) as source:
                book.read_sheet(source, grid, saved)
        except FileError:
            if not draft.pages and not grid.rows:
                raise
            draft.note(SHEET_DAMAGED.format(sheet=f"sheet {title}"))
        except MemoryError:
            grid.keep_half()
    _link(grid, place)
    _show(grid, place, pictures)
    if grid.has_bare_formulas:
        draft.note(NO_VALUES)
    beside = [_drawings(place), _old_drawings(place), _comments(place, people)]
    is_hidden = sheet.get("state", "visible") != "visible"
    add_sheet(draft, title, grid, "\n\n".join(part for part in beside if part), is_hidden=is_hidden)


def _link(grid: Grid, place: DrawingPlace) -> None:
    """Add the address to each cell with an external link."""
    for (row, column), found in grid.links.items():
        relation = place.relations.get(found)
        address = relation.target if relation is not None and relation.is_external else found
        text = grid.rows.get(row, {}).get(column, "")
        if text:
            grid.rows[row][column] = linked(text, address)


def _show(grid: Grid, place: DrawingPlace, pictures: CellPictures) -> None:
    """Write the number of the picture into each cell whose value is a picture."""
    for (row, column), asked in grid.pictures.items():
        where = f"{place.where}, {column_letters(column)}{row}"
        if words := pictures.words(asked, replace(place, where=where)):
            grid.rows[row][column] = words


def _relation_id(sheet: Element) -> str:
    return next((str(text) for key, text in sheet.attrib.items() if key.endswith("}id")), "")


def _drawings(place: DrawingPlace) -> str:
    parts = []
    for relation in place.relations.values():
        if relation.kind != "drawing" or relation.is_external:
            continue
        root = place.package.xml_or_none(relation.target)
        if root is None:
            continue
        inner = DrawingPlace(
            place.package, place.package.relations(relation.target), place.draft, place.where, place.path
        )
        parts += [_anchored(anchor, inner) for anchor in root]
    return "\n\n".join(part for part in parts if part.strip())


def _old_drawings(place: DrawingPlace) -> str:
    """Return the pictures of embedded objects of other programs: equations, old charts, files."""
    marks = []
    for relation in place.relations.values():
        if relation.kind != "vmlDrawing" or relation.is_external:
            continue
        root = place.package.xml_or_none(relation.target)
        inner = replace(place, relations=place.package.relations(relation.target))
        marks += [
            inner.picture(attribute(image, "relid") or attribute(image, "id"), attribute(image, "title"))
            for image in descendants(root, "imagedata")
        ]
    return "\n\n".join(dict.fromkeys(mark for mark in marks if mark))


def _anchored(anchor: Element, place: DrawingPlace) -> str:
    start = child(anchor, "from")
    where = place.where
    if start is not None:
        column, row = all_text(child(start, "col")), all_text(child(start, "row"))
        if column.isdigit() and row.isdigit() and len(column) < 6:
            where = f"{where}, {column_letters(int(column) + 1)}{int(row) + 1}"
    here = DrawingPlace(place.package, place.relations, place.draft, where, place.path)
    parts = []
    for element in anchor.iter(*_TOLD):
        kind = name(element)
        if _is_fallback(element):
            continue
        if kind == "graphicData":
            parts.append(graphic_text(element, here))
        elif kind == "txBody":
            parts.append(body_text(element, place.relations))
        else:
            properties = next(iter(descendants(anchor, "cNvPr")), None)
            parts.append(here.picture(picture_id(element), "" if properties is None else properties.get("descr", "")))
    return "\n\n".join(part for part in parts if part.strip())


def _is_fallback(element: Element) -> bool:
    """Say whether the element is a fallback for newer content that is read too, such as the picture of an equation."""
    fallback = next(element.iterancestors("{*}Fallback"), None)
    choice = None if fallback is None else child(fallback.getparent(), "Choice")
    return choice is not None and next(choice.iter(*_TOLD), None) is not None


def _people(package: Package, relations: dict[str, Relation]) -> dict[str, str]:
    root = package.xml_or_none(first_of(relations, "person"))
    return {person.get("id", ""): person.get("displayName", "") for person in ([] if root is None else root)}


def _comments(place: DrawingPlace, people: dict[str, str]) -> str:
    """Return the threaded comments, and the old notes of cells without a thread."""
    lines: list[str] = []
    threaded: set[str] = set()
    for root in _parts(place, "threadedComment"):
        for comment in list(root)[:_MOST_COMMENTS]:
            threaded.add(comment.get("ref", ""))
            author = people.get(comment.get("personId", ""), "") or "somebody"
            lines.append(_comment(author, comment.get("ref", ""), all_text(child(comment, "text"))))
    for root in _parts(place, "comments"):
        authors = [all_text(author) for author in children(child(root, "authors"), "author")]
        for comment in children(child(root, "commentList"), "comment")[:_MOST_COMMENTS]:
            number = comment.get("authorId", "")
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            if comment.get("ref", "") not in threaded:
                lines.append(_comment(author or "somebody", comment.get("ref", ""), rich_text(child(comment, "text"))))
    return "\n".join(lines)


def _parts(place: DrawingPlace, kind: str) -> list[Element]:
    found = [
        place.package.xml_or_none(relation.target)
        for relation in place.relations.values()
        if relation.kind == kind and not relation.is_external
    ]
    return [root for root in found if root is not None]


def _comment(author: str, cell: str, text: str) -> str:
    return f"> Comment by {author} on {cell}: {' '.join(text.split())}"
