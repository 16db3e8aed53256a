"""Reads the parts of a delta, and knows which of a whole message were in the deltas before it."""

from collections.abc import Mapping
from typing import Any

_THOUGHTS = frozenset({"reasoning_content", "reasoning"})
_PARTS = frozenset({"content", "tool_calls"}) | _THOUGHTS


def brings_something(delta: object) -> bool:
    """Tell whether a delta holds a part of the answer; the first one and the last one often hold none."""
    return isinstance(delta, Mapping) and any(map(delta.get, _PARTS))


def text_of(content: object) -> str:
    """Content is text or null; some gateways send a list of text parts."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


class DeltasSoFar:
    """Takes the deltas, so that a whole message after them is not shown twice: MiniMax and Perplexity end their streams
    with one (https://github.com/abundantbeing/hermes-browser-extension/issues/11).
    """

    def __init__(self) -> None:
        self._text: list[str] = []
        self._parts: set[str] = set()

    def add(self, delta: Mapping[str, Any]) -> None:
        self._text.append(text_of(delta.get("content")))
        self._parts |= {part for part in _PARTS if delta.get(part)}

    def rest_of(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the message has besides. Where no deltas came, the messages are the pieces themselves."""
        if not self._parts:
            return message
        known = self._parts | (_THOUGHTS if self._parts & _THOUGHTS else set())
        text, before = text_of(message.get("content")).lstrip(), "".join(self._text).lstrip()
        rest = {part: message.get(part) for part in _PARTS - known}
        return rest | {"content": text[len(before) :] if text.startswith(before) else ""}
