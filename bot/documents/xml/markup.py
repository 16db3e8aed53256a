"""Parses XML and HTML with lxml: no entities, no network, no files, and limits on size. No other
module imports lxml.
"""

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from bot.documents.deadline import Deadline
from bot.documents.memory import refuse_without
from bot.documents.refusals import ENTITIES, damaged
from bot.errors import FileBroken

Element = Any  # lxml has no types of its own

_TOO_DEEP = "Excessive depth"  # libxml2's message when it stops reading

MOST_BYTES = 48 * 1024 * 1024  # a tree needs ten times the memory of its text
_LARGE = 1024 * 1024
_PIECE = 256 * 1024
_TO_PARSE = 2 * 1024 * 1024  # bytes of memory that must be free besides those of the tree
_TREE_TIMES = 12  # memory of a tree per byte of text; a large text is parsed only as far as memory allows
_PARSING = 0.5  # share of the remaining time; the rest is for writing the text
_FOR_TREE = 0.8  # share of the memory; the text needs far less than the tree
_PROLOGUE_BYTES = 16 * 1024
# A file may not load another file or address, nor grow by entities.
_CLOSED: Any = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse_xml(data: bytes, deadline: Deadline | None = None) -> Element:
    """Return the root element. A large part is parsed until the deadline. A damaged end is accepted, an entity
    declaration is not.

    Raises FileBroken. Raises MemoryError when no part of the tree fits into memory.
    """
    if len(data) > MOST_BYTES:
        raise damaged(f"xml of {len(data)} bytes")
    _refuse_entities(data)
    refuse_without(_TO_PARSE + _TREE_TIMES * min(len(data), _LARGE))
    if deadline is not None and len(data) > _LARGE:
        root = _parse_in_pieces(
            etree.XMLParser(**_CLOSED, dtd_validation=False, recover=True), data, deadline.part(_PARSING, _FOR_TREE)
        )
        if root is None and deadline.lacked_memory:
            raise MemoryError
        if root is None:
            raise damaged("xml cannot be parsed")
        return root
    for recover in (False, True):
        parser = etree.XMLParser(**_CLOSED, dtd_validation=False, recover=recover)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            _refuse_half_a_tree(parser)
            continue
        _refuse_half_a_tree(parser)
        if root is not None:
            return root
    raise damaged("xml cannot be parsed")


def stream_xml(source: io.IOBase | Any, tags: tuple[str, ...]) -> Iterator[Element]:
    """Yield each element of these `{*}` tags when it ends, and empty it afterwards, so that a large sheet needs little
    memory.
    """
    events = etree.iterparse(source, events=("end",), tag=tags, recover=True, **_CLOSED)
    try:
        for _, element in events:
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise damaged(f"xml: {type(error).__name__}") from error


def _parse_in_pieces(parser: Any, data: bytes, deadline: Deadline) -> Element | None:
    """Feed the parser piece by piece. When the time is up, the tree holds everything before."""
    try:
        for start in deadline.each(range(0, len(data), _PIECE)):
            parser.feed(data[start : start + _PIECE])
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError, LookupError):
        root = None
    _refuse_half_a_tree(parser)
    return root


def _refuse_half_a_tree(parser: Any) -> None:
    """Raise MemoryError when the parser ran out of memory. A parser that accepts errors would return the part it has
    instead.
    """
    if any(error.type == etree.ErrorTypes.ERR_NO_MEMORY for error in (*parser.error_log, *parser.feed_error_log)):
        raise MemoryError


def parse_html(text: str, deadline: Deadline | None = None) -> Element | None:
    """Return the root of a page as browsers read it. None: the page is empty, or nested so deeply that its end would be
    missing.
    """
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
    data = text.encode("utf-8", "replace")
    refuse_without(_TO_PARSE + _TREE_TIMES * min(len(data), _LARGE))
    if deadline is not None and len(data) > _LARGE:
        root = _parse_in_pieces(parser, data, deadline.part(_PARSING, _FOR_TREE))
    else:
        root = _parse_at_once(parser, data)
    errors = (*parser.error_log, *parser.feed_error_log)
    return None if any(_TOO_DEEP in error.message for error in errors) else root


def _parse_at_once(parser: Any, data: bytes) -> Element | None:
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    _refuse_half_a_tree(parser)
    return root


def text_with_breaks(element: Element) -> str:
    """Return preformatted text with each <br> as a line end, at any depth."""
    out: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            out.append("\n" if name(inner) == "br" else inner.text or "")
        elif inner is not element:
            out.append(inner.tail or "")
    return "".join(out)


def name(element: Element) -> str:
    """Return the tag without its namespace, or an empty string for comments and the like."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2]


def attribute(element: Element, wanted: str, default: str = "") -> str:
    """Return an attribute by its local name, in any namespace."""
    value = element.get(wanted)
    if value is not None:
        return str(value)
    for key, found in element.attrib.items():
        if key.endswith(f"}}{wanted}"):
            return str(found)
    return default


def child(element: Element | None, *path: str) -> Element | None:
    """Follow a path of local names and return the first child at each step."""
    for step in path:
        if element is None:
            return None
        element = next((inner for inner in element if name(inner) == step), None)
    return element


def children(element: Element | None, wanted: str) -> list[Element]:
    """Return the children with this local name."""
    return [] if element is None else [inner for inner in element if name(inner) == wanted]


def descendants(element: Element | None, wanted: str) -> list[Element]:
    """Return all elements with this local name, in order. The element itself may be one of them."""
    return [] if element is None else list(element.iter(f"{{*}}{wanted}"))


def value(element: Element | None, *path: str) -> str:
    """Return the `val` attribute of the child at this path, or an empty string when there is none."""
    found = child(element, *path)
    return "" if found is None else attribute(found, "val")


def all_text(element: Element | None) -> str:
    """Return the text of an element and of all elements inside it."""
    return "" if element is None else "".join(element.itertext())


def _refuse_entities(data: bytes) -> None:
    head = data[:_PROLOGUE_BYTES].replace(b"\0", b"")  # without its zeros, UTF-16 looks like ASCII
    if b"<!ENTITY" in head:
        raise FileBroken("entity declarations", user_message=ENTITIES)
