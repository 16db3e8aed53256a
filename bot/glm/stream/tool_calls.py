"""ToolCallJoiner joins the deltas of tool calls: Z.ai sends a call in one chunk, vLLM and SGLang in many pieces."""

from typing import Any
from uuid import uuid4

import orjson

from bot.core.model.messages import ToolCall
from bot.glm.stream.arguments import arguments_of

NO_NAME = "the call names no tool"


class _Pieces:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []


class ToolCallJoiner:
    """Deltas belong together by `index`; later ones may lack id, type and name."""

    def __init__(self) -> None:
        self._by_index: dict[int, _Pieces] = {}
        self._latest = -1

    def add(self, delta: object, place: int) -> None:
        """Take one delta, the `place`-th of its chunk."""
        if not isinstance(delta, dict):
            return
        call = self._call_of(delta, place)
        if isinstance(delta.get("id"), str) and delta["id"]:
            call.id = delta["id"]
        function = delta.get("function")
        if not isinstance(function, dict):
            return
        if isinstance(function.get("name"), str) and function["name"] and not call.name:
            call.name = function["name"]
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call.arguments.append(arguments)
        elif isinstance(arguments, dict):  # Ollama and others send the object itself
            call.arguments.append(orjson.dumps(arguments).decode())

    def whole(self) -> list[ToolCall]:
        """Return the calls in their order, once the answer is complete."""
        return [_call(pieces) for _, pieces in sorted(self._by_index.items())]

    def _call_of(self, delta: dict[str, Any], place: int) -> _Pieces:
        index = delta.get("index")
        if not isinstance(index, int):
            is_new = bool(delta.get("id")) or self._latest < 0
            index = max(self._latest + 1, place) if is_new else self._latest
        elif index in self._by_index and delta.get("id") and self._by_index[index].id not in {"", delta["id"]}:
            index = max(self._by_index) + 1  # the gateway numbers every call 0
        self._latest = index
        return self._by_index.setdefault(index, _Pieces())


def _call(pieces: _Pieces) -> ToolCall:
    arguments, problem = arguments_of("".join(pieces.arguments))
    return ToolCall(
        pieces.id or f"call_{uuid4().hex[:24]}", pieces.name, arguments, problem if pieces.name else NO_NAME
    )
