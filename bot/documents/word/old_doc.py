"""Reads old Word files (.doc, Word 6 to 2003) without LibreOffice, when it is not installed or has no time.

It reads the text with headings, lists, tables, notes and comments, and adds a notice that layout and pictures are left
out. The format is Microsoft's [MS-DOC]: pieces of text, and tables of their formatting.
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
_ENCODINGS = {  # by the installation language of Word 95
    0x0401: "cp1256", 0x0402: "cp1251", 0x0404: "big5", 0x0405: "cp1250", 0x0408: "cp1253", 0x040D: "cp1255",
    0x040E: "cp1250", 0x0411: "cp932", 0x0412: "cp949", 0x0415: "cp1250", 0x0419: "cp1251", 0x041F: "cp1254",
    0x0422: "cp1251", 0x0804: "gb18030",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    """A row of letters: the text, its position in the stream, and the bytes of each letter."""

    text: str
    place: int
    width: int


def read_doc(data: bytes, draft: Draft) -> None:
    """Add the pages to the draft. Raises FileBroken when the file is damaged or is not a Word file
    of these versions.
    """
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
    """Read the first `most` letters."""
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
    """Return the part of the table stream to which the offset and length at `at` in the file's header point."""
    start, length = struct.unpack_from("<II", document, at)
    return tables[start : start + length]


def _pieces(document: bytes, piece_table: bytes) -> Iterator[_Piece]:
    at = 0
    while at < len(piece_table) and piece_table[at] == 1:
        at += 3 + int.from_bytes(piece_table[at + 1 : at + 3], "little")
    length = int.from_bytes(piece_table[at + 1 : at + 5], "little")
    listed = piece_table[at + 5 : at + 5 + length]
    count = (len(listed) - 4) // 12
    if piece_table[at : at + 1] != b"\x02" or not 0 < count <= _MOST_PIECES:
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
    """Return the text of Word 6 and 95, which store it in one piece. A quickly saved file has several pieces and is
    refused.
    """
    if flags & _IN_PIECES:
        raise damaged("in pieces, of before Word 97")
    start, end = struct.unpack_from("<II", document, 0x18)
    return _Piece(_decoded(document[start:end], encoding), start, 1)


def _decoded(content: bytes, encoding: str) -> str:
    """Decode to one letter for each code unit, so that positions stay valid."""
    if encoding != "utf-16-le":
        return content.decode(encoding, "replace")
    text = content[: len(content) // 2 * 2].decode(encoding, "surrogatepass")
    return text if 2 * len(text) >= len(content) - 1 else _BEYOND.sub(_halves, text)


def _halves(found: re.Match[str]) -> str:
    code = ord(found[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _stories(pieces: Iterable[_Piece], looks: Looks, lengths: list[int], draft: Draft) -> dict[str, list[DocParagraph]]:
    """Return the paragraphs of the body and of the notes, headers and comments, which follow the body in one stream."""
    stories: dict[str, list[DocParagraph]] = {part: [] for part in _PARTS}
    kinds = iter(zip(_PARTS, lengths, strict=True))
    part, left = next(kinds)
    unfinished = ""
    for text, end, look, count in draft.deadline.each_small(_paragraphs(pieces, looks)):
        while left <= 0:
            part, left = next(kinds, ("", 1 << 40))
        left -= count
        if not end:
            unfinished += text
            continue
        if part:
            stories[part].append(DocParagraph(unfinished + text, end, look))
        unfinished = ""
    if unfinished and part:
        stories[part].append(DocParagraph(unfinished, "\r", ParagraphLook()))
    return stories


def _paragraphs(pieces: Iterable[_Piece], looks: Looks) -> Iterator[tuple[str, str, ParagraphLook, int]]:
    """Yield (text, ending character, look, number of letters in the file). The ending is empty where a piece ends."""
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
