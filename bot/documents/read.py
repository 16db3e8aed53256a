"""Reads the pages of any file as text. The content of the file decides which reader is used.

It runs in a worker process.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.core.document import Document
from bot.documents.containers.archive import read_zip
from bot.documents.containers.epub import read_epub
from bot.documents.containers.mails import LETTERS, add_letter, add_mails
from bot.documents.containers.outlook import is_cut_off, is_encrypted_office
from bot.documents.deadline import AMPLE, TIGHT, Deadline, in_room
from bot.documents.detect.file_types import KINDS, Kind
from bot.documents.detect.sniff import is_cut_short_rtf, sniff
from bot.documents.images.pages import read_picture
from bot.documents.libreoffice import metafile
from bot.documents.libreoffice.libreoffice import BETTER_NAMES, FLAT, PREVIEWED
from bot.documents.office.package import Package
from bot.documents.opendocument.texts import read_odp, read_odt
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import (
    CLEANED,
    OUT_OF_MEMORY,
    PREVIEW_ONLY,
    REPAIRED,
    SCRIPTS_NOT_RUN,
    WORDS_ONLY,
)
from bot.documents.pdf import pdf
from bot.documents.pdf.pages import pdf_document
from bot.documents.refusals import (
    EMPTY,
    LEFT_CLOSED,
    NO_OFFICE,
    NOT_OPENED,
    SEND_ALONE,
    TOO_DEEP,
    WRONG_CONTENT,
    damaged,
    unknown,
    unsupported,
)
from bot.documents.sheets.ods import read_ods
from bot.documents.sheets.old_sheets import read_old_sheets, saved_values
from bot.documents.sheets.xlsx import read_xlsx
from bot.documents.slides.old_ppt import read_ppt
from bot.documents.slides.pptx import read_pptx
from bot.documents.text.cards import card_text, is_card
from bot.documents.text.encoding import beginning, decode_text, is_wide
from bot.documents.text.html import read_html
from bot.documents.text.html_parts import is_left_to_scripts
from bot.documents.text.plain import cleaned
from bot.documents.text.rtf import plain_rtf
from bot.documents.text.text import add_in_pages, read_text, text_kind
from bot.documents.word.docx import read_docx
from bot.documents.word.old_doc import read_doc
from bot.errors import FileBroken, FileForbidden, FileProtected, FileTooLarge, FileTooSlow, FileUnsupported

PAGES_INSIDE = 200  # read of a PDF inside an archive or a mail
MOST_DEPTH = 3  # files inside files: for a mail that was forwarded twice
_OUTSIDE_ONLY = 100  # a depth at which no file inside is opened
_LOGIN = re.compile(rb"<title>[^<]{0,80}(?:Sign in|Log in)[^<]{0,80}Slack", re.IGNORECASE)
_RTF_DRAWN = re.compile(rb"\\(?:pict|shppict|object|shp)\b")
_CUTTABLE = {"html", "rtf"}  # besides texts: their beginning can be read without the rest
_PREVIEWS = ("QuickLook/Preview.pdf", "preview.jpg", "QuickLook/Thumbnail.jpg")
_LEAST_PART = 32 * 1024


@dataclass(frozen=True, slots=True)
class _Context:
    """How a file is to be read. `depth`: how many files it lies inside of. `can_draw`: LibreOffice can draw it.
    `deadline`: when reading must end.
    """

    depth: int = 0
    can_draw: bool = False
    deadline: Deadline = field(default_factory=Deadline)

    def draft(self, kind: str) -> Draft:
        return Draft(kind, deadline=self.deadline, can_draw=self.can_draw)

    @property
    def deeper(self) -> "_Context":
        """The context of a file inside this one, which LibreOffice cannot draw."""
        return replace(self, depth=self.depth + 1, can_draw=False)


def read_document(
    data: bytes,
    name: str = "",
    can_draw: bool = False,
    seconds: float | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Document:
    """Read the text of a file, as much as is possible in `seconds`. `can_draw`: LibreOffice can draw it.

    Raises FileErrors that say in words for people what is wrong.
    """
    return in_room(AMPLE, lambda deadline: _read(data, name, _Context(0, can_draw, deadline)), seconds, now)


def read_with_less(data: bytes, name: str = "", can_draw: bool = False, seconds: float | None = None) -> Document:
    """Do the same as `read_document`, with less memory, for a file that has already ended a worker."""
    return in_room(TIGHT, lambda deadline: _read(data, name, _Context(0, can_draw, deadline)), seconds)


def _read(data: bytes, name: str, context: _Context) -> Document:
    kind = sniff(data, name)
    document = _in_memory(data, name, kind, context)
    if any(page.text.strip() or page.can_be_shown for page in document.pages):
        return document
    if context.deadline.lacked_memory:
        raise MemoryError
    if context.deadline.has_omissions:
        raise FileTooSlow(f"nothing of {kind.kind} in time")
    return replace(document, notes=(*document.notes, WRONG_CONTENT.format(name=kind.name)))


def _in_memory(data: bytes, name: str, kind: Kind, context: _Context) -> Document:
    """Read a file. When there is not enough memory for a long text, read only its beginning."""
    can_be_cut = kind.kind in _CUTTABLE or kind.family == "text"
    part = data
    while True:
        try:
            document = _by_kind(part, name, kind, context)
        except MemoryError:
            if not can_be_cut or len(part) // 4 < _LEAST_PART:
                raise
        else:
            break
        # Not in the except block: there the exception keeps the text that was read until then.
        part = beginning(part, len(part) // 4)
    if part is data:
        return document
    return replace(document, notes=(OUT_OF_MEMORY, *(note for note in document.notes if note != REPAIRED)))


def _by_kind(data: bytes, name: str, kind: Kind, context: _Context) -> Document:
    if kind.kind == "empty":
        raise FileBroken("no bytes", user_message=EMPTY)
    if kind.kind == "unknown" and not is_wide(data):
        raise unknown(name, kind.name)
    if kind.is_image:
        return read_picture(data, name, kind.kind)
    if kind.kind == "pdf":
        return _pdf(data, context)
    if kind.kind in _CONTAINERS:
        return _container(data, kind, context)
    if kind.kind in {"zip", "msg", "tnef", *FLAT} or kind.family == "text" or is_wide(data):
        return _nesting(data, name, kind, context)
    return _other(data, kind, context)


def read_converted_book(converted: bytes, old: bytes, seconds: float | None = None) -> Document:
    """Read an .xlsx that LibreOffice made of an .xls. The results of formulas are taken from the old file."""

    def reading(deadline: Deadline) -> Document:
        draft = Draft("xlsx", deadline=deadline, can_draw=True)
        read_xlsx(Package(converted, deadline), draft, saved=saved_values(old))
        return draft.finish()

    return in_room(AMPLE, reading, seconds)


def read_outside_only(data: bytes, name: str = "") -> Document:
    """Describe a file without opening the files inside it, because one of them made the reading fail."""
    return _read(data, name, _Context(_OUTSIDE_ONLY))


def refuse_locked_office(data: bytes, kind: str) -> None:
    """Raise FileProtected when an Office file has a password.

    An .xls is let through: Excel locks some with a fixed password of its own, which LibreOffice knows.
    """
    if kind == "encrypted" or (kind != "xls" and is_encrypted_office(data, kind)):
        raise FileProtected(kind)


_CONTAINERS: dict[str, Callable[..., None]] = {
    "docx": read_docx,
    "pptx": read_pptx,
    "xlsx": read_xlsx,
    "ods": read_ods,
    "odt": read_odt,
    "odp": read_odp,
    "odg": read_odp,
    "epub": read_epub,
}


def _container(data: bytes, kind: Kind, context: _Context) -> Document:
    """Read an Office file. When there is not enough memory, read less of each of its parts."""
    draws = {"can_draw": context.can_draw} if kind.kind in {"pptx", "odp", "odg"} else {}
    most = 0
    while True:
        draft = context.draft(kind.kind)
        package = Package(data, draft.deadline, most)
        try:
            _CONTAINERS[kind.kind](package, draft, **draws)
        except MemoryError:
            most = package.largest // 4
            if not draft.pages and most < _LEAST_PART:
                raise
            draft.note(OUT_OF_MEMORY)
        draft.note(OUT_OF_MEMORY if package.was_cut else "")
        if draft.pages or not most:
            return draft.finish()


def _nesting(data: bytes, name: str, kind: Kind, context: _Context) -> Document:
    """Read a file that can hold others: an archive or a mail; also a text, which may turn out to be a mail."""
    depth = context.depth

    def inside(inner: bytes, inner_name: str) -> Document:
        if depth > MOST_DEPTH:
            refusal = LEFT_CLOSED if depth == _OUTSIDE_ONLY else TOO_DEEP
            raise FileUnsupported("nested too deeply", user_message=refusal)
        is_archive = sniff(inner, inner_name).family == "archive"
        if is_archive and (depth or kind.kind == "zip"):
            raise FileUnsupported("nested archive", user_message=NOT_OPENED)
        try:
            return _read(inner, inner_name, context.deeper)
        except MemoryError as error:
            raise FileTooLarge("no memory for what is inside") from error

    draft = context.draft(kind.kind)
    if kind.kind == "zip":
        read_zip(Package(data), draft, inside)
        return draft.finish()
    if kind.kind in LETTERS:
        add_letter(LETTERS[kind.kind](data, draft), draft, inside)
        return draft.finish()
    decoded = decode_text(data)
    words = cleaned(decoded)
    draft.note(CLEANED if words != decoded else "")
    draft.kind = "xml" if kind.kind in {"xml", *FLAT} else text_kind(words, name)
    if draft.kind == "text" and sniff(words[:4096].encode()).kind == "html":  # in UTF-16, say
        return _read(words.encode(), name, replace(context, can_draw=False))
    if draft.kind == "eml":
        add_mails(data, draft, inside)
    elif is_card(words):
        add_in_pages(card_text(words, draft), draft)
    else:
        read_text(words, draft.kind, draft)
    return draft.finish()


def _other(data: bytes, kind: Kind, context: _Context) -> Document:
    draft = context.draft(kind.kind)
    if kind.kind == "html":
        if _LOGIN.search(data[:65_536]):
            raise FileForbidden("Slack's sign-in page instead of the file")
        words = read_html(data, draft)
        add_in_pages(words, draft, unit="")
        draft.note(SCRIPTS_NOT_RUN if is_left_to_scripts(data, words) else "")
    elif kind.kind in {"xls", "xlsb"}:
        read_old_sheets(data, draft)
    elif kind.kind == "rtf":
        add_in_pages(plain_rtf(data, draft.deadline), draft, unit="")
        draft.note(REPAIRED if is_cut_short_rtf(data) else "")
        draft.note(WORDS_ONLY if _RTF_DRAWN.search(data) else "")
    elif kind.kind in PREVIEWED:
        _preview(Package(data), context, draft)
    elif kind.kind == "encrypted" or kind.kind in BETTER_NAMES:
        _old_office(data, kind, context, draft)
    elif kind.kind in metafile.KINDS and context.can_draw:
        width, height = (side * 0.6 for side in metafile.size_px(data))
        draft.add("", look="a picture", source=metafile.STEPS, width_pt=width, height_pt=height)
    elif kind.kind == "ole" and is_cut_off(data):
        raise damaged("ole directory")
    else:
        raise unsupported(kind.kind, kind.name)
    return draft.finish()


def _preview(package: Package, context: _Context, draft: Draft) -> None:
    """Show the preview picture that an iWork file holds, because nothing here can read the file itself."""
    if ".iwpv2" in package or ".iwph" in package:
        raise FileProtected("iwork")
    preview = next((part for part in _PREVIEWS if part in package), "")
    if not preview:
        raise unsupported(draft.kind, KINDS[draft.kind].name)
    draft.add_document(_read(package.read(preview), preview, context.deeper), "preview", (f"zip:{preview}",))
    draft.note(PREVIEW_ONLY)


def _closed(_data: bytes, _draft: Draft) -> None:
    raise FileBroken("LibreOffice alone reads it")


_OLD_OFFICE: dict[str, Callable[[bytes, Draft], None]] = {"doc": read_doc, "ppt": read_ppt}


def _old_office(data: bytes, kind: Kind, context: _Context, draft: Draft) -> None:
    """Read the text of an old Office file, when LibreOffice is missing or took too long.

    Only LibreOffice reads files older than Office 97.
    """
    refuse_locked_office(data, kind.kind)
    try:
        _OLD_OFFICE.get(kind.kind, _closed)(data, draft)
    except FileBroken as error:
        refusal = SEND_ALONE if context.depth else NO_OFFICE
        names = {"name": kind.name, "better": BETTER_NAMES[kind.kind]}
        raise FileUnsupported(f"{kind.kind} without LibreOffice", user_message=refusal, fields=names) from error


def _pdf(data: bytes, context: _Context) -> Document:
    about = pdf.read_about(data)
    result = pdf.read_pages_until(data, 1, PAGES_INSIDE, context.deadline)
    return pdf_document(about, list(result.pages), list(result.unreadable))
