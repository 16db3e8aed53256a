"""Old Office containers (OLE): Outlook messages, and whether a .doc or .ppt is encrypted."""

import io
import re
import struct
from datetime import UTC, datetime, timedelta

import olefile  # type: ignore[import-untyped]

from bot.documents.containers.mail import Attachment, Letter
from bot.documents.pages.builder import Draft, tidy
from bot.documents.refusals import damaged
from bot.documents.text.encoding import decode_text
from bot.documents.text.html import html_text, markdown
from bot.documents.text.rtf import plain_rtf, unpacked_rtf

_MOST_ATTACHMENTS = 100
_OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError)
_BOF, _FILEPASS = 0x0809, 0x002F
_TIMES = (b"\x40\x00\x39\x00", b"\x40\x00\x06\x0e")  # sent, delivered


def is_encrypted_office(data: bytes, kind: str) -> bool:
    """Whether a .doc, .xls or .ppt needs a password."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage") or ole.exists("EncryptedSummary"):
                return True
            if kind == "doc":
                flags = ole.openstream("WordDocument").read(12)
                return len(flags) == 12 and bool(struct.unpack_from("<H", flags, 10)[0] & 0x0100)
            if kind == "xls":
                return _is_locked_book(ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read(4096))
            if kind == "ppt" and ole.exists("Current User"):
                user = ole.openstream("Current User").read(16)
                return len(user) == 16 and user[12:16] == b"\xdf\xc4\xd1\xf3"
    except _OLE_ERRORS:
        return False
    return False


def _is_locked_book(stream: bytes) -> bool:
    """FILEPASS ([MS-XLS] 2.4.117) among the first records; one with Excel's own default password opens all the same."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            return True
        if not at and kind != _BOF:
            return False
        at += 4 + length
    return False


def is_cut_off(data: bytes) -> bool:
    """Whether the list of its streams cannot be read, so that nobody can say what it was."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return not ole.listdir()
    except _OLE_ERRORS:
        return True


def read_msg(data: bytes, draft: Draft) -> Letter:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return _letter(ole, draft)
    except _OLE_ERRORS as error:
        raise damaged(f"msg: {type(error).__name__}") from error


def msg_attachment(data: bytes, place: int) -> bytes | None:
    letter = read_msg(data, Draft("msg"))
    return next((one.data for one in letter.attachments if one.place == f"part:{place}"), None)


def _letter(ole: "olefile.OleFileIO", draft: Draft) -> Letter:
    sender = _property(ole, "", "0C1A"), _property(ole, "", "5D01") or _property(ole, "", "0C1F")
    address = f" <{sender[1]}>" if "@" in sender[1] and sender[1] != sender[0] else ""
    fields = {
        "From": f"{sender[0] or sender[1]}{address if sender[0] else ''}",
        "To": _property(ole, "", "0E04"),
        "Cc": _property(ole, "", "0E03"),
        "Date": _date(ole),
        "Subject": _property(ole, "", "0037"),
    }
    head = "\n".join(f"**{name}:** {' '.join(text.split())}" for name, text in fields.items() if text.strip())
    storages = sorted({entry[0] for entry in ole.listdir(streams=True) if entry[0].startswith("__attach_version1.0")})
    attachments = [_attachment(ole, storage, at) for at, storage in enumerate(storages[:_MOST_ATTACHMENTS])]
    return Letter(head, _body(ole, draft), tuple(attachments))


def _body(ole: "olefile.OleFileIO", draft: Draft) -> str:
    plain = _property(ole, "", "1000")
    if plain.strip():
        return tidy(plain)
    html = _bytes(ole, "", "10130102")
    if html:
        return markdown(html_text(html), draft)
    packed = _bytes(ole, "", "10090102")
    return plain_rtf(unpacked_rtf(packed)) if packed else ""


def _attachment(ole: "olefile.OleFileIO", storage: str, at: int) -> Attachment:
    name = _property(ole, storage, "3707") or _property(ole, storage, "3704") or _property(ole, storage, "3001")
    return Attachment(tidy(name) or f"attachment {at + 1}", _bytes(ole, storage, "37010102"), f"part:{at}")


def _property(ole: "olefile.OleFileIO", storage: str, tag: str) -> str:
    """A text property, in UTF-16 or in the sender's old code page."""
    wide = _bytes(ole, storage, f"{tag}001F")
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return decode_text(_bytes(ole, storage, f"{tag}001E")).rstrip("\0")


def _bytes(ole: "olefile.OleFileIO", storage: str, tag: str) -> bytes:
    path = [storage, f"__substg1.0_{tag}"] if storage else [f"__substg1.0_{tag}"]
    return bytes(ole.openstream(path).read()) if ole.exists(path) else b""


def _date(ole: "olefile.OleFileIO") -> str:
    if not ole.exists("__properties_version1.0"):
        return ""
    stream = bytes(ole.openstream("__properties_version1.0").read())
    for tag in _TIMES:
        for found in re.finditer(re.escape(tag), stream):
            if found.start() % 8 == 0 and len(stream) >= found.start() + 16:
                ticks = struct.unpack_from("<Q", stream, found.start() + 8)[0]
                if 0 < ticks < 1 << 62:
                    moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
                    return moment.strftime("%Y-%m-%d %H:%M UTC")
    return ""
