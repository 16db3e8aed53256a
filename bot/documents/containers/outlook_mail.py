"""Converts an Outlook message that is attached to another one to a mail (.eml), so that `mail` can read it."""

from email.message import EmailMessage
from email.utils import format_datetime

from bot.documents.containers.outlook_properties import Properties
from bot.documents.pages.builder import tidy
from bot.documents.text.encoding import decode_declared
from bot.documents.text.html import declared_encoding
from bot.documents.text.rtf import plain_rtf, unpacked_rtf

SENT, DELIVERED = "0039", "0E06"
_MOST_DEPTH = 5
_MOST_ATTACHMENTS = 250  # more than the reader of mails takes, which says so
_HTML, _RTF, _FILE = "10130102", "10090102", "37010102"


def sender(own: Properties) -> str:
    """Return the sender of a message: name, address, or both."""
    name, address = own.text("0C1A"), own.text("5D01") or own.text("0C1F")
    if not name:
        return address
    return f"{name} <{address}>" if "@" in address and address != name else name


def as_mail(own: Properties, depth: int = 0) -> bytes:
    """Return the bytes of the message as a mail."""
    mail = EmailMessage()
    _set_body(mail, own)
    for storage in own.attachments()[:_MOST_ATTACHMENTS] if depth < _MOST_DEPTH else ():
        name = " ".join(tidy(own.file_name(storage)).split())
        inner = own.embedded(storage)
        data = own.data(_FILE, storage) if inner is None else as_mail(inner, depth + 1)
        name = name or "attachment"
        named = name if inner is None else f"{name}.eml"
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=named)
    return _head(own) + mail.as_bytes()


def _head(own: Properties) -> bytes:
    """Write the header as bytes. The standard library refuses some real addresses; `mail` reads all of them."""
    moment = own.moment(SENT) or own.moment(DELIVERED)
    fields = {
        "From": sender(own),
        "To": own.text("0E04"),
        "Cc": own.text("0E03"),
        "Subject": own.text("0037"),
        "Date": format_datetime(moment) if moment else "",
    }
    lines = (f"{name}: {words}\n" for name, text in fields.items() if (words := " ".join(tidy(text).split())))
    return "".join(lines).encode()


def _set_body(mail: EmailMessage, own: Properties) -> None:
    """Set the body: the plain text, or the HTML or the packed RTF when there is no plain text."""
    plain, html, packed = own.text("1000"), own.data(_HTML), own.data(_RTF)
    if plain.strip() or not html:
        mail.set_content(tidy(plain) if plain.strip() else plain_rtf(unpacked_rtf(packed)) if packed else "")
    else:
        mail.set_content(decode_declared(html, declared_encoding(html)), subtype="html")
