"""Old Word files (.doc, Word 6 to 2003) by ourselves, for when there is no LibreOffice or no time for it.

Their words with headings, items of lists, tables, notes and comments; layout and pictures are left out, and that is
said. The structure is Microsoft's [MS-DOC]: pieces of text, and tables of how they look.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.documents.office.ole import OLE_ERRORS, streams
from bot.documents.pages.builder import Draft, tidy
from bot.documents.pages.links import joined
from bot.documents.pages.notices import DELETED_TEXT, HIDDEN_TEXT, OUT_OF_MEMORY, WORDS_ONLY
from bot.documents.refusals import damaged
from bot.documents.text.text import add_in_pages
from bot.documents.word.doc_blocks import DocParagraph, blocks, noted, on_one_line, whole_letters
from bot.documents.word.doc_looks import Looks, ParagraphLook, read_looks

_WORD_97 = 0x00C1
_IN_PIECES = 0x0004
_SECOND_TABLE = 0x0200
_COMPRESSED = 0x40000000
_LEAST_LETTERS = 16 * 1024
_MOST_PIECES = 500_000
_PARTS = ("body", "footnote", "header", "macro", "comment", "endnote", "box", "header box")
_PARAGRAPH = re.compile("[^\r\x07\x0c]*[\r\x07\x0c]|[^\r\x07\x0c]+")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_ENCODINGS = {  # by the language that Word 95 was installed in
    0x0401: "cp1256", 0x0402: "cp1251", 0x0404: "big5", 0x0405: "cp1250", 0x0408: "cp1253", 0x040D: "cp1255",
    0x040E: "cp1250", 0x0411: "cp932", 0x0412: "cp949", 0x0415: "cp1250", 0x0419: "cp1251", 0x041F: "cp1254",
    0x0422: "cp1251", 0x0804: "gb18030",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some letters in a row: where they stand in the stream, and how many bytes each takes."""

    text: str
    place: int
    width: int


def read_doc(data: bytes, draft: Draft) -> None:
    """Raises FileBroken for what is damaged, or no Word file of these years."""
    found = streams(data, "WordDocument", "0Table", "1Table")
    document = found.get("WordDocument", b"")
    most = len(document)
    while not draft.pages:
        try:
            _read(document, found, draft, most)
        except MemoryError:
            most //= 4
            if most < _LEAST_LETTERS and not draft.pages:
                raise
            draft.note(OUT_OF_MEMORY)
            continue
        except OLE_ERRORS as error:
            if not draft.pages:
                raise damaged(f"doc: {type(error).__name__}") from error
        return


def _read(document: bytes, found: dict[str, bytes], draft: Draft, most: int) -> None:
    """The first `most` letters of it."""
    kind, version = struct.unpack_from("<HH", document)
    flags, language = struct.unpack_from("<H", document, 10)[0], struct.unpack_from("<H", document, 6)[0]
    if kind not in {0xA5EC, 0xA5DC}:
        raise damaged("no Word file of these years")
    if version >= _WORD_97:
        tables = found.get("1Table" if flags & _SECOND_TABLE else "0Table", b"")
        pieces = list(_pieces(document, _stretch(document, tables, 0x1A2)))
        looks = read_looks(document, _stretch(document, tables, 0xFA), _stretch(document, tables, 0x102))
        lengths = struct.unpack_from("<8i", document, 76)
    else:
        pieces, looks = [_old_piece(document, flags, _ENCODINGS.get(language, "cp1252"))], Looks()
        lengths = struct.unpack_from("<8i", document, 0x34)
    stories = _stories(_first(pieces, most), looks, [max(0, length) for length in lengths], draft)
    _add(stories, draft)
    draft.note(WORDS_ONLY)
    draft.note(DELETED_TEXT if looks.has_deleted else "")
    draft.note(HIDDEN_TEXT if looks.has_hidden else "")


def _first(pieces: list[_Piece], most: int) -> Iterator[_Piece]:
    for piece in pieces:
        if most > 0:
            yield replace(piece, text=piece.text[:most]) if len(piece.text) > most else piece
        most -= len(piece.text)


def _stretch(document: bytes, tables: bytes, at: int) -> bytes:
    """What the file's own head says lies at this place of the stream of tables."""
    start, length = struct.unpack_from("<II", document, at)
    return tables[start : start + length]


