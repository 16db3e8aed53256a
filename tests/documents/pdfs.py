"""PDF files written by hand, for the tests: whatever a library would refuse to write."""

import hashlib
import zlib
from collections.abc import Sequence

_HEAD = b"%PDF-1.7\n"
_PAGE_WITH_FORM = (
    b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</XObject <</X 5 0 R>>>>>>"
)


def pdf(objects: list[bytes], root: int = 1) -> bytes:
    """Objects numbered from 1, with a cross-reference table."""
    out, places = bytearray(_HEAD), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer <</Size %d /Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (extra, len(packed), packed)


def pages(contents: list[bytes], extra: bytes = b"", size: tuple[int, int] = (595, 842)) -> bytes:
    """A page for each content stream, with Helvetica as F1; `extra` goes into every page."""
    count = len(contents)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(count))
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Count %d /Kids [%s]>>" % (count, kids),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>",
    ]
    for at, content in enumerate(contents):
        objects.append(
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources <</Font <</F1 3 0 R>>>> %s>>" % (*size, 5 + 2 * at, extra)
        )
        objects.append(stream(content))
    return pdf(objects)


def lines(texts: list[str], size: int = 11) -> bytes:
    """A content stream with these lines of text."""
    out = b"BT /F1 %d Tf %d TL 60 780 Td " % (size, size + 4)
    for text in texts:
        escaped = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        out += b"(%s) Tj T* " % escaped
    return out + b"ET"


def scan(width: int, height: int, size: tuple[int, int] = (595, 842)) -> bytes:
    """A page (A4) that is one grey picture of this many pixels, every other line black."""
    rows = (b"\xc0" * width + bytes(width)) * (height // 2)
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
    return pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            _PAGE_WITH_FORM.replace(b"595 842", b"%d %d" % size),
            stream(b"%d 0 0 %d 0 0 cm /X Do" % size),
            stream(rows, image % (width, height // 2 * 2)),
        ]
    )


def composite(
    text: Sequence[str], *, with_unicode: bool = True, places: Sequence[tuple[int, int]] | None = None
) -> bytes:
    """One page in a font whose codes mean nothing without its table: right to left, Chinese, or soup without it.

    Each item is a glyph, from left to right; a ligature is a glyph with several letters. With `places` each stands at
    its own, a wide space behind it: PDFium drops what is drawn of a font without outlines and has no width.
    """
    letters = sorted({*text, "\u3000"} if places else set(text))
    codes = {letter: at + 1 for at, letter in enumerate(letters)}
    if places is None:
        shown = b"60 700 Td <%s> Tj" % b"".join(b"%04x" % codes[letter] for letter in text)
    else:
        put = zip(text, places, strict=True)
        shown = b" ".join(
            b"1 0 0 1 %d %d Tm <%04x%04x> Tj" % (*place, codes[letter], codes["\u3000"]) for letter, place in put
        )
    rows = b"".join(b"<%04x> <%s>\n" % (codes[one], one.encode("utf-16-be").hex().encode()) for one in letters)
    table = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> "
    table += b"endcodespacerange %d beginbfchar\n%sendbfchar endcmap end end" % (len(letters), rows)
    unicode = b"/ToUnicode 8 0 R" if with_unicode else b""
    return pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
            stream(b"BT /F1 12 Tf %s ET" % shown),
            b"<</Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Some /Encoding /Identity-H /DescendantFonts [6 0 R] %s>>"
            % unicode,
            (
                b"<</Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Some /CIDSystemInfo <</Registry (Adobe) "
                b"/Ordering (Identity) /Supplement 0>> /FontDescriptor 7 0 R /DW 600>>"
            ),
            (
                b"<</Type /FontDescriptor /FontName /ABCDEF+Some /Flags 4 /FontBBox [0 0 600 700] /ItalicAngle 0 "
                b"/Ascent 700 /Descent 0 /CapHeight 700 /StemV 80>>"
            ),
            stream(table),
        ]
    )


