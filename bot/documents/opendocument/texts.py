"""Converts OpenDocument texts, presentations and drawings (.odt, .odp, .odg) to Markdown, from their XML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from bot.core.document import OutlineEntry
from bot.documents.office.package import Package
from bot.documents.opendocument.forms import Fields
from bot.documents.opendocument.objects import object_text
from bot.documents.opendocument.styles import LetterStyles, ListStyles
from bot.documents.pages.builder import Draft, table
from bot.documents.pages.emphasis import PLAIN, LetterFormat, emphasised, read_as, settled
from bot.documents.pages.links import linked, picture_elsewhere
from bot.documents.pages.notices import HIDDEN_TEXT
from bot.documents.slides.pptx import HIDDEN, SLIDE
from bot.documents.text.text import add_in_pages
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, name
from bot.errors import FileError, FileProtected

DRAWING = "a drawing"
_SLIDE_PT, _A4_PT = (720.0, 405.0), (595.0, 842.0)
_LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(cm|mm|in|pt)")
_POINTS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0}
_MOST_SPAN = 100
_UNSEEN = {"none", "printer"}  # values of a shape's `display` that hide it
_SIGNS = {"tab": "\t", "line-break": "\n", "page-number": ""}
_MOST_DEPTH = 60
_MOST_SPACES = 200
_BLOCKS = {
    "p",
    "h",
    "list",
    "table",
    "section",
    "text-box",
    "index-body",
    "frame",
    "custom-shape",
    "g",
    "tracked-changes",
}


def refuse_locked(package: Package) -> None:
    """Raise FileProtected for an encrypted file."""
    if descendants(package.xml_or_none("META-INF/manifest.xml"), "encryption-data"):
        raise FileProtected("opendocument")


def read_odt(package: Package, draft: Draft, path: tuple[str, ...] = ()) -> None:
    """Add the pages of a text document to the draft."""
    refuse_locked(package)
    content = package.xml("content.xml")
    writer = Writer(package, draft, path, styles=Styles.of(content, package))
    body = writer.blocks(child(content, "body", "text"))
    edges = _edges(package, writer)
    parts = [edges[0], body, writer.rest(), edges[1]]
    add_in_pages("\n\n".join(part for part in parts if part), draft, unit="")


def read_odp(package: Package, draft: Draft, path: tuple[str, ...] = (), *, can_draw: bool = False) -> None:
    """Add a page for each slide or drawing to the draft. `can_draw`: LibreOffice can make pictures of them."""
    refuse_locked(package)
    draft.outline_from_headings = False
    content = package.xml("content.xml")
    hidden = {
        attribute(next(element.iterancestors("{*}style")), "name")
        for element in descendants(content, "drawing-page-properties")
        if attribute(element, "visibility") == "hidden"
    }
    visible, styles = 0, Styles.of(content, package)
    drawing = child(content, "body", "drawing")
    kind, size = ("slide", _SLIDE_PT) if drawing is None else ("page", _paper(package))
    slides = children(child(content, "body", "presentation") if drawing is None else drawing, "page")
    for number, slide in enumerate(draft.deadline.each(slides), 1):
        is_hidden = attribute(slide, "style-name") in hidden
        visible += not is_hidden
        is_shown = can_draw and not is_hidden
        writer = Writer(package, draft, path, f"{kind} {number}", styles)
        text = writer.blocks(sorted(slide, key=lambda element: attribute(element, "class") != "title"))
        notes = writer.blocks(child(slide, "notes"))
        parts = [HIDDEN if is_hidden else "", text, f"Speaker notes: {notes}" if notes else "", writer.rest()]
        draft.add(
            "\n\n".join(part for part in parts if part),
            label=f"{kind} {number}{' (hidden)' if is_hidden else ''}",
            look=(SLIDE if drawing is None else DRAWING) if is_shown else "",
            source=(*path, f"office:{visible}") if is_shown else (),
            width_pt=size[0],
            height_pt=size[1],
        )
        title = settled(text).partition("\n")[0].lstrip("# ")[:120]
        if title:
            draft.outline.append(OutlineEntry(title, number))


def _paper(package: Package) -> tuple[float, float]:
    """Return the paper size of a drawing in points, or A4 when the file names none."""
    layouts = descendants(package.xml_or_none("styles.xml"), "page-layout-properties")
    sizes = ([_points(attribute(layout, f"page-{side}")) for side in ("width", "height")] for layout in layouts)
    return next(((width, height) for width, height in sizes if width and height), _A4_PT)


def _points(length: str) -> float:
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _POINTS[found[2]] if found else 0.0


def _edges(package: Package, writer: "Writer") -> tuple[str, str]:
    styles = package.xml_or_none("styles.xml")
    found = []
    for kind in ("header", "footer"):
        texts = dict.fromkeys(" ".join(writer.blocks(edge).split()) for edge in descendants(styles, kind))
        text = " / ".join(filter(None, texts))
        found.append(f"{kind.title()}: {text}" if text else "")
    return found[0], found[1]


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of letters and lists in a file."""

    letters: LetterStyles = field(default_factory=LetterStyles)
    lists: ListStyles = field(default_factory=ListStyles)

    @classmethod
    def of(cls, content: Element, package: Package) -> Self:
        """Return the styles of the content and the ones that it shares with headers and footers."""
        shared = package.xml_or_none("styles.xml")
        return cls(LetterStyles(shared, content), ListStyles(shared, content))


