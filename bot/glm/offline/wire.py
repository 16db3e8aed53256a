"""Writes the offline model's answers in the wire formats recorded from Z.ai, OpenRouter and vLLM. No I/O."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.core.model.messages import ToolCall
from bot.core.model.usage import Usage
from bot.glm.offline.reply import Reply
from bot.glm.offline.rules import Fault, Flavour

_WORDS = re.compile(r"[A-Za-z0-9]{1,6}\s?|[⺀-鿿가-힯]{1,2}|\s+|.", re.DOTALL)
_DONE = b"data: [DONE]\n\n"
_REASONING_KEY: Mapping[Flavour, str] = {
    "zai": "reasoning_content",
    "wcode": "reasoning",
    "openrouter": "reasoning",
    "vllm": "reasoning",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What every chunk of one answer says about it. `tells_usage`: usage comes because it was asked for, or anyway."""

    id: str
    created: int
    model: str
    flavour: Flavour
    usage: Usage
    tells_usage: bool


def frames(reply: Reply, call: Call) -> Iterator[bytes]:
    """Yield the server-sent events of an answer, in order."""
    if call.flavour == "openrouter":
        yield b": OPENROUTER PROCESSING\n\n"
    if call.flavour == "vllm":
        yield _event(call, {"role": "assistant", "content": ""})
    for piece in _WORDS.findall(reply.reasoning):
        yield _event(call, _thought(call, piece))
    for piece in _WORDS.findall(reply.text):
        yield _event(call, {"content": piece} if call.flavour == "vllm" else {"role": "assistant", "content": piece})
    for index, tool_call in enumerate(reply.tool_calls):
        for delta in _tool_deltas(call, tool_call, index):
            yield _event(call, {"tool_calls": [delta]})
    yield from _ending(reply, call)
    yield _DONE


def length_until(reply: Reply, call: Call, words: int) -> int:
    """Return the bytes of the stream up to and including so many pieces of the text."""
    shortened = replace(reply, text="".join(_WORDS.findall(reply.text)[:words]), tool_calls=(), finish="stop")
    ending = b"".join(_ending(shortened, call)) + _DONE
    return len(b"".join(frames(shortened, call))) - len(ending)


def completion(reply: Reply, call: Call) -> dict[str, Any]:
    """Return the answer as one document, for a request without `stream`."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.reasoning:
        message[_REASONING_KEY[call.flavour]] = reply.reasoning
    if reply.tool_calls:
        message["tool_calls"] = [_tool_json(tool_call, index) for index, tool_call in enumerate(reply.tool_calls)]
    choice = {"index": 0, "finish_reason": reply.finish_reason, "message": message}
    return _head(call, "chat.completion") | {"choices": [choice], "usage": usage_json(call), "request_id": call.id}


def error_document(fault: Fault, flavour: Flavour) -> dict[str, Any]:
    match flavour:
        case "vllm":
            return {"object": "error", "message": fault.message, "type": "BadRequestError", "code": fault.status}
        case "openrouter":
            return {"error": {"message": fault.message, "code": fault.status, "metadata": {"raw_code": fault.code}}}
        case _:
            return {"error": {"code": fault.code, "message": fault.message}}


def usage_json(call: Call) -> dict[str, Any]:
    usage = call.usage
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def _ending(reply: Reply, call: Call) -> Iterator[bytes]:
    finish = {"index": 0, "finish_reason": reply.finish_reason, "delta": {"role": "assistant", "content": ""}}
    if call.flavour == "zai":  # Z.ai always sends usage, in the chunk of the finish reason
        yield _line(_head(call) | {"choices": [finish], "usage": usage_json(call)})
        return
    yield _line(_head(call) | {"choices": [finish]})
    if call.flavour == "openrouter":  # OpenRouter sends usage in a chunk that repeats the finish reason
        yield _line(_head(call) | {"choices": [finish], "usage": usage_json(call)})
    elif call.tells_usage:
        yield _line(_head(call) | {"choices": [], "usage": usage_json(call)})


def _thought(call: Call, piece: str) -> dict[str, Any]:
    delta: dict[str, Any] = {"role": "assistant", _REASONING_KEY[call.flavour]: piece}
    if call.flavour == "openrouter":
        detail = {"type": "reasoning.text", "text": piece, "format": "unknown", "index": 0}
        delta |= {"content": "", "reasoning_details": [detail]}
    return delta


def _tool_json(tool_call: ToolCall, index: int) -> dict[str, Any]:
    arguments = orjson.dumps(dict(tool_call.arguments)).decode()
    function = {"name": tool_call.name, "arguments": arguments}
    return {"id": tool_call.id, "index": index, "type": "function", "function": function}


def _tool_deltas(call: Call, tool_call: ToolCall, index: int) -> Iterator[dict[str, Any]]:
    """Yield one chunk, as Z.ai sends a call without tool_stream, or several, as vLLM does."""
    document = _tool_json(tool_call, index)
    if call.flavour != "vllm":
        yield document
        return
    arguments = document["function"]["arguments"]
    yield document | {"function": {"name": tool_call.name, "arguments": ""}}
    for start in range(0, len(arguments), 5):
        yield {"index": index, "function": {"arguments": arguments[start : start + 5]}}


def _event(call: Call, delta: Mapping[str, Any]) -> bytes:
    choice: dict[str, Any] = {"index": 0, "delta": delta}
    if call.flavour == "openrouter":
        choice |= {"finish_reason": None, "native_finish_reason": None}
    return _line(_head(call) | {"choices": [choice]})


def _head(call: Call, kind: str = "chat.completion.chunk") -> dict[str, Any]:
    return {"id": call.id, "created": call.created, "object": kind, "model": call.model}


def _line(document: Mapping[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(document) + b"\n\n"