def _pieces(document: bytes, about: bytes) -> Iterator[_Piece]:
    at = 0
    while at < len(about) and about[at] == 1:
        at += 3 + int.from_bytes(about[at + 1 : at + 3], "little")
    length = int.from_bytes(about[at + 1 : at + 5], "little")
    listed = about[at + 5 : at + 5 + length]
    count = (len(listed) - 4) // 12
    if about[at : at + 1] != b"\x02" or not 0 < count <= _MOST_PIECES:
        raise damaged("no pieces of text")
    places = struct.unpack_from(f"<{count + 1}i", listed)
    for number in range(count):
        letters = max(0, places[number + 1] - places[number])
        start = struct.unpack_from("<I", listed, 4 * (count + 1) + 8 * number + 2)[0]
        width = 1 if start & _COMPRESSED else 2
        start = (start & ~_COMPRESSED) // (3 - width) & 0x3FFFFFFF
        content = document[start : start + letters * width]
        yield _Piece(_decoded(content, "cp1252" if width == 1 else "utf-16-le"), start, width)


def _old_piece(document: bytes, flags: int, encoding: str) -> _Piece:
    """Of Word 6 and 95, which keep all letters in one row unless they were saved quickly."""
    if flags & _IN_PIECES:
        raise damaged("in pieces, of before Word 97")
    start, end = struct.unpack_from("<II", document, 0x18)
    return _Piece(_decoded(document[start:end], encoding), start, 1)


def _decoded(content: bytes, encoding: str) -> str:
    """A letter for each code, so that places stay."""
    if encoding != "utf-16-le":
        return content.decode(encoding, "replace")
    text = content[: len(content) // 2 * 2].decode(encoding, "surrogatepass")
    return text if 2 * len(text) >= len(content) - 1 else _BEYOND.sub(_halves, text)


def _halves(found: re.Match[str]) -> str:
    code = ord(found[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _stories(pieces: Iterable[_Piece], looks: Looks, lengths: list[int], draft: Draft) -> dict[str, list[DocParagraph]]:
    """The paragraphs of the body and of what stands beside it, which follows it letter by letter."""
    stories: dict[str, list[DocParagraph]] = {part: [] for part in _PARTS}
    kinds = iter(zip(_PARTS, lengths, strict=True))
    part, left = next(kinds)
    begun = ""
    for text, end, look, taken in draft.deadline.each_small(_paragraphs(pieces, looks)):
        while left <= 0:
            part, left = next(kinds, ("", 1 << 40))
        left -= taken
        if not end:
            begun += text
            continue
        if part:
            stories[part].append(DocParagraph(begun + text, end, look))
        begun = ""
    if begun and part:
        stories[part].append(DocParagraph(begun, "\r", ParagraphLook()))
    return stories


def _paragraphs(pieces: Iterable[_Piece], looks: Looks) -> Iterator[tuple[str, str, ParagraphLook, int]]:
    """(letters, the sign that ends them, looks, how many letters it takes); without a sign where the piece ends."""
    for piece in pieces:
        for found in _PARAGRAPH.finditer(piece.text):
            end = found[0][-1] if found[0][-1] in "\r\x07\x0c" else ""
            text = found[0][:-1] if end else found[0]
            look = looks.of(piece.place + (found.end() - 1) * piece.width)
            yield looks.seen(text, piece.place + found.start() * piece.width, piece.width), end, look, len(found[0])


def _add(stories: dict[str, list[DocParagraph]], draft: Draft) -> None:
    notes = noted(stories)
    pages = "\n\n".join(blocks(stories["body"])).split("\x0c")
    boxes = "\n\n".join(blocks(stories["box"]))
    edges = on_one_line(stories["header"] + stories["header box"])
    header = f"Header and footer: {edges}" if edges else ""
    pages[0] = "\n\n".join(part for part in (header, pages[0]) if part.strip())
    pages[-1] = "\n\n".join(part for part in (pages[-1], boxes, notes) if part.strip())
    pages = [joined(whole_letters(page)) for page in pages]
    if len(pages) == 1:
        add_in_pages(tidy(pages[0]), draft, unit="")
        return
    for page in pages:
        if page.strip():
            draft.add(page)
