"""Redis's replies as text; bytes that are no UTF-8 are told as far as they go."""

from collections.abc import Mapping
from typing import Any


def text_of(value: Any) -> str:
    """A word of a reply; scripts give numbers too."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def texts_of(fields: Mapping[Any, Any]) -> dict[str, str]:
    """A whole hash: its fields and their values."""
    return {text_of(name): text_of(value) for name, value in fields.items()}
