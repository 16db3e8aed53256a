"""Reads e-mails (.eml): sender, recipients, date, body and attachments."""

import base64
import codecs
import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from itertools import pairwise

from bot.documents.containers.mail_head import mended, raw_field
from bot.documents.pages.builder import Draft, tidy
from bot.documents.pages.notices import MORE_ATTACHED
from bot.documents.text.encoding import decode_declared, decode_text, is_wide
from bot.documents.text.html import html_text, markdown
from bot.documents.text.plain import cleaned

_FIELDS = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject")
_MOST_PARTS = 200
# The style sheets and scripts of a saved web page (.mht). No person reads them.
_PAGE_PARTS = re.compile(
    r"\.(?:css|m?js|thmx|mso)(?:[?#]|$)|/(?:filelist|colorschememapping|themedata)\.xml$", re.IGNORECASE
)
_WHEN = rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"  # some programs write no empty line before it
_FROM_LINE = re.compile(
    rb"(?:(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]{3,200}\d{4}[^\n]{0,20}|(?<=\n)From \S{1,200} +%s)\r?\n(?=[\w-]+:)"
    % _WHEN
)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file. `place` is the step that leads to it inside the mail (“part:3”)."""

    name: str
    data: bytes
    place: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that was read. `head` holds lines of Markdown; the attachments are in the order of the mail."""

    head: str
    body: str
    attachments: tuple[Attachment, ...]


def read_eml(data: bytes, draft: Draft) -> Letter:
    """Read a mail. Embedded pictures of its body are added to the draft."""
    message = _message(data)
    charset = _charset(message)
    head = [f"**{name}:** {text}" for name in _FIELDS if (text := _field(message, name, charset))]
    body = _body(message, draft)
    attachments = tuple(Attachment(name, _content(part), f"part:{place}") for place, name, part in _attached(message))
    if len(_walk(message, _MOST_PARTS + 1)) > _MOST_PARTS:
        draft.note(MORE_ATTACHED.format(count=len(attachments)))
    return Letter("\n".join(head), body, attachments)


def messages(data: bytes) -> list[bytes]:
    """Split a mailbox into its mails, each of which begins with a line “From …”. A single mail is returned as it is."""
    starts = [found.start() for found in _FROM_LINE.finditer(data)] if data.startswith(b"From ") else []
    return [data[begin:end] for begin, end in pairwise([*starts, len(data)])] if len(starts) > 1 else [data]


def attachment_bytes(data: bytes, place: int) -> bytes | None:
    """Return the bytes of the part with this number among all parts, or None."""
    message = _message(data)
    return next((_content(part) for at, _, part in _attached(message) if at == place), None)


def _message(data: bytes) -> EmailMessage:
    """Parse a mail. Editors save mails as UTF-16 or with a BOM too, so it is decoded first when necessary."""
    if data.startswith(_MARKS) or is_wide(data):
        data = decode_text(data).encode()
    return email.message_from_bytes(mended(data), policy=email.policy.default)


def _charset(message: EmailMessage) -> str:
    """Return the charset of the first text part."""
    named = (part.get_content_charset() for part in _walk(message) if part.get_content_maintype() == "text")
    return next((charset for charset in named if charset and charset != "us-ascii"), "")


def _field(message: Message, name: str, charset: str) -> str:
    try:
        raw = raw_field(message, name, charset)
        if raw:
            return tidy(" ".join(raw.split()))
        return tidy(" ".join(str(message.get(name, "")).split()))
    except Exception:  # noqa: BLE001 - the standard library's header parser raises many things on broken headers
        raw = next((text for key, text in message.raw_items() if key.lower() == name.lower()), "")
        return tidy(" ".join(str(raw).split()))


def _body(message: EmailMessage, draft: Draft) -> str:
    """Return the plain text, or the HTML part as Markdown when there is no plain text or the HTML holds a table."""
    plain, html = "", ""
    for part in _walk(message):
        if part.get_content_disposition() == "attachment" or part.is_multipart() or _is_for_a_page(part):
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and not part.get_filename():
            plain += f"\n\n{_text(part)}"
        elif kind == "text/html" and not part.get_filename():
            charset = part.get_content_charset() or ""
            content = _content(part)
            html += "\n\n" + markdown(decode_declared(content, charset) if charset else html_text(content), draft)
    is_richer = "| --- |" in html and len(re.findall(r"\w+", html)) >= 0.8 * len(re.findall(r"\w+", plain))
    return html if html.strip() and (is_richer or not plain.strip()) else plain


def _attached(message: EmailMessage) -> list[tuple[int, str, Message]]:
    found = []
    for place, part in enumerate(_walk(message)):
        name = _file_name(part)
        if _is_for_a_page(part):
            continue
        is_body = not name and part.get_content_type() in {"text/plain", "text/html"}
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        if is_body and part.get_content_disposition() != "attachment":
            continue
        found.append((place, name or _place_name(part) or f"part {place} ({part.get_content_type()})", part))
    return found


def _walk(message: Message, most: int = _MOST_PARTS) -> list[Message]:
    """Return the first parts, but not the parts of attached mails."""
    found: list[Message] = []
    stack = [message]
    while stack and len(found) < most:
        part = stack.pop(0)
        found.append(part)
        if part.is_multipart() and (part is message or part.get_content_type() != "message/rfc822"):
            payload = part.get_payload()
            stack = (
                [inner for inner in payload if isinstance(inner, Message)] + stack
                if isinstance(payload, list)
                else stack
            )
    return found


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # noqa: BLE001 - as `_field`
        return ""
    if not name and part.get_content_type() == "message/rfc822":
        return "attached message.eml"
    return tidy(name)


def _is_for_a_page(part: Message) -> bool:
    """Say whether the part is a style sheet or a script of a saved web page."""
    location = str(part.get("Content-Location", "")).strip()
    is_code = part.get_content_type() in {"text/css", "text/javascript", "application/javascript"}
    return bool(location) and (is_code or _PAGE_PARTS.search(location) is not None)


def _place_name(part: Message) -> str:
    """Return the end of the address of a saved page's picture as its file name."""
    address = str(part.get("Content-Location", "")).strip().partition("?")[0]
    return tidy(address.rstrip("/").rpartition("/")[2])[:80]


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return _inner_mail(part, first) if isinstance(first, Message) else b""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return b""
    is_base64 = str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"
    encoded = str(part.get_payload()).encode("utf-8", "surrogateescape") if is_base64 else b""
    was_left = is_base64 and payload == b"".join(encoded.splitlines())
    return _as_far_as_it_goes(payload) if was_left else payload


def _inner_mail(part: Message, inner: Message) -> bytes:
    """Return an attached mail. Some programs encode it, which the standard forbids, so the standard library doesn't
    decode it.
    """
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in {"base64", "quoted-printable"} or inner.keys():
        return bytes(inner)
    holder = Message()
    holder["Content-Transfer-Encoding"] = encoding
    holder.set_payload(inner.get_payload())
    return _content(holder)


def _as_far_as_it_goes(encoded: bytes) -> bytes:
    """Decode base64 that ends in the middle of a group of four, which the standard library doesn't decode."""
    letters = _NO_BASE64.sub(b"", encoded)
    decodable = len(letters) - (1 if len(letters) % 4 == 1 else 0)
    return base64.b64decode(letters[:decodable] + b"=" * (-decodable % 4))


def _text(part: Message) -> str:
    return cleaned(decode_declared(_content(part), part.get_content_charset() or ""))
