"""Reads Outlook messages (.msg), and checks old Office containers (OLE) for encryption and damage."""

import io
import struct
from collections.abc import Callable

import olefile  # type: ignore[import-untyped]

from bot.documents.containers.mail import Attachment, Letter
from bot.documents.containers.outlook_mail import DELIVERED, SENT, as_mail, sender
from bot.documents.containers.outlook_properties import Properties
from bot.documents.pages.builder import Draft, tidy
from bot.documents.pages.notices import MORE_ATTACHED
from bot.documents.refusals import damaged
from bot.documents.text.html import html_text, markdown
from bot.documents.text.rtf import plain_rtf, unpacked_rtf

_MOST_ATTACHMENTS = 100
_OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError)
_HTML, _RTF = 0x1013, 0x1009  # numbers of properties ([MS-OXPROPS])
_BOF, _FILEPASS = 0x0809, 0x002F


def is_encrypted_office(data: bytes, kind: str) -> bool:
    """Say whether a .doc, .xls or .ppt needs a password."""
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
    """Say whether FILEPASS ([MS-XLS] 2.4.117) is among the first records. A workbook with Excel's own default password
    opens without asking, so it doesn't count.
    """
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
    """Say whether the list of streams can't be read, so that the kind of the file can't be known."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return not ole.listdir()
    except _OLE_ERRORS:
        return True


def read_msg(data: bytes, draft: Draft) -> Letter:
    """Read an Outlook message. Raises FileBroken when it is damaged."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return _letter(ole, draft)
    except _OLE_ERRORS as error:
        raise damaged(f"msg: {type(error).__name__}") from error


def msg_attachment(data: bytes, place: int) -> bytes | None:
    """Return the bytes of the attachment with this number, or None."""
    letter = read_msg(data, Draft("msg"))
    return next((attachment.data for attachment in letter.attachments if attachment.place == f"part:{place}"), None)


def _letter(ole: "olefile.OleFileIO", draft: Draft) -> Letter:
    own = Properties(ole)
    date = own.time(SENT) or own.time(DELIVERED)
    fields = {"From": sender(own), "To": own.text("0E04"), "Cc": own.text("0E03"), "Date": date}
    fields |= {"Subject": own.text("0037"), **own.of_item()}
    head = "\n".join(f"**{name}:** {' '.join(text.split())}" for name, text in fields.items() if text.strip())
    storages = own.attachments()
    if len(storages) > _MOST_ATTACHMENTS:
        draft.note(MORE_ATTACHED.format(count=_MOST_ATTACHMENTS))
    attachments = [_attachment(own, storage, at) for at, storage in enumerate(storages[:_MOST_ATTACHMENTS])]
    return Letter(head, _body(own, draft), tuple(attachments))


def _body(own: Properties, draft: Draft) -> str:
    plain = own.text("1000")
    return tidy(plain) if plain.strip() else rich_body(lambda number: own.data(f"{number:04X}0102"), draft)


def rich_body(value_of: Callable[[int], bytes], draft: Draft) -> str:
    """Return the text of a body that is HTML or packed RTF. `value_of` gives the bytes of a property by its number."""
    if html := value_of(_HTML):
        return markdown(html_text(html), draft)
    packed = value_of(_RTF)
    return plain_rtf(unpacked_rtf(packed)) if packed else ""


def _attachment(own: Properties, storage: str, at: int) -> Attachment:
    name = own.file_name(storage)
    inner = own.embedded(storage)
    if inner is not None:
        return Attachment(f"{tidy(name) or 'attached message'}.eml", as_mail(inner), f"part:{at}")
    return Attachment(tidy(name) or f"attachment {at + 1}", own.data("37010102", storage), f"part:{at}")
