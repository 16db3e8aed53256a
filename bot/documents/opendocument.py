"""OpenDocument texts and presentations (.odt, .odp) → Markdown, read from their XML."""

from collections.abc import Sequence

from bot.core.document import OutlineEntry
from bot.documents.draft import Draft, table
from bot.documents.markup import Element, all_text, attribute, child, children, descendants, name
from bot.documents.opendocument_objects import object_text
from bot.documents.package import Package
from bot.documents.pptx import HIDDEN, SLIDE
from bot.documents.text import add_in_pages
from bot.errors import FileError, FileProtected

_MOST_SPAN = 100
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
    if descendants(package.xml_or_none("META-INF/manifest.xml"), "encryption-data"):
        raise FileProtected("opendocument")


def read_odt(package: Package, draft: Draft, way: tuple[str, ...] = ()) -> None:
    refuse_locked(package)
    writer = Writer(package, draft, way)
    body = writer.blocks(child(package.xml("content.xml"), "body", "text"))
    edges = _edges(package, writer)
    parts = [edges[0], body, writer.rest(), edges[1]]
    add_in_pages("\n\n".join(part for part in parts if part), draft, unit="")


def read_odp(package: Package, draft: Draft, way: tuple[str, ...] = (), *, can_draw: bool = False) -> None:
    refuse_locked(package)
    draft.outline_from_headings = False
    content = package.xml("content.xml")
    hidden = {
        attribute(next(one.iterancestors("{*}style")), "name")
        for one in descendants(content, "drawing-page-properties")
        if attribute(one, "visibility") == "hidden"
    }
    visible = 0
    for number, slide in enumerate(children(child(content, "body", "presentation"), "page"), 1):
        is_hidden = attribute(slide, "style-name") in hidden
        visible += not is_hidden
        is_shown = can_draw and not is_hidden
        writer = Writer(package, draft, way, f"slide {number}")
        text = writer.blocks(slide)
        notes = writer.blocks(child(slide, "notes"))
        parts = [HIDDEN if is_hidden else "", text, f"Speaker notes: {notes}" if notes else "", writer.rest()]
        draft.add(
            "\n\n".join(part for part in parts if part),
            label=f"slide {number}{' (hidden)' if is_hidden else ''}",
            look=SLIDE if is_shown else "",
            source=(*way, f"office:{visible}") if is_shown else (),
            width_pt=720.0,
            height_pt=405.0,
        )
        title = text.partition("\n")[0][:120]
        if title:
            draft.outline.append(OutlineEntry(title, number))


def _edges(package: Package, writer: "Writer") -> tuple[str, str]:
    styles = package.xml_or_none("styles.xml")
    found = []
    for kind in ("header", "footer"):
        texts = dict.fromkeys(" ".join(writer.blocks(one).split()) for one in descendants(styles, kind))
        text = " / ".join(one for one in texts if one)
        found.append(f"{kind.title()}: {text}" if text else "")
    return found[0], found[1]


class Writer:
    """`where` names the place of what is written (“slide 3”), for its pictures."""

    def __init__(self, package: Package, draft: Draft, way: tuple[str, ...], where: str = "") -> None:
        self._package = package
        self._draft = draft
        self._way = way
        self._where = where
        self._notes: list[str] = []

    def rest(self) -> str:
        """Footnotes and comments that were passed on the way."""
        text = "\n".join(self._notes)
        self._notes.clear()
        return text

    def blocks(self, container: Element | Sequence[Element] | None, depth: int = 0) -> str:
        if container is None or depth > _MOST_DEPTH:
            return ""
        return "\n\n".join(part for one in container if (part := self._block(one, depth)).strip())

    def _block(self, element: Element, depth: int) -> str:
        kind = name(element)
        if kind in {"tracked-changes", "forms", "notes", "sequence-decls", "user-field-decls"}:
            return ""
        if kind == "h":
            level = attribute(element, "outline-level", "1")
            return (
                f"{'#' * min(int(level) if level.isdigit() else 1, 6)} {' '.join(self._line(element, depth).split())}"
            )
        if kind == "p":
            return self._line(element, depth).strip()
        if kind == "list":
            return self._list(element, depth)
        if kind == "table":
            return self._table(element, depth)
        if kind in {"image", "annotation", "object"}:
            return self._inline(element, kind, depth)
        text = self.blocks(element, depth + 1)
        return f"# {' '.join(text.split())}" if text and attribute(element, "class") == "title" else text

    def _list(self, element: Element, depth: int, level: int = 0) -> str:
        lines = []
        for item in element:
            for inner in item:
                if name(inner) == "list" and level < _MOST_DEPTH:
                    lines.append(self._list(inner, depth + 1, level + 1))
                elif text := self._block(inner, depth + 1):
                    lines.append(f"{'  ' * level}- {text}")
        return "\n".join(line for line in lines if line.strip())

    def _table(self, element: Element, depth: int) -> str:
        rows = [
            [text for cell in row for text in self._cell(cell, depth)]
            for row in element.iter("{*}table-row")
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
        if kind == "annotation":
            author = all_text(child(element, "creator")) or "somebody"
            text = " ".join(" ".join(self._line(one, depth) for one in children(element, "p")).split())
            self._notes.append(f"> Comment by {author}: {text}")
            return ""
        if kind in {"image", "object"}:
            return self._picture(element) if kind == "image" else object_text(self._package, attribute(element, "href"))
        if kind in _BLOCKS:
            return self.blocks(element, depth)
        return self._line(element, depth)

    def _note(self, element: Element, depth: int) -> str:
        mark = f"[^{all_text(child(element, 'note-citation')).strip()}]"
        text = " ".join(self.blocks(child(element, "note-body"), depth).split())
        self._notes.append(f"{mark}: {text}")
        return mark

    def _picture(self, element: Element) -> str:
        part = attribute(element, "href")
        if part.removeprefix("./").startswith(("ObjectReplacements/", "Pictures/TablePreview")):
            return ""  # of a chart, formula or table that is told in words
        about = next(element.iterancestors("{*}frame"), None)
        alt = all_text(child(about, "desc")) or all_text(child(about, "title"))
        if not part or part not in self._package:
            return f"[Picture: {alt}]" if alt else ""
        try:
            data = self._package.read(part)
        except FileError:
            return ""
        return self._draft.picture((*self._way, f"zip:{part}"), data, self._where, alt)
