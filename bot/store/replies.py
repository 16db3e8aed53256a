"""Reads replies of Redis as text. Bytes that are no UTF-8 become replacement characters."""

from collections.abc import Mapping
from typing import Any


def text_of(value: Any) -> str:
    """Return one value of a reply as text; scripts return numbers too."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def texts_of(fields: Mapping[Any, Any]) -> dict[str, str]:
    """Return a hash of Redis with its fields and values as text."""
    return {text_of(name): text_of(value) for name, value in fields.items()}
