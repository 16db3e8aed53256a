"""Converts Word documents to Markdown, page by page as Word laid them out last.

It reads the XML itself, because the libraries drop too much. `blocks` handles paragraphs, lists and tables, `runs` the
content of their lines.
"""

from bot.documents.office.graphics import DrawingPlace
from bot.documents.office.package import Package, first_of, main_part
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import NO_PAGE_MARKS
from bot.documents.text.text import add_in_pages
from bot.documents.word.blocks import Writer
from bot.documents.word.numbering import Numbering
from bot.documents.word.story import PAGE_BREAK, Notes
from bot.documents.word.styles import Styles
from bot.documents.xml.markup import Element, attribute, child, children, descendants, name

_MOST_LETTERS_WITHOUT_MARKS = 9000
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment"))


def read_docx(package: Package, draft: Draft, path: tuple[str, ...] = ()) -> None:
    """Add the pages of a Word document to the draft. `path` is the path to the document inside the uploaded file."""
    main = main_part(package, "word/document.xml")
    root = package.xml(main)
    place = DrawingPlace(package, package.relations(main), draft, "", path)
    relations = place.relations
    writer = Writer(
        place=place,
        styles=Styles(package.xml_or_none(first_of(relations, "styles"))),
        numbering=Numbering(package.xml_or_none(first_of(relations, "numbering"))),
        notes=_notes(place),
    )
    pages = "\n\n".join(writer.blocks(child(root, "body"))).split(PAGE_BREAK)
    rest = writer.rest()
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    header, footer = _edges(root, writer)
    pages[0] = "\n\n".join(part for part in (header, pages[0]) if part)
    pages[-1] = "\n\n".join(part for part in (pages[-1], rest, footer) if part)
    _add(pages, draft)


def _add(pages: list[str], draft: Draft) -> None:
    if len(pages) == 1 and len(pages[0]) > _MOST_LETTERS_WITHOUT_MARKS:
        draft.note(NO_PAGE_MARKS)
        add_in_pages(pages[0], draft, unit="")
        return
    for page in pages:
        draft.add(page)


def _notes(place: DrawingPlace) -> Notes:
    """Return the notes by their ids, without the separators that Word stores among them."""
    notes = Notes({}, {})
    for part_kind, kind in _NOTES:
        part = first_of(place.relations, part_kind)
        root = place.package.xml_or_none(part)
        notes.by_kind[part_kind] = {
            attribute(note, "id"): note
            for note in children(root, kind)
            if attribute(note, "type", "normal") == "normal"
        }
        relations = place.package.relations(part) if part else {}
        notes.places[part_kind] = DrawingPlace(place.package, relations, place.draft, "", place.path)
    return notes


def _edges(root: Element, writer: Writer) -> tuple[str, str]:
    """Return the texts of the headers and of the footers, each different text once."""
    place = writer.place
    texts: dict[str, list[str]] = {"headerReference": [], "footerReference": []}
    for reference in [element for section in descendants(root, "sectPr") for element in section]:
        relation = place.relations.get(attribute(reference, "id"))
        found = texts.get(name(reference))
        part = place.part(attribute(reference, "id"))
        if found is None or part is None or relation is None:
            continue
        inner = DrawingPlace(place.package, place.package.relations(relation.target), place.draft, "", place.path)
        blocks = [" ".join(block.replace(PAGE_BREAK, "").split()) for block in writer.on(inner).blocks(part)]
        text = " / ".join(block for block in blocks if block)
        if text and text not in found:
            found.append(text)
    header, footer = texts["headerReference"], texts["footerReference"]
    return (f"Header: {' / '.join(header)}" if header else "", f"Footer: {' / '.join(footer)}" if footer else "")
