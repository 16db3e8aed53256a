"""ToolCallJoiner joins the deltas of tool calls: Z.ai sends a call in one chunk, vLLM and SGLang in many pieces."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from bot.core.model.messages import ToolCall
from bot.glm.stream.arguments import arguments_of, is_whole

NO_NAME = "the call names no tool"


@dataclass(frozen=True, slots=True)
class _Delta:
    index: int | None
    id: str
    name: str
    arguments: str
    is_first: bool  # of its chunk

    @classmethod
    def of(cls, delta: dict[str, Any], place: int) -> "_Delta":
        index, call_id, function = delta.get("index"), delta.get("id"), delta.get("function")
        given = function if isinstance(function, dict) else {}
        name, arguments = given.get("name"), given.get("arguments")
        if isinstance(arguments, dict):  # Ollama and others send the object itself
            arguments = orjson.dumps(arguments).decode()
        return cls(
            index if isinstance(index, int) else None,
            call_id if isinstance(call_id, str) else "",
            name if isinstance(name, str) else "",
            arguments if isinstance(arguments, str) else "",
            place == 0,
        )


@dataclass(eq=False, slots=True)
class _Call:
    """`index` is None where the server counts nothing; `place` orders the calls. `is_doubtful`: it may be no call, but
    the last piece of the one before it, since it repeats the name.
    """

    index: int | None
    place: int
    is_doubtful: bool
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    @property
    def written(self) -> str:
        return "".join(self.arguments)

    @property
    def is_whole(self) -> bool:
        last = next((piece for piece in reversed(self.arguments) if not piece.isspace()), "")
        return last.rstrip().endswith(("}", '"')) and is_whole(self.written)


class ToolCallJoiner:
    """Deltas belong together by `index`, or by `id`; later ones may lack id, type and name.

    Gateways number every call 0 (https://github.com/InternLM/lmdeploy/issues/3412), give each piece a new id
    (https://github.com/poolsideai/pool/issues/9), or leave the index out. So a delta without a name goes on with the
    latest call of its index or id, and one with a name after whole arguments begins a new call.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def add(self, given: object, place: int) -> None:
        """Take one delta, the `place`-th of its chunk."""
        if not isinstance(given, dict):
            return
        delta = _Delta.of(given, place)
        call = self._latest_of(delta)
        if call is None or _begins_new(delta, call):
            call = self._begin(delta, call)
        call.id = call.id or delta.id
        call.name = call.name or delta.name
        if delta.arguments:
            call.arguments.append(delta.arguments)

    @property
    def has_calls(self) -> bool:
        return bool(self._calls)

    @property
    def are_whole(self) -> bool:
        """Tell whether all calls are there without a doubt: one without arguments may be one that broke off."""
        return all(call.name and call.arguments and not arguments_of(call.written)[1] for call in self._calls)

    def whole(self) -> list[ToolCall]:
        """Return the calls in their order, once the answer is complete."""
        calls = sorted(self._calls, key=lambda call: call.place)
        return [_made(call) for call in calls if not call.is_doubtful or call.arguments]

    def _latest_of(self, delta: _Delta) -> _Call | None:
        """Return the latest call of this index, else of this id; where nothing is counted, the latest of all."""
        same_id = [call for call in self._calls if delta.id and call.id == delta.id]
        if delta.index is None:
            return next(reversed(same_id or self._calls), None)
        same_index = [call for call in self._calls if call.index == delta.index]
        if not same_index:
            return None if delta.name or not same_id else same_id[-1]
        return ([call for call in same_index if call in same_id] or same_index)[-1]

    def _begin(self, delta: _Delta, before: _Call | None) -> _Call:
        following = max((call.place for call in self._calls), default=-1) + 1
        place = delta.index if before is None and delta.index is not None else following
        is_doubtful = before is not None and before.name == delta.name and not _has_other_id(delta, before)
        call = _Call(delta.index, place, is_doubtful)
        self._calls.append(call)
        return call


def _begins_new(delta: _Delta, call: _Call) -> bool:
    """Tell whether a delta that might go on with this call begins another one. Some servers repeat the name in each
    piece, some also give each a new id.
    """
    if not delta.name:
        return False
    if not call.name:
        return _has_other_id(delta, call) and bool(call.arguments)
    if delta.id and delta.id == call.id:
        return call.name != delta.name and call.is_whole
    if call.name != delta.name or call.is_whole:
        return True
    if delta.index is None:
        return _has_other_id(delta, call) or not delta.is_first
    return _has_other_id(delta, call) and not delta.is_first


def _has_other_id(delta: _Delta, call: _Call) -> bool:
    return bool(delta.id and call.id) and delta.id != call.id


def _made(call: _Call) -> ToolCall:
    arguments, problem = arguments_of(call.written)
    return ToolCall(call.id or f"call_{uuid4().hex[:24]}", call.name, arguments, problem if call.name else NO_NAME)
