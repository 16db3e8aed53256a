"""Reads winmail.dat (TNEF), in which Outlook sends the text of a mail and its attachments."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.documents.containers.mail import Attachment, Letter
from bot.documents.containers.outlook import rich_body
from bot.documents.pages.builder import Draft, tidy
from bot.documents.pages.notices import MORE_ATTACHED, REPAIRED
from bot.documents.refusals import damaged
from bot.documents.text.encoding import decode_text

_MOST_ATTACHMENTS, _MOST_VALUES = 100, 2000
_SUBJECT, _BODY, _OF_MAIL = 0x18004, 0x2800C, 0x69003
_BEGIN, _TITLE, _DATA, _OF_FILE = 0x69002, 0x18010, 0x6800F, 0x69005
# Numbers of properties ([MS-OXPROPS]).
_PLAIN, _LONG_NAME = 0x1000, 0x3707
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_TEXTS, _SEVERAL, _WIDE = {0x1E, 0x1F, 0x102, 0x0D}, 0x1000, 0x1F


@dataclass(slots=True)
class _Parts:
    """The parts of a winmail.dat. `of_mail` and `files` map property numbers to values."""

    subject: str = ""
    body: str = ""
    of_mail: dict[int, bytes] = field(default_factory=dict)
    files: list[dict[int, bytes]] = field(default_factory=list)
    is_whole: bool = True


def read_tnef(data: bytes, draft: Draft) -> Letter:
    """Read a winmail.dat. Pictures of its body are added to the draft."""
    parts = _parts(data)
    draft.note("" if parts.is_whole else REPAIRED)
    if len(parts.files) > _MOST_ATTACHMENTS:
        draft.note(MORE_ATTACHED.format(count=_MOST_ATTACHMENTS))
    attachments = tuple(
        Attachment(_name(attachment, at), attachment.get(_DATA, b""), f"tnef:{at}")
        for at, attachment in enumerate(parts.files[:_MOST_ATTACHMENTS])
    )
    head = f"**Subject:** {parts.subject}" if parts.subject else ""
    return Letter(head, _body(parts, draft), attachments)


def tnef_attachment(data: bytes, place: int) -> bytes | None:
    """Return the bytes of the attachment with this index, or None."""
    files = _parts(data).files
    return files[place].get(_DATA) if place < len(files) else None


def _parts(data: bytes) -> _Parts:
    found = _Parts()
    try:
        for number, value in _attributes(data):
            if number == _BEGIN:
                found.files.append({})
            elif number == _SUBJECT:
                found.subject = " ".join(tidy(_text(value)).split())
            elif number == _BODY:
                found.body = _text(value)
            elif number == _OF_MAIL:
                found.of_mail = dict(_properties(value))
            elif found.files and number == _OF_FILE:
                found.files[-1].update(_properties(value))
            elif found.files:
                found.files[-1][number] = value
    except (struct.error, KeyError) as error:
        if not (found.files or found.body or found.of_mail):
            raise damaged(f"tnef: {type(error).__name__}") from error
        found.is_whole = False
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(data):
        number, length = struct.unpack_from("<II", data, at + 1)
        yield number, data[at + 9 : at + 9 + length]
        at += 11 + length  # with the checksum after it


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the properties of a list ([MS-OXTNEF] 2.1.3.4). Of several values, the first is taken."""
    count, at = struct.unpack_from("<I", data)[0], 4
    for _ in range(min(count, _MOST_VALUES)):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _after_name(data, at)
        base = kind & ~_SEVERAL
        several = bool(kind & _SEVERAL) or base in _TEXTS
        values = struct.unpack_from("<I", data, at)[0] if several else 1
        at += 4 if several else 0
        for place in range(min(values, _MOST_VALUES)):
            length = struct.unpack_from("<I", data, at)[0] if base in _TEXTS else _SIZES[base]
            at += 4 if base in _TEXTS else 0
            if not place:
                value = data[at : at + length]
                yield number, value.decode("utf-16-le", "replace").encode() if base == _WIDE else value
            at += length + -length % 4


def _after_name(data: bytes, at: int) -> int:
    kind = struct.unpack_from("<I", data, at + 16)[0]
    if not kind:
        return at + 24
    length = struct.unpack_from("<I", data, at + 20)[0]
    return int(at + 24 + length + -length % 4)


def _body(parts: _Parts, draft: Draft) -> str:
    plain = parts.body or _text(parts.of_mail.get(_PLAIN, b""))
    return tidy(plain) if plain.strip() else rich_body(lambda number: parts.of_mail.get(number, b""), draft)


def _name(properties: dict[int, bytes], at: int) -> str:
    name = _text(properties.get(_LONG_NAME, b"") or properties.get(_TITLE, b""))
    return " ".join(tidy(name).split()) or f"attachment {at + 1}"


def _text(value: bytes) -> str:
    return decode_text(value.rstrip(b"\0"))
