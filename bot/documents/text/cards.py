"""Reads contact cards and calendars (.vcf, .ics): joins folded lines, decodes values and extracts the photos."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator

from bot.documents.pages.builder import Draft
from bot.documents.text.encoding import decode_declared, decode_text

_BEGIN = re.compile(r"\s*BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_PARAMETERS = re.compile(r"(?:;(?:CHARSET|ENCODING)=[^;:]*|;(?:QUOTED-PRINTABLE|BASE64)(?=[;:]|$))+", re.IGNORECASE)
_CHARSET = re.compile(r";CHARSET=\"?([\w.-]+)", re.IGNORECASE)
_QUOTED = re.compile(r";(?:ENCODING=)?QUOTED-PRINTABLE\b", re.IGNORECASE)
_BINARY = re.compile(r";(?:ENCODING=)?(?:BASE64|B)(?=[;:]|$)", re.IGNORECASE)
_DATA = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,")


def is_card(text: str) -> bool:
    """Say whether the text is a contact card or a calendar."""
    return _BEGIN.match(text[:200].lstrip("\ufeff")) is not None


def card_text(text: str, draft: Draft) -> str:
    """Return one line for each property of the card. Photos are added to the draft."""
    lines, pictures = [], 0
    for head, value in _properties(text):
        data = _decoded_base64(head, value)
        if data is None:
            lines.append(f"{_PARAMETERS.sub('', head)}:{_decoded_text(head, value)}" if head else value)
            continue
        shown = draft.picture((f"card:{pictures}",), data, "")
        lines.append(f"{head.partition(';')[0]}: {shown or f'{len(data):,} bytes'}")
        pictures += 1
    return "\n".join(lines)


def card_picture(data: bytes, number: int) -> bytes | None:
    """Return the bytes of the embedded value with this index, counted from 0, or None when there is none."""
    values = (
        photo for head, value in _properties(decode_text(data)) if (photo := _decoded_base64(head, value)) is not None
    )
    return next((photo for index, photo in enumerate(values) if index == number), None)


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name (with its parameters) and the value of each property.

    A long line goes on in the next one, which then begins with a blank. A quoted-printable line goes on when it ends
    with “=”.
    """
    current = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        goes_on = current.endswith("=") and _QUOTED.search(current.partition(":")[0]) is not None
        if goes_on:
            current = current[:-1] + line
        elif line[:1] in {" ", "\t"}:
            current += line[1:]
        else:
            yield from _split(current)
            current = line
    yield from _split(current)


def _split(line: str) -> Iterator[tuple[str, str]]:
    head, colon, value = line.partition(":")
    if line.strip():
        yield (head, value) if colon else ("", line)


def _decoded_base64(head: str, value: str) -> bytes | None:
    """Return the bytes of a base64 value, empty when it is damaged. None: the value is text."""
    inline = _DATA.match(value)
    if inline is None and not _BINARY.search(head):
        return None
    try:
        return base64.b64decode(value[inline.end() if inline else 0 :])
    except (binascii.Error, ValueError):
        return b""


def _decoded_text(head: str, value: str) -> str:
    if not _QUOTED.search(head):
        return value
    charset = _CHARSET.search(head)
    raw = quopri.decodestring(value.encode("utf-8", "replace"))
    return " ".join(decode_declared(raw, charset[1] if charset else "").split())
