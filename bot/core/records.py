"""`read` turns stored JSON back into a dataclass, also when another version of the bot has written it.

A field that is not known is ignored. A missing field gets its default. Anything else that does not fit makes the
record unreadable, because a value of the wrong type would only break later, where nobody expects it.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot.errors import PayloadMalformed, RecordUnreadable

# Every record has a version. A record without one is of the first version.
VERSION = 1
# The largest whole number that programs with floating-point numbers (JavaScript, Lua) hold exactly.
LARGEST = 2**53

T = TypeVar("T")
Reader = Callable[[Any], Any]


def read(kind: type[T], data: object) -> T:
    """Return a value of the dataclass `kind` from `data`, its fields as plain JSON. Raises RecordUnreadable."""
    try:
        value: T = _reader(cast("Any", kind))(data)
    except RecursionError:
        raise RecordUnreadable("too deep") from None
    return value


def plain(data: bytes | str) -> dict[str, Any]:
    """Parse a JSON object. Raises RecordUnreadable."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise RecordUnreadable("no JSON") from None
    if not isinstance(value, dict):
        raise RecordUnreadable("no object")
    return value


def check_version(data: Mapping[str, Any]) -> None:
    """Raise RecordUnreadable when the record has another version."""
    version = data.get("v", VERSION)
    if type(version) is not int or version != VERSION:
        raise RecordUnreadable("of another version")


@cache
def _reader(kind: Any) -> Reader:
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return partial(_object, cast("type[Any]", kind))
    if origin is Literal:
        return partial(_one_of, args)
    if origin in {Union, UnionType}:
        (other,) = [arg for arg in args if arg is not NoneType]
        return partial(_optional, _reader(other))
    if origin is tuple:
        return partial(_list, _reader(args[0]))
    if origin is not None and issubclass(origin, Mapping):
        return partial(_mapping, int if args[0] is int else str, _reader(args[1]))
    return {str: _text, bool: _flag, int: _whole, float: _number, bytes: _bytes}[kind]


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, Reader, bool], ...]:
    """Return the name and the reader of each field, and whether it has a default."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _reader(hints[field.name]), field.default is not MISSING or field.default_factory is not MISSING)
        for field in fields(kind)
    )


def _object(kind: type[Any], data: Any) -> Any:
    if not isinstance(data, dict):
        raise RecordUnreadable(f"{kind.__name__} is no object")
    check_version(data)
    values: dict[str, Any] = {}
    for name, reader, has_default in _fields(cast("Any", kind)):
        if name in data:
            try:
                values[name] = reader(data[name])
            except RecordUnreadable as wrong:
                raise RecordUnreadable(f"{kind.__name__}.{name}: {wrong.detail}") from None
        elif not has_default:
            raise RecordUnreadable(f"{kind.__name__}.{name} is missing")
    try:
        return kind(**values)
    except PayloadMalformed as malformed:
        raise RecordUnreadable(f"{kind.__name__}: {malformed.detail}") from None


def _optional(reader: Reader, data: Any) -> Any:
    return None if data is None else reader(data)


def _list(reader: Reader, data: Any) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise RecordUnreadable("no list")
    return tuple(reader(item) for item in data)


def _mapping(key: Callable[[str], Any], reader: Reader, data: Any) -> dict[Any, Any]:
    if not isinstance(data, dict):
        raise RecordUnreadable("no object")
    try:
        return {key(name): reader(item) for name, item in data.items()}
    except ValueError:
        raise RecordUnreadable("a name that does not fit") from None


def _one_of(allowed: tuple[Any, ...], data: Any) -> Any:
    if data not in allowed:
        raise RecordUnreadable("a word that is not known")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise RecordUnreadable("no text")
    if not data.isascii():
        try:
            data.encode()
        except UnicodeEncodeError:
            raise RecordUnreadable("half a character") from None
    return data


def _bytes(data: Any) -> bytes:
    if not isinstance(data, bytes):
        raise RecordUnreadable("no bytes")
    return data


def _flag(data: Any) -> bool:
    if not isinstance(data, bool):
        raise RecordUnreadable("neither true nor false")
    return data


def _whole(data: Any) -> int:
    if type(data) is not int or abs(data) > LARGEST:
        raise RecordUnreadable("no whole number")
    return data


def _number(data: Any) -> float:
    if type(data) not in {int, float} or abs(data) > LARGEST or math.isnan(data):
        raise RecordUnreadable("no number")
    return float(data)