def self_referencing() -> bytes:
    """A form that draws itself twice: exponential for whoever follows it."""
    return pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            _PAGE_WITH_FORM,
            stream(b"/X Do"),
            stream(
                b"/X Do /X Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 5 0 R>>>>",
            ),
        ]
    )


def doubling_forms(depth: int = 30) -> bytes:
    """Each form draws the next one twice: 2 ** depth drawings."""
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
        _PAGE_WITH_FORM,
        stream(b"/X Do"),
    ]
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X %d 0 R>>>>"
    objects += [stream(b"/X Do /X Do", form % (6 + at)) for at in range(depth)]
    objects.append(stream(b"0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"))
    return pdf(objects)


def one_bad_page(texts: list[str]) -> bytes:
    """Pages of text, and a last one that takes for ever."""
    depth, count = 30, len(texts) + 1
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(count))
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 595 842]>>" % (count, kids),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    ]
    first_form = 4 + 2 * count
    resources = b"/Resources <</Font <</F1 3 0 R>> /XObject <</X %d 0 R>>>>" % first_form
    for at, content in enumerate([*(lines([text]) for text in texts), b"/X Do"]):
        objects += [b"<</Type /Page /Parent 2 0 R /Contents %d 0 R %s>>" % (5 + 2 * at, resources), stream(content)]
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X %d 0 R>>>>"
    objects += [stream(b"/X Do /X Do", form % (first_form + at + 1)) for at in range(depth)]
    return pdf([*objects, stream(b"0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")])


def vector_bomb(curves: int = 300_000) -> bytes:
    step = b" ".join(
        b"%d %d %d %d %d %d c" % (at % 595, at * 7 % 842, at * 13 % 595, at * 3 % 842, at * 5 % 595, at * 11 % 842)
        for at in range(1000)
    )
    return pages([b"0 0 m " + b" ".join([step] * (curves // 1000)) + b" B*"])


def page_bomb(claimed: int = 2_000_000) -> bytes:
    """A page tree that says it has many pages and has one."""
    return pages([lines(["one page only"])]).replace(b"/Count 1 ", b"/Count %d " % claimed)


def nested_stream_bomb(size: int = 800_000_000) -> bytes:
    """A content stream that unpacks to nearly a gigabyte, in 4 KB."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()
    packed = zlib.compress(once, 9)
    body = b"<</Filter [/FlateDecode /FlateDecode] /Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    return pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <<>>>>",
            body,
        ]
    )


def encrypted(text: str, *, user: str, owner: str = "own") -> bytes:
    """One page under the standard handler, revision 2 (40-bit RC4); with an empty `user` anybody may open it."""
    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    identity, permissions = b"0123456789abcdef", -4

    def padded(words: str) -> bytes:
        return (words.encode("latin-1") + pad)[:32]

    owner_entry = rc4(_md5(padded(owner))[:5], padded(user))
    basis = padded(user) + owner_entry + permissions.to_bytes(4, "little", signed=True) + identity
    key = _md5(basis)[:5]
    user_entry = rc4(key, pad)
    content = rc4(_md5(key + bytes([4, 0, 0, 0, 0]))[:10], lines([text]))
    plain = pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
            b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>",
            b"<</Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d>>"
            % (owner_entry.hex().encode(), user_entry.hex().encode(), permissions),
        ]
    )
    ids = identity.hex().encode()
    return plain.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 6 0 R /ID [<%s> <%s>]" % (ids, ids))


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()  # what the old handler prescribes


def rc4(key: bytes, data: bytes) -> bytes:
    state, at = list(range(256)), 0
    for place in range(256):
        at = (at + state[place] + key[place % len(key)]) % 256
        state[place], state[at] = state[at], state[place]
    out, one, other = bytearray(), 0, 0
    for byte in data:
        one = (one + 1) % 256
        other = (other + state[one]) % 256
        state[one], state[other] = state[other], state[one]
        out.append(byte ^ state[(state[one] + state[other]) % 256])
    return bytes(out)
