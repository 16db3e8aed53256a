"""Reads a downloaded web page: its title, its main part as Markdown with absolute addresses, and its main pictures.

The bytes decide what the file is: a PDF is a PDF whatever the header of the server says. The header is used only when
the bytes don't tell.
"""

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urljoin

from bot.core.files.web_page import PageContent
from bot.documents.deadline import Deadline
from bot.documents.detect.file_types import Kind
from bot.documents.detect.sniff import sniff
from bot.documents.memory import Room
from bot.documents.pages.builder import Draft, tidy
from bot.documents.text.encoding import decode_declared
from bot.documents.text.html import declared_encoding, page_markdown, without_tags
from bot.documents.xml.markup import Element, all_text, parse_html

MOST_CHARS = 200_000
MOST_TITLE_CHARS = 300
MOST_PICTURES = 3
READ_S = 4.0
_ROOM_SHARE = 0.6
# A picture of at least this many pixels a side is content, not an icon.
LARGE_PX = 200
ENOUGH_CHARS = 200

_HTML = ("text/html", "application/xhtml+xml")
_TEXTS = ("text/", "application/json", "application/xml", "application/javascript", "application/x-ndjson")
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
# Left out: controls, and the parts around the main one.
_CONTROLS = frozenset({"svg", "noscript", "button", "input", "select", "textarea"})
_AROUND = _CONTROLS | {"nav", "aside", "footer"}
_PICTURES = (
    "//meta[@property='og:image' or @property='og:image:url' or @property='og:image:secure_url']/@content",
    "//meta[@name='twitter:image' or @property='twitter:image' or @name='twitter:image:src']/@content",
    "//link[@rel='image_src']/@href",
)


def read_web_page(data: bytes, content_type: str, url: str) -> PageContent:
    """Return what the page holds. `content_type` is the header of the server, `url` the address of the page."""
    declared, found = content_type.partition(";")[0].strip().lower(), sniff(data)
    if _is_file(found, declared):
        mime = declared if declared.startswith("image/") else f"image/{found.kind}" if found.is_image else ""
        return PageContent(found.kind, mime, is_file=True)
    header = _HEADER.search(content_type)
    charset = header[1] if header else ""
    if declared in _HTML or (found.kind == "html" and not _is_text(declared)):
        return _page(decode_declared(data, charset or declared_encoding(data)), url)
    if not _is_text(declared) and found.family != "text":
        return PageContent(found.kind, declared, is_readable=False)
    text = decode_declared(data, charset)
    return PageContent("text", text=text[:MOST_CHARS], is_cut=len(text) > MOST_CHARS)


def _is_file(found: Kind, declared: str) -> bool:
    is_document = found.family == "document" and found.kind != "html"
    return (
        is_document or found.is_image or found.kind == "zip" or (declared.startswith("image/") and found.kind == "xml")
    )


def _is_text(declared: str) -> bool:
    return declared.startswith(_TEXTS) or declared.endswith(("+json", "+xml"))


def _page(text: str, url: str) -> PageContent:
    draft = Draft("html", deadline=Deadline(READ_S, room=Room(_ROOM_SHARE)))
    root = parse_html(text.replace("\0", ""), draft.deadline)
    if root is None:
        words = without_tags(text)
        return PageContent("html", text=words[:MOST_CHARS], is_cut=len(words) > MOST_CHARS)
    base = _joined(url, next(iter(root.xpath("//base/@href")), "")) or url
    body = page_markdown(_main(root), draft, base, _AROUND) or page_markdown(root, draft, base, _CONTROLS)
    body = tidy(body.replace("\u00a0", " ")).strip()
    is_cut = len(body) > MOST_CHARS or draft.deadline.has_omissions
    return PageContent("html", "", _title(root), body[:MOST_CHARS], tuple(_pictures(root, base)), is_cut)


def _main(root: Element) -> Element:
    """Return the one element that the page marks as its main part, or the root."""
    for path in ("//main | //*[@role='main']", "//article"):
        found = root.xpath(path)
        if len(found) == 1 and len(all_text(found[0])) >= ENOUGH_CHARS:
            return found[0]
    return root


def _title(root: Element) -> str:
    for path in ("//head/title", "//title[not(ancestor::svg)]", "//h1"):
        title = next((" ".join(all_text(element).split()) for element in root.xpath(path)[:1]), "")
        if title:
            return title[:MOST_TITLE_CHARS]
    return ""


def _pictures(root: Element, base: str) -> list[str]:
    declared = (str(value) for path in _PICTURES for value in root.xpath(path))
    found: list[str] = []
    for address in chain(declared, _large(root)):
        absolute = _joined(base, address)
        if absolute.startswith(("http://", "https://")) and absolute not in found:
            found.append(absolute)
        if len(found) == MOST_PICTURES:
            break
    return found


def _large(root: Element) -> Iterator[str]:
    for image in root.iter("img"):
        sides = [image.get(side, "").strip().removesuffix("px") for side in ("width", "height")]
        address = image.get("src", "")
        is_icon = re.search(r"\.svg\b|icon|logo|sprite|avatar|pixel", address[:500], re.IGNORECASE)
        if address and not is_icon and all(int(side) >= LARGE_PX for side in sides if re.fullmatch("[0-9]{1,8}", side)):
            yield address


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""
