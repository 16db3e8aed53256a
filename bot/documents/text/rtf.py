"""Extracts the text of an RTF document. It is used without LibreOffice, and for the bodies of Outlook messages."""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.documents.deadline import Deadline
from bot.documents.pages.builder import tidy
from bot.documents.pages.emphasis import PLAIN, LetterFormat, emphasised, settled
from bot.documents.pages.links import closed, field_address, joined, opened

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata colorschememapping listtable listoverridetable rsidtbl "
    b"generator xmlnstbl datastore latentstyles filetbl revtbl bkmkstart bkmkend objdata wgrffmtfilter pgptbl "
    b"nonshppict pn pnseclvl".split()
)
_SYMBOLS = {
    b"par": "\n\n", b"line": "\n", b"sect": "\n\n", b"page": "\n\n", b"tab": "\t", b"cell": " | ", b"row": "\n",
    b"nestcell": " | ", b"nestrow": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SIGNS = {b"~": " ", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n"}
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_PREBUF = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}"
    b"{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_BULLETS = {"·", "•", "o", "§", "-", "–", "*", "¨", "Ø", "v", "ü", "◦", "▪", "\uf0b7", "\uf0a7"}
_MOST_UNPACKED = 20_000_000


def plain_rtf(data: bytes, deadline: Deadline | None = None) -> str:
    """Return the text of an RTF document. After the deadline, return the part that was read until then."""
    return _Reader().read(data, deadline or Deadline())


@dataclass(frozen=True, slots=True)
class _Group:
    """The state inside a pair of braces.

    `letters` is the number of fallback letters after a Unicode letter. `encoding` is the encoding of the font.
    `is_mark`: the text is the number or bullet of a list item.
    """

    is_skipped: bool = False
    letters: int = 1
    encoding: str = ""
    format: LetterFormat = PLAIN
    is_instruction: bool = False
    is_link: bool = False
    is_mark: bool = False


_FORMATS: dict[bytes, Callable[[LetterFormat, bool], LetterFormat]] = {
    b"strike": lambda before, is_on: replace(before, is_struck=is_on),
    b"striked": lambda before, is_on: replace(before, is_struck=is_on),
    b"super": lambda before, is_on: replace(before, position="raised" if is_on else ""),
    b"sub": lambda before, is_on: replace(before, position="lowered" if is_on else ""),
    b"nosupersub": lambda before, _: replace(before, position=""),
    b"plain": lambda _before, _: PLAIN,
}


class _Reader:
    """Reads RTF from its beginning to its end and keeps a stack of open groups."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._bytes = bytearray()
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._group = _Group()
        self._outer: list[_Group] = []
        self._instruction = ""  # the instruction of the open field
        self._mark = ""  # the mark of the list item
        self._to_skip = 0
        self._font = 0

    def read(self, data: bytes, deadline: Deadline) -> str:
        for found in deadline.each_small(_TOKEN.finditer(data)):
            word, number, code, sign, brace, text = found.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word.lower(), int(number) if number else None)
            elif code:
                self._add_bytes(bytes([int(code, 16)]))
            elif sign:
                self._sign(sign)
            elif text:
                self._add_bytes(text)
        self._flush()
        text = joined("".join(self._out).replace(" | \n", "\n"))
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # joins surrogate pairs
        return tidy(settled(text))

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._to_skip = 0
        if brace == b"{":
            self._outer.append(self._group)
        elif self._outer:
            if self._group.is_link and not self._outer[-1].is_link:
                self._write(closed())
            elif self._group.is_mark and not self._outer[-1].is_mark:
                mark, self._mark = self._mark.strip(), ""
                self._out.append(f"{'-' if mark in _BULLETS else mark} " if mark else "")
            self._group = self._outer.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        group = self._group
        if word == b"u" and number is not None:
            self._flush()
            self._write(emphasised(chr(number % 65536), group.format))
            self._to_skip = group.letters
        elif word == b"uc":
            self._group = replace(group, letters=number or 0)
        elif word == b"ansicpg" and number:
            self._encoding = f"cp{number}"
        elif word in {b"f", b"fcharset"}:
            self._set_font(word, number or 0)
        elif word in _SKIPPED:
            self._group = replace(group, is_skipped=True)
        elif word in _FORMATS:
            self._flush()
            self._group = replace(group, format=_FORMATS[word](group.format, number != 0))
        elif word in {b"listtext", b"pntext"}:
            self._flush()
            self._group = replace(group, is_mark=not group.is_skipped)
        elif word in {b"field", b"fldinst", b"fldrslt"}:
            self._field(word)
        elif word in _SYMBOLS:
            self._flush()
            self._write(_SYMBOLS[word])

    def _set_font(self, word: bytes, number: int) -> None:
        self._flush()
        if word == b"f":
            self._font = number
            self._group = replace(self._group, encoding=self._fonts.get(number, ""))
        else:
            self._fonts[self._font] = _CHARSETS.get(number, "")

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._group = replace(self._group, is_skipped=True)
        elif sign in _SIGNS:
            self._flush()
            self._write(_SIGNS[sign])
        else:
            self._add_bytes(sign)

    def _add_bytes(self, text: bytes) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        if not self._group.is_skipped or self._group.is_instruction:
            self._bytes += text[skipped:]

    def _write(self, text: str) -> None:
        if self._group.is_mark:
            self._mark += text
        elif not self._group.is_skipped:
            self._out.append(text)

    def _field(self, word: bytes) -> None:
        """Handle a field, which is an instruction and a text. The text of a link gets the link's address."""
        self._flush()
        if word == b"field":
            self._instruction = ""
        elif word == b"fldinst":
            self._group = replace(self._group, is_skipped=True, is_instruction=True)
        elif address := field_address(self._instruction):
            self._instruction = ""
            self._write(opened(address))
            self._group = replace(self._group, is_link=True)

    def _flush(self) -> None:
        if not self._bytes:
            return
        group = self._group
        try:
            text = self._bytes.decode(group.encoding or self._encoding, "replace")
        except LookupError:
            text = self._bytes.decode("cp1252", "replace")
        self._bytes.clear()
        if group.is_instruction:
            self._instruction += text
        elif group.is_mark:
            self._mark += text
        else:
            self._out.append(emphasised(text, group.format))


def unpacked_rtf(data: bytes) -> bytes:
    """Unpack the compressed RTF body of a message ([MS-OXRTFCP])."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<I4s", data, 4)
    if kind == b"MELA":
        return data[16 : 16 + size]
    out, at = bytearray(_PREBUF), 16
    limit = min(size, _MOST_UNPACKED) + len(_PREBUF)
    while at < len(data) and len(out) < limit:
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not control >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            offset, length = divmod(int.from_bytes(data[at : at + 2], "big"), 16)
            at += 2
            start = _place(offset, len(out))
            if start == len(out):
                return bytes(out[len(_PREBUF) :])
            for step in range(length + 2):
                out.append(out[start + step])
    return bytes(out[len(_PREBUF) :])


def _place(offset: int, written: int) -> int:
    """Return the position in the output for an offset into the ring buffer of 4,096 bytes. The position that is written
    next means the end of the data.
    """
    place = written - (written - offset) % 4096
    return place if 0 <= place < written else written
