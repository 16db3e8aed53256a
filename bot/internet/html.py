"""A web page's bytes → its title, its main text as Markdown and the addresses of its main picture."""

import codecs
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from bot.internet.markdown import AROUND, DROPPED, Writer

MOST_CHARS = 200_000
MOST_TITLE_CHARS = 300
MOST_PICTURES = 3
READ_S = 2.0
# A picture of at least this many pixels a side is content, not an icon.
LARGE_PX = 200
ENOUGH_CHARS = 200
META_BYTES = 4096

_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# As browsers read these names: https://encoding.spec.whatwg.org/#names-and-labels
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "shift_jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "iso-8859-9": "cp1254", "utf-16": "utf-16-le",
}  # fmt: skip
_PICTURES = (
    "//meta[@property='og:image' or @property='og:image:url' or @property='og:image:secure_url']/@content",
    "//meta[@name='twitter:image' or @property='twitter:image' or @name='twitter:image:src']/@content",
    "//link[@rel='image_src']/@href",
)


@dataclass(frozen=True, slots=True)
class Reading:
    title: str = ""
    text: str = ""
    pictures: tuple[str, ...] = ()
    is_cut: bool = False


def decode(data: bytes, content_type: str = "", *, is_markup: bool = False) -> str:
    """By byte order mark, header, what a page says of itself, else UTF-8. Never fails."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    header = _HEADER.search(content_type)
    declared = (_META.search(data[:META_BYTES]) or _XML.search(data[:200])) if is_markup else None
    name = header[1] if header else declared[1].decode("ascii", "replace") if declared else "utf-8"
    name = _WIDER.get(name.lower(), name)
    try:
        return data.decode(codecs.lookup(name).name, "replace")
    except (LookupError, ValueError):  # no such encoding, or one that is not for text
        return data.decode("utf-8", "replace")


def read_html(data: bytes, content_type: str, url: str) -> Reading:
    """Takes at most READ_S and a little; blocks, so call it in a thread."""
    from lxml import etree, html  # type: ignore[import-untyped]  # noqa: PLC0415 - 4 MB, of no use until a page is read

    deadline = time.monotonic() + READ_S
    text = decode(data, content_type, is_markup=True).replace("\0", "")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Reading()
    base = _base(root, url)
    writer = Writer(base, DROPPED | AROUND, MOST_CHARS, deadline)
    body = writer.write(_main(root))
    if not body:
        writer = Writer(base, DROPPED, MOST_CHARS, deadline)
        body = writer.write(root)
    return Reading(_title(root), body, tuple(_pictures(root, base)), writer.is_cut)


def _base(root: Any, url: str) -> str:
    try:
        return urljoin(url, str(next(iter(root.xpath("//base/@href")), "")))
    except ValueError:
        return url


def _main(root: Any) -> Any:
    """The one element that holds the text, where a page says so."""
    for path in ("//main | //*[@role='main']", "//article"):
        found = root.xpath(path)
        if len(found) == 1 and sum(map(len, found[0].itertext())) >= ENOUGH_CHARS:
            return found[0]
    return root


def _title(root: Any) -> str:
    for path in ("//head/title", "//title[not(ancestor::svg)]", "//h1"):
        for element in root.xpath(path)[:1]:
            title = " ".join("".join(element.itertext()).split())
            if title:
                return title[:MOST_TITLE_CHARS]
    return ""


def _pictures(root: Any, base: str) -> list[str]:
    found: list[str] = []
    for address in (*(value for path in _PICTURES for value in root.xpath(path)), *_large(root)):
        try:
            whole = urljoin(base, address.strip())
        except ValueError:
            continue
        if whole.startswith(("http://", "https://")) and whole not in found:
            found.append(whole)
        if len(found) == MOST_PICTURES:
            break
    return found


def _large(root: Any) -> Iterator[str]:
    for image in root.iter("img"):
        sides = [_pixels(image.get(side)) for side in ("width", "height")]
        address = image.get("src") or ""
        is_icon = re.search(r"\.svg\b|icon|logo|sprite|avatar|pixel", address, re.IGNORECASE)
        if address and not is_icon and all(side is None or side >= LARGE_PX for side in sides):
            yield address


def _pixels(value: str | None) -> int | None:
    number = (value or "").strip().removesuffix("px")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