class Writer:
    """Converts elements to Markdown. `where` names their place (“slide 3”) for their pictures."""

    def __init__(
        self, package: Package, draft: Draft, path: tuple[str, ...], where: str = "", styles: Styles | None = None
    ) -> None:
        self._styles = styles or Styles()
        self._headings: dict[int, int] = {}
        self._lists: dict[str, dict[int, int]] = {}  # the counts of lists, by id and by style
        self._package = package
        self._draft = draft
        self._path = path
        self._where = where
        self._notes: list[str] = []
        self._fields: Fields | None = None

    def rest(self) -> str:
        """Return the footnotes and comments that were met."""
        text = "\n".join(self._notes)
        self._notes.clear()
        return text

    def blocks(self, container: Element | Sequence[Element] | None, depth: int = 0) -> str:
        if container is None or depth > _MOST_DEPTH:
            return ""
        blocks = self._draft.deadline.each(container)
        return "\n\n".join(part for element in blocks if (part := self._block(element, depth)).strip())

    def _block(self, element: Element, depth: int) -> str:
        kind = name(element)
        if kind in {"tracked-changes", "forms", "notes", "sequence-decls", "user-field-decls"}:
            return ""
        if attribute(element, "display") in _UNSEEN:
            self._draft.note(HIDDEN_TEXT if all_text(element).strip() else "")
            return ""
        if kind == "h":
            return self._heading(element, depth)
        if kind == "p":
            style = self._styles.letters.of(attribute(element, "style-name"))
            return emphasised(self._line(element, depth).strip(), LetterFormat(style.is_struck))
        if kind == "list":
            return self._list(element, depth)
        if kind == "table":
            return self._table(element, depth)
        if kind in {"image", "annotation", "object", "control"}:
            return self._inline(element, kind, depth)
        text = self.blocks(element, depth + 1)
        return f"# {' '.join(text.split())}" if text and attribute(element, "class") == "title" else text

    def _heading(self, element: Element, depth: int, mark: str = "") -> str:
        text = attribute(element, "outline-level", "1")
        level = max(1, int(text)) if text.isdigit() and len(text) < 3 else 1
        words = " ".join(self._line(element, depth).split())
        if not words and not mark:
            return ""
        if not mark and attribute(element, "is-list-header") != "true":
            mark = self._styles.lists.heading(level - 1, self._headings)
        return " ".join(part for part in ("#" * min(level, 6), mark if mark != "-" else "", words) if part)

    def _list(self, element: Element, depth: int) -> str:
        style = attribute(element, "style-name")
        return self._items(element, depth, 0, (style, self._counts(element, style)))

    def _items(self, element: Element, depth: int, level: int, of: tuple[str, dict[int, int]]) -> str:
        """Return the items of a list. `of` holds the style of the list and its counts at all levels."""
        lines = []
        for item in self._draft.deadline.each(element):
            lines += self._item(item, depth, level, of)
        return "\n".join(line for line in lines if line.strip())

    def _counts(self, element: Element, style: str) -> dict[int, int]:
        """Return the counts of the list that this one continues. Each list starts again unless it says otherwise."""
        goes_on = attribute(element, "continue-list") or (
            style if attribute(element, "continue-numbering") == "true" else ""
        )
        counts = self._lists.get(goes_on, {}) if goes_on else {}
        for key in (style, attribute(element, "id")):
            if key:
                self._lists[key] = counts
        return counts

    def _item(self, item: Element, depth: int, level: int, of: tuple[str, dict[int, int]]) -> list[str]:
        """Return an item. Its first block has the mark, the others are indented."""
        style, counts = of
        lines: list[str] = []
        is_first = name(item) == "list-item"
        for inner in item:
            if name(inner) == "list" and level < _MOST_DEPTH:
                deeper = attribute(inner, "style-name") or style, counts
                lines.append(self._items(inner, depth + 1, level + 1, deeper))
                continue
            if name(inner) != "h" and not (text := self._block(inner, depth + 1)):
                continue
            mark = self._styles.lists.item(style, level, counts, attribute(item, "start-value")) if is_first else ""
            is_marked, is_first = is_first, False
            if name(inner) == "h" and is_marked:
                lines.append(self._heading(inner, depth + 1, mark))
            else:
                text = self._heading(inner, depth + 1) if name(inner) == "h" else text
                lines.append(f"{'  ' * level}{f'{mark} ' if mark else '' if is_marked else '  '}{text}")
        return lines

    def _table(self, element: Element, depth: int) -> str:
        rows = [
            [text for cell in row for text in self._cell(cell, depth)]
            for row in self._draft.deadline.each(element.iter("{*}table-row"))
            if next(row.iterancestors("{*}table"), None) is element
        ]
        return table(rows)

    def _cell(self, cell: Element, depth: int) -> list[str]:
        repeated = attribute(cell, "number-columns-repeated", "1")
        count = min(int(repeated), _MOST_SPAN) if repeated.isdigit() else 1
        text = self.blocks(cell, depth + 1) if name(cell) == "table-cell" else ""
        return [text] * count

    def _line(self, element: Element, depth: int) -> str:
        out = [element.text or ""]
        for inner in element:
            out.append(self._inline(inner, name(inner), depth + 1))
            out.append(inner.tail or "")
        return "".join(out)

    def _inline(self, element: Element, kind: str, depth: int) -> str:
        if depth > _MOST_DEPTH:
            return ""
        if kind == "s":
            count = attribute(element, "c", "1")
            return " " * min(int(count) if count.isdigit() else 1, _MOST_SPACES)
        if kind in _SIGNS:
            return _SIGNS[kind]
        if kind == "note":
            return self._note(element, depth)
        if kind == "control":
            self._fields = self._fields or Fields(element)
            return f" {self._fields.words(element)} "
        if kind == "annotation":
            author = all_text(child(element, "creator")) or "somebody"
            text = " ".join(" ".join(self._line(paragraph, depth) for paragraph in children(element, "p")).split())
            self._notes.append(f"> Comment by {author}: {text}")
            return ""
        if kind in {"image", "object"}:
            return self._picture(element) if kind == "image" else object_text(self._package, attribute(element, "href"))
        return self.blocks(element, depth) if kind in _BLOCKS else self._words(element, kind, depth)

    def _words(self, element: Element, kind: str, depth: int) -> str:
        text = self._line(element, depth)
        if kind == "a":
            return linked(text, attribute(element, "href"))
        if kind == "ruby-text":
            return read_as(text)
        letters = self._styles.letters.of(attribute(element, "style-name")) if kind == "span" else PLAIN
        return emphasised(text, letters)

    def _note(self, element: Element, depth: int) -> str:
        mark = f"[^{all_text(child(element, 'note-citation')).strip()}]"
        text = " ".join(self.blocks(child(element, "note-body"), depth).split())
        self._notes.append(f"{mark}: {text}")
        return mark

    def _picture(self, element: Element) -> str:
        part = attribute(element, "href")
        if part.removeprefix("./").startswith(("ObjectReplacements/", "Pictures/TablePreview")):
            return ""  # a preview of a chart, formula or table, which is read as text
        frame = next(element.iterancestors("{*}frame"), None)
        alt = all_text(child(frame, "desc")) or all_text(child(frame, "title"))
        if not part or part not in self._package:
            return picture_elsewhere(part, alt)
        try:
            data = self._package.read(part)
        except FileError:
            return ""
        return self._draft.picture((*self._path, f"zip:{part}"), data, self._where, alt)
