"""Turns an e-mail that came into a channel into a mail file (.eml), which the reader of mails reads.

Slack keeps such a mail as a file of the mode `email`: its body is a web page, and who wrote to whom, when, and what is
attached stands in the file object (https://github.com/slack-go/slack/pull/1370).
"""

import base64
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.core.thread.inbound import FileRef
from bot.slack.payloads.values import Json, mapping, objects, string

MOST_ATTACHED = 20
MOST_NAMED = 50
# Slack names this host for attachments. The token goes to files.slack.com only (design §3), which has the same paths.
ORIGIN, FILES = "https://files-origin.slack.com/files-email-priv/", "https://files.slack.com/files-email-priv/"
NO_BODY = "[The text of this mail could not be fetched.]"
ONLY_BEGINNING = "[Slack gives only the beginning of this mail.]"
NOT_FETCHED = "[Attached, but could not be fetched: {names}]"
TOO_MUCH = "[Attached, but too much to be fetched with one mail: {names}]"
NOT_IN_SLACK = "[{count} more attached, but Slack has not kept them.]"
# No line of base64 begins like this.
_BOUNDARY = "=_slack"
_HEADERS = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Bcc", "bcc"))


@dataclass(frozen=True, slots=True)
class Body:
    data: bytes
    is_html: bool

    def noting(self, words: str) -> "Body":
        """Return the body with a line of ours at its end."""
        if not self.is_html:
            return Body(self.data + f"\n\n{words}".encode(), is_html=False)
        # The page's charset is its own, so the line is written in ASCII. What follows the page's end is not read.
        line = b"\n<p>" + html.escape(words).encode("ascii", "xmlcharrefreplace") + b"</p>"
        end = self.data.lower().rfind(b"</body")
        end = len(self.data) if end < 0 else end
        return Body(self.data[:end] + line + self.data[end:], is_html=True)


@dataclass(frozen=True, slots=True)
class Attached:
    """What is attached to a mail, as far as it was fetched."""

    fetched: tuple[tuple[FileRef, bytes], ...] = ()
    refused: tuple[FileRef, ...] = ()
    too_much: tuple[FileRef, ...] = ()

    def noted_in(self, body: Body, about: Json) -> Body:
        """Return the body with a line for each kind of what is missing."""
        if self.refused:
            body = body.noting(NOT_FETCHED.format(names=names_of(self.refused)))
        if self.too_much:
            body = body.noting(TOO_MUCH.format(names=names_of(self.too_much)))
        lost = not_in_slack(about)
        return body.noting(NOT_IN_SLACK.format(count=lost)) if lost else body


def shown_body(about: Json) -> Body:
    """Return the body as far as the file object tells it."""
    page = string(about.get("preview"))
    words = string(about.get("plain_text")) or string(about.get("preview_plain_text"))
    body = Body((page or words or NO_BODY).encode(), is_html=bool(page))
    return body.noting(ONLY_BEGINNING) if (page or words) and about.get("has_more") is True else body


def attached_files(about: Json) -> tuple[FileRef, ...]:
    """Return what is attached. The id is that of the mail: Slack gives attachments none."""
    return tuple(_attached(about, part) for part in objects(about.get("attachments")))


def not_in_slack(about: Json) -> int:
    """Return how many files were attached to the mail that Slack has not kept. Pictures within the text are none."""
    told, inline = about.get("original_attachment_count"), about.get("inline_attachment_count")
    if not isinstance(told, int):
        return 0
    return max(0, told - (inline if isinstance(inline, int) else 0) - len(objects(about.get("attachments"))))


def names_of(files: Sequence[FileRef]) -> str:
    named = [file.name for file in files[:MOST_NAMED]]
    return ", ".join([*named, f"and {len(files) - MOST_NAMED} more"] if len(files) > MOST_NAMED else named)


def _attached(about: Json, part: Json) -> FileRef:
    url, size = string(part.get("url")), part.get("size")
    return FileRef(
        id=string(about.get("id")),
        name=string(part.get("filename")) or urlsplit(url.partition("?")[0]).path.rpartition("/")[2] or "attachment",
        mimetype=string(part.get("mimetype")),
        size=size if isinstance(size, int) else 0,
        url=FILES + url.removeprefix(ORIGIN) if url.startswith(ORIGIN) else url,
    )


def mail_file(about: Json, body: Body, attached: Sequence[tuple[FileRef, bytes]]) -> bytes:
    """Return the mail in the form of RFC 5322. The same mail has the same bytes each time: they are hashed."""
    kind = "text/html" if body.is_html else "text/plain; charset=utf-8"
    parts = [_part((f"Content-Type: {kind}",), body.data)]
    parts += [_part(_named(file), data) for file, data in attached]
    head = [*_head(about), "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"', ""]
    lines = [line.encode() for line in head]
    for part in parts:
        lines += [f"--{_BOUNDARY}".encode(), *part]
    return b"\n".join([*lines, f"--{_BOUNDARY}--".encode(), b""])


def _head(about: Json) -> Iterator[str]:
    for header, field in _HEADERS:
        named = list(filter(None, map(_person, objects(about.get(field)))))
        if named:
            yield f"{header}: {', '.join(named)}"
    date = _line(mapping(about.get("headers")).get("date"))
    subject = _line(about.get("subject")) or _line(about.get("title"))
    yield from (f"{name}: {words}" for name, words in (("Date", date), ("Subject", subject)) if words)


def _person(one: Json) -> str:
    name, address = _line(one.get("name")), _line(one.get("address"))
    if name and address and name != address:
        return f"{name} <{address}>"
    return name or address or _line(one.get("original"))


def _named(file: FileRef) -> tuple[str, str]:
    name = _line(file.name).replace("\\", "").replace('"', "'")
    return "Content-Type: application/octet-stream", f'Content-Disposition: attachment; filename="{name}"'


def _part(head: Sequence[str], data: bytes) -> list[bytes]:
    lines = [*head, "Content-Transfer-Encoding: base64", ""]
    return [*(line.encode() for line in lines), base64.encodebytes(data)]


def _line(value: object) -> str:
    """One line: a line break would begin another header."""
    return " ".join(string(value).split())
