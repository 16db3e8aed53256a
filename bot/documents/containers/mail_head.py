"""Repairs mail headers that break the standard: letters in any charset without a declaration, parameters without
quotes.
"""

import base64
import binascii
import email.header
import quopri
import re
from email.errors import HeaderParseError
from email.message import Message
from urllib.parse import quote_from_bytes

from bot.documents.text.encoding import decode_declared

_FIELD = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(
    rb"(?P<lead>[;\s])(?P<key>boundary|filename|name)=(?:\"(?P<quoted>[^\"\r\n]*)\"|(?P<bare>[^\s\";][^;\r\n]*))",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"=\?[\w.+*-]{1,60}\?[bq]\?[^?\s]*\?=", re.IGNORECASE)
_ENCODED_RUN = re.compile(rb"=\?([\w.+*-]{1,60})\?[bq]\?[^?\s]*\?=(?:\s{1,20}=\?\1\?[bq]\?[^?\s]*\?=)+", re.IGNORECASE)
_ONE_ENCODED = re.compile(rb"=\?[\w.+*-]{1,60}\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LOOSE_COLON = re.compile(rb"^([!-9;-~]{1,60})[ \t]{1,20}:", re.MULTILINE)
_TOKEN = re.compile(rb"[\w.+-]+")
_MOST_HEADS = 5_000_000


def mended(data: bytes) -> bytes:
    """Return the mail with standard parameters: boundary=----=_1 and name=Bericht März.pdf get quotes.

    Old programs put blanks before the colon of a field (RFC 5322, 4.5.3); the standard library takes such a field for
    text. When a name has several encoded words, the library keeps the blanks between them, which mean nothing (RFC
    2047, 6.2).
    """
    head = data[:_MOST_HEADS]
    end = _HEAD_END.search(head)
    own = head[: end.start() if end else len(head)]
    head = _ENCODED_RUN.sub(_as_one_word, _LOOSE_COLON.sub(rb"\1:", own)) + head[len(own) :]
    return _FIELD.sub(lambda field: _PARAMETER.sub(_as_standard, field[0]), head) + data[_MOST_HEADS:]


def _as_one_word(found: re.Match[bytes]) -> bytes:
    """Join encoded words, because a letter of several bytes may be split between two of them."""
    parts = []
    for kind, body in _ONE_ENCODED.findall(found[0]):
        if kind in b"Qq":
            parts.append(quopri.decodestring(body.replace(b"_", b" ")))
            continue
        try:
            parts.append(base64.b64decode(body + b"=" * (-len(body) % 4)))
        except (binascii.Error, ValueError):
            return found[0]
    return b"=?%s?b?%s?=" % (found[1], base64.b64encode(b"".join(parts)))


def _as_standard(found: re.Match[bytes]) -> bytes:
    lead, key, quoted, bare = found.group("lead", "key", "quoted", "bare")
    value = quoted if quoted is not None else bare.rstrip()
    if not value.isascii() and key.lower() != b"boundary":
        return b"%s%s*=utf-8''%s" % (lead, key, quote_from_bytes(decode_declared(value, "").encode()).encode())
    if quoted is not None or _TOKEN.fullmatch(value):
        return found[0]
    return b'%s%s="%s"' % (lead, key, value)


def raw_field(message: Message, name: str, charset: str) -> str:
    """Return the value of a field that holds undeclared letters beyond ASCII, or an empty string when it has none.

    `charset` is the one of the body; such fields mostly use it too.
    """
    raw = next((str(text) for key, text in message.raw_items() if key.lower() == name.lower()), "")
    if not any("\udc80" <= letter <= "\udcff" for letter in raw):
        return ""
    text = decode_declared(raw.encode("utf-8", "surrogateescape"), charset)
    return _ENCODED.sub(_decoded, text)


def _decoded(found: re.Match[str]) -> str:
    try:
        return str(email.header.make_header(email.header.decode_header(found[0])))
    except (HeaderParseError, LookupError, ValueError):
        return found[0]
