"""Converts PowerPoint presentations to Markdown, one page for each slide: text, tables, charts, notes, comments,
pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.core.document import OutlineEntry
from bot.documents.office.graphics import DrawingPlace, graphic_text, picture_id
from bot.documents.office.package import Package, Relation, first_of, main_part
from bot.documents.office.shape_text import body_text, grid_text
from bot.documents.pages.builder import Draft
from bot.documents.pages.emphasis import settled
from bot.documents.pages.links import linked
from bot.documents.pages.notices import HIDDEN_TEXT, MORE_PARTS
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, name

_MOST_SLIDES = 2000
_MOST_DEPTH = 30
_POINTS_PER_EMU = 1 / 12_700
_TITLES = {"title", "ctrTitle"}
_NO_NOTES = {"sldNum", "sldImg", "dt", "hdr", "ftr"}
_EDGES = {"ftr": "Footer", "hdr": "Header", "dt": "Date"}
SLIDE = "a slide"
HIDDEN = "(This slide is hidden.)"


@dataclass(frozen=True, slots=True)
class SlideSource:
    """A slide's part, and its place among the slides that are not hidden, which is its page in the PDF."""

    part: str
    is_hidden: bool
    visible_place: int


def read_pptx(package: Package, draft: Draft, path: tuple[str, ...] = (), *, can_draw: bool = False) -> None:
    """Add a page for each slide to the draft. `can_draw`: LibreOffice can make pictures of the slides."""
    main = main_part(package, "ppt/presentation.xml")
    root = package.xml(main)
    authors = _authors(package, package.relations(main))
    size = child(root, "sldSz")
    width, height = (_emu(size, side) * _POINTS_PER_EMU for side in ("cx", "cy"))
    draft.outline_from_headings = False
    count = len(children(child(root, "sldIdLst"), "sldId"))
    if count > _MOST_SLIDES:
        draft.note(MORE_PARTS.format(read=_MOST_SLIDES, count=count))
    for number, slide in enumerate(draft.deadline.each(_slides(package, main, root)), 1):
        relations = package.relations(slide.part)
        place = DrawingPlace(package, relations, draft, f"slide {number}", path)
        writer = _Slide(place)
        text = writer.text(package.xml_or_none(slide.part))
        parts = [HIDDEN if slide.is_hidden else "", text, _notes(place), _comments(place, authors)]
        is_shown = can_draw and not slide.is_hidden
        page = draft.add(
            "\n\n".join(part for part in parts if part),
            label=f"slide {number}{' (hidden)' if slide.is_hidden else ''}",
            look=SLIDE if is_shown else "",
            source=(*path, f"office:{slide.visible_place}") if is_shown else (),
            width_pt=width,
            height_pt=height,
        )
        draft.outline += writer.outline(page.number)
        if draft.is_full:
            return


def _slides(package: Package, main: str, root: Element) -> Iterator[SlideSource]:
    relations = package.relations(main)
    visible = 0
    for entry in children(child(root, "sldIdLst"), "sldId")[:_MOST_SLIDES]:
        ids = (text for key, text in entry.attrib.items() if "}" in key)  # r:id, and not the id of the slide
        relation = next((relations[relation_id] for relation_id in ids if relation_id in relations), None)
        if relation is None or relation.is_external:
            continue
        is_hidden = _is_hidden(package, relation.target)
        visible += not is_hidden
        yield SlideSource(relation.target, is_hidden, visible)


def _is_hidden(package: Package, part: str) -> bool:
    root = package.xml_or_none(part)
    return root is not None and root.get("show", "1") in {"0", "false"}


