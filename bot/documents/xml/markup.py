"""XML and HTML through lxml, the only place that knows it: no entities, no network, no files, bounded."""

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from bot.documents.deadline import Deadline
from bot.documents.memory import refuse_without
from bot.documents.refusals import ENTITIES, damaged
from bot.errors import FileBroken

Element = Any  # lxml has no types of its own

_TOO_DEEP = "Excessive depth"  # as libxml2 says it, and stops reading

MOST_BYTES = 48 * 1024 * 1024  # a tree takes ten times its text
_LARGE = 1024 * 1024
_PIECE = 256 * 1024
_TO_PARSE = 2 * 1024 * 1024  # bytes of memory, besides those of the tree: less, and there is no use in beginning
_TREE_TIMES = 12  # as large as its text; of a large one less is parsed where less is left
_PARSING = 0.5  # of the time that is left: what was parsed has to be written down
_FOR_TREE = 0.8  # of the memory: its text is far smaller
_PROLOGUE_BYTES = 16 * 1024
# No file may name another one, or an address, or grow by its own words.
_CLOSED: Any = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse_xml(data: bytes, deadline: Deadline | None = None) -> Element:
    """The root element; of a large part as much as there is time for. A damaged end is forgiven, an entity declaration
    is not. Raises FileBroken.
    """
    if len(data) > MOST_BYTES:
        raise damaged(f"xml of {len(data)} bytes")
    _refuse_entities(data)
    refuse_without(_TO_PARSE + _TREE_TIMES * min(len(data), _LARGE))
    if deadline is not None and len(data) > _LARGE:
        root = _fed(
            etree.XMLParser(**_CLOSED, dtd_validation=False, recover=True), data, deadline.part(_PARSING, _FOR_TREE)
        )
        if root is None and deadline.was_full:
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
    """Each element of these `{*}` tags as it ends, emptied afterwards, so that a large sheet takes little memory."""
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


def _fed(parser: Any, data: bytes, deadline: Deadline) -> Element | None:
    """Piece by piece: a tree that is not whole still has all that came before."""
    try:
        for start in deadline.each(range(0, len(data), _PIECE)):
            parser.feed(data[start : start + _PIECE])
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError, LookupError):
        root = None
    _refuse_half_a_tree(parser)
    return root


def _refuse_half_a_tree(parser: Any) -> None:
    """A parser that forgives errors forgives a want of memory too, and gives what it had as the whole."""
    if any(error.type == etree.ErrorTypes.ERR_NO_MEMORY for error in (*parser.error_log, *parser.feed_error_log)):
        raise MemoryError


def parse_html(text: str, deadline: Deadline | None = None) -> Element | None:
    """The root of a page as browsers would take it, or None when there is nothing in it, or it is nested so deeply that
    what comes after would be missing.
    """
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
    data = text.encode("utf-8", "replace")
    refuse_without(_TO_PARSE + _TREE_TIMES * min(len(data), _LARGE))
    if deadline is not None and len(data) > _LARGE:
        root = _fed(parser, data, deadline.part(_PARSING, _FOR_TREE))
    else:
        root = _whole(parser, data)
    errors = (*parser.error_log, *parser.feed_error_log)
    return None if any(_TOO_DEEP in error.message for error in errors) else root


def _whole(parser: Any, data: bytes) -> Element | None:
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    _refuse_half_a_tree(parser)
    return root


def text_with_breaks(element: Element) -> str:
    """Preformatted text, its <br> as line ends, however deep it lies."""
    out: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            out.append("\n" if name(inner) == "br" else inner.text or "")
        elif inner is not element:
            out.append(inner.tail or "")
    return "".join(out)


def name(element: Element) -> str:
    """Its tag without the namespace; empty for what is no element."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2]


def attribute(element: Element, wanted: str, default: str = "") -> str:
    """An attribute by its local name, whatever namespace it is in."""
    value = element.get(wanted)
    if value is not None:
        return str(value)
    for key, found in element.attrib.items():
        if key.endswith(f"}}{wanted}"):
            return str(found)
    return default


def child(element: Element | None, *path: str) -> Element | None:
    """The first child by local names, step by step."""
    for step in path:
        if element is None:
            return None
        element = next((inner for inner in element if name(inner) == step), None)
    return element


def children(element: Element | None, wanted: str) -> list[Element]:
    return [] if element is None else [inner for inner in element if name(inner) == wanted]


def descendants(element: Element | None, wanted: str) -> list[Element]:
    return [] if element is None else list(element.iter(f"{{*}}{wanted}"))


def value(element: Element | None, *path: str) -> str:
    """The `val` attribute of a child, empty when there is none."""
    found = child(element, *path)
    return "" if found is None else attribute(found, "val")


def all_text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def _refuse_entities(data: bytes) -> None:
    head = data[:_PROLOGUE_BYTES].replace(b"\0", b"")  # UTF-16 too
    if b"<!ENTITY" in head:
        raise FileBroken("entity declarations", user_message=ENTITIES)
