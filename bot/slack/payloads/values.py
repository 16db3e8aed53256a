"""Reads values that came from outside, where a form of payloads does not check them. What has another type is empty."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def objects(value: object) -> list[Json]:
    """The objects in a list; none if it is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def mapping(value: object) -> Json:
    """An object; empty if it is none."""
    return value if isinstance(value, Mapping) else {}


def string(value: object) -> str:
    """A text; empty if it is none."""
    return value if isinstance(value, str) else ""