class _Slide:
    """Converts the shapes of one slide to Markdown."""

    def __init__(self, place: DrawingPlace) -> None:
        self._place = place
        self._titles: list[str] = []

    def text(self, root: Element | None) -> str:
        tree = child(root, "cSld", "spTree")
        shapes = list(_flat(tree))
        if any(_is_hidden_text(shape) for shape in descendants(tree, "sp")):
            self._place.draft.note(HIDDEN_TEXT)
        # The sort is stable, so the other shapes stay in reading order.
        shapes.sort(key=lambda shape: _placeholder(shape) not in _TITLES)
        parts = [self.shape(shape) for shape in shapes]
        return "\n\n".join(part for part in parts if part.strip())

    def outline(self, page: int) -> list[OutlineEntry]:
        return [
            OutlineEntry(" ".join(settled(title).split())[:120], page) for title in self._titles[:1] if title.strip()
        ]

    def shape(self, shape: Element) -> str:
        kind = name(shape)
        if kind == "pic":
            return self._picture(shape)
        if kind == "graphicFrame":
            return self._frame(shape)
        text = body_text(child(shape, "txBody"), self._place.relations)
        where = _placeholder(shape)
        if where == "sldNum" or not text.strip():
            return self._picture(shape) if descendants(shape, "blip") else ""
        text = self._linked(shape, text)
        if where in _TITLES:
            self._titles.append(text)
            return f"# {' '.join(text.split())}"
        return f"{_EDGES[where]}: {text}" if where in _EDGES else text

    def _linked(self, shape: Element, text: str) -> str:
        """Return the text with the link of the whole shape. Buttons have such links."""
        properties = next(iter(descendants(shape, "cNvPr")), None)
        link = child(properties, "hlinkClick")
        relation = self._place.relations.get(attribute(link, "id")) if link is not None else None
        return linked(text, relation.target) if relation is not None and relation.is_external else text

    def _picture(self, shape: Element) -> str:
        alt = _alt(shape)
        marks = [self._place.picture(picture_id(blip), alt) for blip in descendants(shape, "blip")[:4]]
        return " ".join(dict.fromkeys(mark for mark in marks if mark)) or (f"[Picture: {alt}]" if alt else "")

    def _frame(self, shape: Element) -> str:
        parts = []
        for data in descendants(shape, "graphicData"):
            grid = child(data, "tbl")
            parts.append(
                grid_text(grid, self._place.relations) if grid is not None else graphic_text(data, self._place)
            )
            if descendants(data, "oleObj"):
                parts += [self._place.picture(picture_id(blip), "") for blip in descendants(data, "blip")[:1]]
        return "\n\n".join(part for part in parts if part) or (f"[{_alt(shape)}]" if _alt(shape) else "")


def _flat(tree: Element | None, depth: int = 0) -> Iterator[Element]:
    """Yield the shapes in reading order. Those of a group take the place of the group."""
    for shape in [] if tree is None else tree:
        kind = name(shape)
        if kind == "grpSp" and depth < _MOST_DEPTH:
            yield from _flat(shape, depth + 1)
        elif kind == "AlternateContent":
            choice = child(shape, "Choice")
            yield from _flat(choice if choice is not None and len(choice) else child(shape, "Fallback"), depth + 1)
        elif kind in {"sp", "cxnSp", "pic", "graphicFrame"}:
            properties = next(iter(descendants(shape, "cNvPr")), None)
            if properties is None or properties.get("hidden") not in {"1", "true"}:
                yield shape


def _is_hidden_text(shape: Element) -> bool:
    properties = child(shape, "nvSpPr", "cNvPr")
    return (
        properties is not None
        and properties.get("hidden") in {"1", "true"}
        and bool(all_text(child(shape, "txBody")).strip())
    )


def _placeholder(shape: Element) -> str:
    placeholder = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if placeholder is None else placeholder.get("type", "body")


def _alt(shape: Element) -> str:
    properties = next(iter(descendants(shape, "cNvPr")), None)
    return "" if properties is None else " ".join((properties.get("descr") or properties.get("title") or "").split())


def _notes(place: DrawingPlace) -> str:
    """Return the speaker's notes with their tables and pictures."""
    part = first_of(place.relations, "notesSlide")
    root = place.package.xml_or_none(part)
    if root is None:
        return ""
    writer = _Slide(replace(place, relations=place.package.relations(part), where=f"{place.where}, notes"))
    shapes = [shape for shape in _flat(child(root, "cSld", "spTree")) if not _is_edge_of_notes(shape)]
    text = "\n".join(shape_text for shape_text in map(writer.shape, shapes) if shape_text.strip())
    return f"Speaker notes: {text}" if text else ""


def _is_edge_of_notes(shape: Element) -> bool:
    """Say whether the shape is the number, date or header of a notes page. LibreOffice turns these into a box with one
    field.
    """
    is_field = bool(descendants(shape, "fld")) and not any(all_text(run).strip() for run in descendants(shape, "r"))
    return is_field or _placeholder(shape) in _NO_NOTES


def _authors(package: Package, relations: dict[str, Relation]) -> dict[str, str]:
    found = {}
    for kind in ("commentAuthors", "authors"):
        root = package.xml_or_none(first_of(relations, kind))
        for author in [] if root is None else root:
            found[author.get("id", "")] = author.get("name", "")
    return found


def _comments(place: DrawingPlace, authors: dict[str, str]) -> str:
    """Return the comments of old PowerPoint (`p:cm`) and the threaded ones (`p188:cm` with replies)."""
    lines = []
    for relation in place.relations.values():
        if relation.kind != "comments" or relation.is_external:
            continue
        root = place.package.xml_or_none(relation.target)
        for comment in [] if root is None else root.iter("{*}cm", "{*}reply"):
            author = authors.get(comment.get("authorId", ""), "") or "somebody"
            text = all_text(child(comment, "text")) or body_text(child(comment, "txBody"))
            lines.append(f"> Comment by {author}: {' '.join(text.split())}")
    return "\n".join(lines)


def _emu(element: Element | None, side: str) -> int:
    text = "" if element is None else element.get(side, "")
    return int(text) if text.isdigit() and len(text) < 12 else 0
