"""Word and PowerPoint files of 97 to 2003, made by code: the fewest structures that readers of the formats follow."""

import struct
from collections.abc import Sequence

from tests.documents.ole_files import ole

_PAGE = 512
_ROW_END = b"\x17\x24\x01"  # sprmPFTtp
_ITEM = b"\x0b\x46\x01\x00"  # sprmPIlfo


def doc(
    paragraphs: Sequence[tuple[str, bytes]],
    notes: Sequence[str] = (),
    comments: Sequence[str] = (),
    unseen: tuple[str, bytes] | None = None,
) -> bytes:
    """Paragraphs with the sign that ends each, and how they look (`look`). `unseen`: letters, and the property that
    deletes or hides them.
    """
    body = "".join(text for text, _ in paragraphs)
    noted = "".join(f"\x02 {text}\r" for text in notes)
    said = "".join(f"\x05{text}\r" for text in comments)
    letters = (body + noted + said).encode("utf-16-le")
    start = 4 * _PAGE
    ends = [start]
    for text, _ in paragraphs:
        ends.append(ends[-1] + 2 * len(text))
    paragraph_pages = [
        _paragraph_page(ends[at : at + 9], [one for _, one in paragraphs[at : at + 8]])
        for at in range(0, len(paragraphs), 8)
    ]
    letter_page = _letter_page(start, start + len(letters), letters, unseen)
    first = (start + len(letters) + _PAGE - 1) // _PAGE
    document = bytearray(first * _PAGE)
    document[start : start + len(letters)] = letters
    document += letter_page + b"".join(paragraph_pages)
    whole = len(body + noted + said)
    pieces = struct.pack("<iiHIH", 0, whole, 0, start, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    letter_table = struct.pack("<III", start, start + len(letters), first)
    places = [ends[min(at, len(ends) - 1)] for at in range(0, len(paragraphs) + 8, 8)][: len(paragraph_pages) + 1]
    paragraph_table = struct.pack(f"<{len(places)}I", *places) + struct.pack(
        f"<{len(paragraph_pages)}I", *range(first + 1, first + 1 + len(paragraph_pages))
    )
    table = clx + letter_table + paragraph_table
    struct.pack_into("<HHHHH", document, 0, 0xA5EC, 0xC1, 0, 0x0409, 0)
    struct.pack_into("<H", document, 10, 0x0200)
    struct.pack_into("<8i", document, 76, len(body), len(noted), 0, 0, len(said), 0, 0, 0)
    for at, (begin, length) in {
        0x1A2: (0, len(clx)),
        0xFA: (len(clx), len(letter_table)),
        0x102: (len(clx) + len(letter_table), len(paragraph_table)),
    }.items():
        struct.pack_into("<II", document, at, begin, length)
    return ole({"WordDocument": bytes(document), "1Table": table})


def look(*, heading: int = 0, is_item: bool = False, ends_row: bool = False) -> bytes:
    return struct.pack("<H", heading) + (_ITEM if is_item else b"") + (_ROW_END if ends_row else b"")


def _paragraph_page(ends: Sequence[int], looks: Sequence[bytes]) -> bytes:
    page = bytearray(_PAGE)
    count = len(looks)
    struct.pack_into(f"<{count + 1}I", page, 0, *ends[: count + 1])
    at = _PAGE - 2
    for number, one in enumerate(looks):
        padded = one if len(one) % 2 else one + b"\0"
        at -= (len(padded) + 1 + 1) // 2 * 2
        page[at] = (len(padded) + 1) // 2
        page[at + 1 : at + 1 + len(padded)] = padded
        page[4 * (count + 1) + 13 * number] = at // 2
    page[-1] = count
    return bytes(page)


def _letter_page(start: int, end: int, letters: bytes, unseen: tuple[str, bytes] | None) -> bytes:
    page = bytearray(_PAGE)
    if unseen is None:
        struct.pack_into("<II", page, 0, start, end)
        page[-1] = 1
        return bytes(page)
    wide = unseen[0].encode("utf-16-le")
    begin = start + letters.index(wide)
    struct.pack_into("<4I", page, 0, start, begin, begin + len(wide), end)
    page[400] = len(unseen[1])
    page[401 : 401 + len(unseen[1])] = unseen[1]
    page[17] = 200
    page[-1] = 3
    return bytes(page)


def ppt(slides: Sequence[tuple[str, Sequence[str], str]]) -> bytes:
    """Title, other texts and notes of each slide; the title is kept with the list of slides, as placeholders are."""
    records: list[bytes] = []
    lists: dict[int, bytes] = {0: b"", 2: b""}
    numbers: list[int] = []
    for at, (title, texts, notes) in enumerate(slides):
        number, name = 2 + 2 * at, 256 + at
        boxes = _box(_atom(3998, struct.pack("<I", 0))) + b"".join(_box(_text(1, text)) for text in texts)
        about = _atom(1007, struct.pack("<I8xIIHH", 0, 0, 512 + at if notes else 0, 0, 0))
        records.append(_container(1006, about + _container(1036, boxes)))
        records.append(_container(1008, _atom(1009, bytes(8)) + _container(1036, _box(_text(2, notes)))))
        numbers += [number, number + 1]
        lists[0] += _atom(1011, struct.pack("<IIiII", number, 0, 1, name, 0)) + _text(0, title)
        lists[2] += _atom(1011, struct.pack("<IIiII", number + 1, 0, 0, 512 + at, 0))
    document = _container(1000, _container(4080, lists[0]) + _container(4080, lists[2], 2))
    stream, offsets = b"", []
    for record in (document, *records):
        offsets.append(len(stream))
        stream += record
    directory_at = len(stream)
    stream += _atom(6002, struct.pack("<I", 1 | len(offsets) << 20) + struct.pack(f"<{len(offsets)}I", *offsets))
    edit_at = len(stream)
    stream += _atom(4085, struct.pack("<IIIIII", 0, 0, 0, directory_at, 1, len(offsets)) + bytes(4))
    user = _atom(4086, struct.pack("<III", 20, 0xE391C05F, edit_at) + bytes(8))
    return ole({"PowerPoint Document": stream, "Current User": user})


def _box(content: bytes) -> bytes:
    return _container(0xF004, _container(0xF00D, content))


def _text(kind: int, text: str) -> bytes:
    return _atom(3999, struct.pack("<I", kind)) + _atom(4000, text.replace("\n", "\r").encode("utf-16-le"))


def _atom(kind: int, content: bytes, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(content)) + content


def _container(kind: int, content: bytes, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | 15, kind, len(content)) + content
