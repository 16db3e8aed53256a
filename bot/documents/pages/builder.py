"""Collects a document while it is read: its pages in order, the pictures found on the way, and
notices about the file.
"""

import io
import re
import warnings
from dataclasses import dataclass, field, replace

from PIL import Image

from bot.core.document import Document, OutlineEntry, Page
from bot.documents.deadline import Deadline
from bot.documents.detect.sniff import sniff
from bot.documents.libreoffice import metafile
from bot.documents.pages.emphasis import settled
from bot.documents.pages.notices import (
    FILE_CUT,
    MORE_PICTURES,
    MORE_UNDRAWABLE,
    OUT_OF_TIME,
    STOPPED_FOR_MEMORY,
    UNDRAWABLE,
)

MOST_TEXT = 8_000_000  # characters of one file; no model reads so much, but people can search it
MOST_PICTURES = 200
MOST_DRAWINGS = 10  # Windows drawings; each is a run of LibreOffice
MOST_OUTLINE = 400
_LEAST_PICTURE_PX = 40  # smaller pictures are bullets, spacers or icons
_PT_PER_PX = 72 / 120  # so that a picture in its own size has 120 dpi

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_HEADING = re.compile(r"^(#{1,6}) +(.+)$", re.MULTILINE)
_MARKS = re.compile(r"[*_`]+")


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture of the document: its number, its place, its description, and its size in pixels."""

    number: int
    where: str
    alt: str
    width: int
    height: int


@dataclass(slots=True)
class Draft:
    """A document in the making. `add` adds pages in order, `picture` returns the words for the place of a picture, and
    `finish` makes the document.
    """

    kind: str
    pages: list[Page] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outline: list[OutlineEntry] = field(default_factory=list)
    outline_from_headings: bool = True
    deadline: Deadline = field(default_factory=Deadline)
    can_draw: bool = False  # LibreOffice is installed and can draw Windows drawings
    _pictures: dict[tuple[str, ...], _Picture] = field(default_factory=dict)
    _undrawable: list[str] = field(default_factory=list)
    _letters: int = 0
    _was_cut: bool = False
    _drawings: int = 0

    def add(self, text: str, **about: object) -> Page:
        """Add the next page. `about` are the fields of Page besides its number and text."""
        text = tidy(settled(text))
        if self._letters + len(text) > MOST_TEXT:
            text = text[: max(0, MOST_TEXT - self._letters)]
            self._was_cut = True
        self._letters += len(text)
        page = replace(Page(len(self.pages) + 1, text), **about)  # type: ignore[arg-type]
        self.pages.append(page)
        if self.outline_from_headings and len(self.outline) < MOST_OUTLINE:
            self.outline += [
                OutlineEntry(_MARKS.sub("", title).strip()[:120], page.number, len(marks))
                for marks, title in _HEADING.findall(text)
            ]
        return page

    @property
    def is_full(self) -> bool:
        return self._letters >= MOST_TEXT

    def note(self, words: str) -> None:
        if words and words not in self.notes:
            self.notes.append(words)

    def picture(self, source: tuple[str, ...], data: bytes, where: str, alt: str = "") -> str:
        """Keep a picture and return the words for its place: its number and the description of its author."""
        alt = " ".join(alt.split())
        if self.can_draw and self._drawings < MOST_DRAWINGS and metafile.is_worth_drawing(data):
            source = (*source, *metafile.STEPS)
        known = self._pictures.get(source)
        if known is None:
            is_drawing = source[-len(metafile.STEPS) :] == metafile.STEPS
            self._drawings += is_drawing
            size = metafile.size_px(data) if is_drawing else _picture_size(data)
            if size is None:
                self._undrawable.append(_form(source, data))
                return f"[Picture: {alt}]" if alt else ""
            is_icon = not is_drawing and min(size) < _LEAST_PICTURE_PX
            if is_icon or len(self._pictures) >= MOST_PICTURES:
                if not is_icon:
                    self.note(MORE_PICTURES.format(most=MOST_PICTURES))
                return f"[Picture: {alt}]" if alt else ""
            known = _Picture(len(self._pictures) + 1, where, alt, *size)
            self._pictures[source] = known
        return f"[Picture {known.number}: {alt}]" if alt else f"[Picture {known.number}]"

    def add_document(self, inner: Document, name: str, path: tuple[str, ...]) -> None:
        """Add all pages of a document inside this one, with `name` before their labels."""
        for page in inner.pages:
            if self.is_full:
                break
            own = page.label or (f"p. {page.number}" if len(inner.pages) > 1 else "")
            label = ", ".join(part for part in (name, own) if part)
            source = (*path, *page.source) if page.source else ()
            self._letters += len(page.text)
            self.pages.append(replace(page, number=len(self.pages) + 1, label=label, source=source))
        for note in inner.notes:
            self.note(f"{name}: {note}")

    def finish(self) -> Document:
        """Make the document. Pictures become pages after all others, so that page 7 stays page 7."""
        stopped = STOPPED_FOR_MEMORY if self.deadline.lacked_memory else OUT_OF_TIME
        for words, is_said in ((FILE_CUT, self._was_cut or self.is_full), (stopped, self.deadline.has_omissions)):
            if is_said and self.pages:
                self.note(words.format(place=self.pages[-1].name))
        for source, picture in self._pictures.items():
            where = f" ({picture.where})" if picture.where else ""
            self.pages.append(
                Page(
                    number=len(self.pages) + 1,
                    text=f"[Picture {picture.number}: {picture.alt}]" if picture.alt else "",
                    label=f"picture {picture.number}{where}",
                    look="a picture",
                    source=source,
                    width_pt=picture.width * _PT_PER_PX,
                    height_pt=picture.height * _PT_PER_PX,
                )
            )
        if self._undrawable:
            count, kinds = len(self._undrawable), ", ".join(sorted(set(self._undrawable)))
            one = UNDRAWABLE.format(kind=kinds)
            self.note(one if count == 1 else MORE_UNDRAWABLE.format(count=count, kinds=kinds))
        return Document(self.kind, tuple(self.pages), tuple(self.notes), tuple(self.outline[:MOST_OUTLINE]))


def tidy(text: str) -> str:
    """Remove control characters, trailing blanks and repeated empty lines."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # lone surrogates can't be encoded
    if " \n" in text or "\t\n" in text or text.endswith((" ", "\t")):
        text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip("\n") if "\n\n\n" in text else text.strip("\n")


def table(rows: list[list[str]]) -> str:
    """Return a Markdown table. The first row is its head, and each cell is put on one line."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in rows), default=0)
    used = [at for at in range(width) if any(at < len(row) and row[at].strip() for row in rows)]
    if not used:
        return ""
    lines = ["| " + " | ".join(cell_text(row[at]) if at < len(row) else "" for at in used) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(used))
    return "\n".join(lines)


def cell_text(text: str) -> str:
    """Return the text of a table cell on one line, with “|” escaped."""
    if not text or (text.isalnum() and text.isascii()):
        return text
    return " ".join(text.replace("|", "\\|").split())


def _picture_size(data: bytes) -> tuple[int, int] | None:
    kind = sniff(data)
    if not kind.is_image:
        return None
    if kind.kind in {"svg", "heic"}:
        return 1000, 1000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as opened:
                return opened.size
        except Exception:  # noqa: BLE001 - Pillow raises nearly anything on damaged headers; it is one picture of many
            return None


def _form(source: tuple[str, ...], data: bytes) -> str:
    ending = source[-1].rpartition(".")[2].upper() if source else ""
    return ending if ending.isalnum() and len(ending) <= 5 else sniff(data).kind.upper()
