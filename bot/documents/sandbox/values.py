"""Encodes and decodes the answers of workers as plain data, so that decoding runs no code.

A worker has read a stranger's file, which may control it now. Its answer is JSON of plain values and of the classes in
`KNOWN`, followed by the bytes of pictures. Every field must fit its annotation.

The form: eight bytes of length, the JSON, then the bytes objects one after the other. In the JSON an array is a tuple.
An object has one key, which says what it stands for: `{"bytes": length}`, `{"list": […]}`,
`{"dict": [[key, value], …]}` or `{"Page": [fields in their order]}`.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from bot.core.document import Document, OutlineEntry, Page
from bot.core.drawing import Comparison, EncodedPicture
from bot.core.files.web_page import PageContent
from bot.core.images import PreparedImage
from bot.documents.pdf.pages import PdfAbout, PdfPages

KNOWN: tuple[type, ...] = (
    Document,
    Page,
    OutlineEntry,
    PreparedImage,
    EncodedPicture,
    Comparison,
    PdfAbout,
    PdfPages,
    PageContent,
)

LENGTH_BYTES = 8
MOST_JSON_BYTES = 64 << 20
_PLAIN = (str, int, float, bool, type(None))


def encode(value: object) -> list[bytes]:
    """Return the answer in pieces, so that large pictures are not copied. Raises TypeError for other values."""
    blobs: list[bytes] = []
    text = json.dumps(_as_json(value, blobs), ensure_ascii=False, separators=(",", ":"))
    head = text.encode("utf-8", "surrogatepass")
    return [len(head).to_bytes(LENGTH_BYTES, "big"), head, *blobs]


def decode(data: bytes, known: Iterable[type] = KNOWN) -> object:
    """Return the value of an answer. Raises ValueError when its form is wrong anywhere."""
    length = int.from_bytes(data[:LENGTH_BYTES], "big")
    rest = memoryview(data)[LENGTH_BYTES:]
    if not 0 < length <= min(len(rest), MOST_JSON_BYTES):
        raise ValueError("an answer of a wrong length")
    try:
        answer = json.loads(str(rest[:length], "utf-8", "surrogatepass"), parse_constant=_refuse_constant)
        reader = _Reader(rest[length:], {kind.__name__: kind for kind in known})
        value = reader.value(answer)
    except RecursionError:
        raise ValueError("an answer nested too deeply") from None
    if reader.unread:
        raise ValueError("an answer with bytes that belong to nothing")
    return value


def _as_json(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, bytes):
        blobs.append(value)
        return {"bytes": len(value)}
    if isinstance(value, tuple):
        return [_as_json(item, blobs) for item in value]
    if isinstance(value, list):
        return {"list": [_as_json(item, blobs) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_as_json(key, blobs), _as_json(item, blobs)] for key, item in value.items()]}
    if dataclasses.is_dataclass(value):
        fields = [_as_json(getattr(value, field.name), blobs) for field in dataclasses.fields(value)]
        return {type(value).__name__: fields}
    raise TypeError(f"{type(value).__name__} cannot travel")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


class _Reader:
    """Turns the JSON of an answer into values. `unread` are the bytes that no value has used yet."""

    def __init__(self, blobs: memoryview, known: dict[str, type]) -> None:
        self.unread = blobs
        self._known = known

    def value(self, node: Any) -> Any:
        """Return the value of one node of the JSON. Raises ValueError when its form is wrong."""
        if isinstance(node, list):
            return tuple([self.value(item) for item in node])
        if not isinstance(node, dict):
            return node
        if len(node) != 1:
            raise ValueError("an answer that names nothing")
        ((name, inside),) = node.items()
        if name == "bytes":
            return self._bytes(inside)
        if not isinstance(inside, list):
            raise ValueError(f"{name} without its parts")  # noqa: TRY004 - one kind of error for all that is wrong
        if name == "list":
            return [self.value(item) for item in inside]
        if name == "dict":
            return dict([self._pair(pair) for pair in inside])
        return self._dataclass(name, inside)

    def _bytes(self, length: Any) -> bytes:
        if type(length) is not int or not 0 <= length <= len(self.unread):
            raise ValueError("bytes of a wrong length")
        found, self.unread = bytes(self.unread[:length]), self.unread[length:]
        return found

    def _pair(self, node: Any) -> tuple[str | int, Any]:
        match node:
            case [str() | int() as key, inside]:
                return key, self.value(inside)
            case _:
                raise ValueError("a pair that is none")

    def _dataclass(self, name: str, inside: list[Any]) -> Any:
        kind = self._known.get(name)
        if kind is None:
            raise ValueError(f"{name[:40]!r} is not a value")
        hints = _hints(kind)
        fields = [self.value(field) for field in inside]
        if len(fields) != len(hints) or not all(map(_fits, fields, hints)):
            raise ValueError(f"{name} with fields that do not fit")
        return kind(*fields)


@cache
def _hints(kind: type) -> tuple[Any, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(hints[field.name] for field in dataclasses.fields(kind))


def _fits(value: Any, hint: Any) -> bool:
    if isinstance(hint, type) and not typing.get_args(hint):
        return type(value) is hint or (hint is float and type(value) is int)
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return any(_fits(value, option) for option in inside)
    if origin is Literal:
        return value in inside
    if origin is not tuple or type(value) is not tuple:
        return False
    if inside[1:] == (...,):
        return all(_fits(item, inside[0]) for item in value)
    return len(value) == len(inside) and all(map(_fits, value, inside))
