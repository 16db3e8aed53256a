"""Reads a tool call that came as text: where it ends, and what it asks for. leaks.py finds its place in the answer.

GLM writes its calls as `<tool_call>name`, then `<arg_key>` and `<arg_value>` in pairs, then `</tool_call>`, on lines of
their own or on one line. A server that misses a call passes it on as words of the answer. Sometimes GLM writes JSON
instead: the shapes here are those that the parsers of vLLM, SGLang and MLX take (mlx-lm#792).
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import orjson

from bot.core.model.messages import ToolCall, ToolSpec
from bot.glm.stream.invoked_calls import ENDS, HEADS, invoked, is_function

CALL, CALL_END = "<tool_call>", "</tool_call>"
UNREADABLE = "the arguments could not be read"
LONGEST_NAME = 128
LONGEST_LITERAL = 10_000
LONGEST_HEAD = 1_000  # by then it must be clear whether the text is a call
KEY, KEY_END, VALUE, VALUE_END = "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>"
_NAME = re.compile(r"\s*([\w.:-]*)((?:\\n|\s)*)")
_AFTER_NAME = (KEY, KEY_END, VALUE, VALUE_END, CALL, CALL_END, "{", "(")
# The mark before a value is sometimes left out (https://github.com/vllm-project/vllm/issues/49248).
_KEYED = re.compile(r"<arg_key>([^<]*+)</arg_key>(?:\\n|\s)*+(?:<arg_value>)?+")
_ARGUMENT = re.compile(r"\w+\s*")
_UNMARKED_KEY = re.compile(r"\w+\s*</arg_key>")
_UNMARKED = re.compile(r"(</arg_value>\s*)(\w+</arg_key>)")
_ASSIGNED = re.compile(r"""(?<!\w)(\w++)\s*+=\s*+("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|[^\s,()]++)[\s,]*+""")


def is_call(body: str, offered: frozenset[str]) -> bool | None:
    """Tell whether the text after `<tool_call>` is a call, and not a sentence about calls; None while unknown."""
    result = _is_call(body, offered)
    return False if result is None and len(body) > LONGEST_HEAD else result


def _is_call(body: str, offered: frozenset[str]) -> bool | None:
    found = _NAME.match(body)
    assert found is not None
    name, gap, rest = found[1], found[2], body[found.end() :]
    if not rest or rest == "\\":
        return None if len(name) <= LONGEST_NAME else False
    if not name and (is_known := is_function(rest, offered)) is not False:
        return is_known
    if not name:
        return rest[0] in "{[" or (None if _may_be(rest, (KEY, CALL_END)) else False)
    if _may_be(rest, _AFTER_NAME):
        return None if rest[0] == "<" and not rest.startswith(_AFTER_NAME) else True
    if not gap or name not in offered or "\n" in gap:
        return bool(gap) and name in offered
    return _is_argument(rest)


def _is_argument(rest: str) -> bool | None:
    """Match `image=…`, or `image</arg_key>…` whose first mark is missing; None while it could become one."""
    word = _ARGUMENT.match(rest)
    behind = rest[word.end() :] if word else "?"
    if behind.startswith(("=", KEY_END)):
        return True
    return None if KEY_END.startswith(behind) else False


def may_be_call(body: str, offered: frozenset[str]) -> bool:
    """Tell, of text that broke off too early to know, whether it is more likely a call than a sentence about calls."""
    name, rest = _name_and_rest(body)
    return bool(rest) or any(tool.startswith(name) for tool in offered)


def first_end(body: str) -> int:
    """Return the end of a call without a proper end: its first `</tool_call>`, or the end of the text."""
    at = body.find(CALL_END)
    return at if at >= 0 else len(body)


def has_json(body: str) -> bool:
    """Tell whether the arguments, or the whole call, are JSON."""
    found = _NAME.match(body)
    return found is not None and body[found.end() : found.end() + 1] in {"{", "["}


def is_whole_json(body: str) -> bool:
    """Tell whether the JSON in the call is complete and nothing stands after it."""
    found = _NAME.match(body)
    return found is not None and _json(body[found.end() :].strip()) is not None


def is_balanced(body: str) -> bool:
    """Tell whether a call that lacks its end mark is complete otherwise."""
    body = body.strip()
    if body.startswith(HEADS):
        return body.endswith(ENDS)
    if body[:1] in {"{", "["}:
        return _json(body) is not None
    if KEY_END in body:
        return body.endswith(VALUE_END)
    name, rest = _name_and_rest(body)
    return bool(name) and (rest in {"", VALUE_END} or _json(rest) is not None)


def repaired(call: ToolCall, tools: Sequence[ToolSpec]) -> ToolCall:
    """Repair a call whose server took marks, or arguments too, as a part of its name: `now</arg_value>`,
    `zoom<arg_key>image</arg_key><arg_value>img_1</arg_value>` (https://github.com/zai-org/GLM-5/issues/84).
    """
    if "<" not in call.name:
        return call
    found = calls_in(call.name.replace(CALL_END, "").replace(CALL, KEY), tools)
    if len(found) != 1 or found[0].name not in {tool.name for tool in tools}:
        return call
    arguments = {**found[0].arguments, **call.arguments}
    return ToolCall(call.id, found[0].name, arguments, "" if arguments else found[0].problem or call.problem)


def calls_in(body: str, tools: Sequence[ToolSpec]) -> list[ToolCall]:
    """Return the calls in the text: one, or those of a JSON list. A name may be one that was not offered."""
    offered = {tool.name: tool for tool in tools}
    body = body.strip()
    if body.startswith(HEADS):
        name, written = invoked(body)
        types, problem = _types(offered.get(name)), "" if written is not None else UNREADABLE
        given = {key: _typed(value, types.get(key)) for key, value in (written or {}).items()}
        return [ToolCall(_new_id(), name, given, problem)]
    if body[:1] in {"{", "["}:
        return [_call(name, given, offered) for name, given in _named_in(_json(body))]
    name, rest = _with_first_key(*_name_and_rest(body), offered)
    name = _known(name, offered)
    if not name:
        return []
    arguments = _arguments(name, rest, offered)
    if arguments is None:
        return [ToolCall(_new_id(), name, {}, UNREADABLE)]
    return [ToolCall(_new_id(), name, arguments)]


def _name_and_rest(body: str) -> tuple[str, str]:
    found = _NAME.match(body)
    assert found is not None
    return found[1], body[found.end() :].strip()


def _arguments(name: str, rest: str, offered: Mapping[str, ToolSpec]) -> dict[str, Any] | None:
    if not rest:
        return {}
    types = _types(offered.get(name))
    if rest.startswith("{"):
        given = _json(rest)
        return _fitted(given, types) if isinstance(given, dict) else None
    if KEY in rest:
        return {key: _typed(value, types.get(key)) for key, value in _pairs(rest)} or None
    assigned = _ASSIGNED.findall(rest.strip("()"))
    return {key: _typed(_unquoted(value), types.get(key)) for key, value in assigned} or None


def _with_first_key(name: str, rest: str, offered: Mapping[str, ToolSpec]) -> tuple[str, str]:
    """Add the mark before the first key, which GLM sometimes leaves out: `zoomimage</arg_key>`, `zoom image</arg_key>`
    (https://github.com/vllm-project/vllm/pull/47190). A call without arguments may end in `</arg_value>`.
    """
    if rest == VALUE_END:
        return name, ""
    if rest.startswith(KEY_END):
        tool = max((tool for tool in offered if name.startswith(tool)), key=len, default="")
        return (tool, f"{KEY}{name[len(tool) :]}{rest}") if tool else (name, rest)
    return name, f"{KEY}{rest}" if _UNMARKED_KEY.match(rest) else rest


def _pairs(rest: str) -> Iterator[tuple[str, str]]:
    """Yield keys and values. A value ends before the next key or at the end of the call, since it may hold such marks
    itself (vLLM's parser does the same).
    """
    rest, at = _UNMARKED.sub(rf"\1{KEY}\2", rest), 0
    while found := _KEYED.search(rest, at):
        at = rest.find(KEY, found.end())
        at = len(rest) if at < 0 else at
        yield found[1].strip(), rest[found.end() : _before_breaks(rest, found.end(), at)].removesuffix(VALUE_END)


def _before_breaks(text: str, begin: int, end: int) -> int:
    """Return where the blanks before `end` begin; a line end written as a backslash and an n counts as blank."""
    while begin < end:
        if text[end - 1].isspace():
            end -= 1
        elif text.endswith("\\n", begin, end):
            end -= 2
        else:
            break
    return end


def _named_in(given: Any) -> Iterator[tuple[str, Any]]:
    """Yield names and arguments from the JSON shapes: name, function or tool, and arguments under various names."""
    for call in given if isinstance(given, list) else [given]:
        if not isinstance(call, dict):
            continue
        inner = next((call[key] for key in ("function", "tool") if isinstance(call.get(key), dict)), call)
        name = next((inner[key] for key in ("name", "function", "tool") if isinstance(inner.get(key), str)), "")
        keys = ("arguments", "parameters", "args", "input")
        if name:
            yield name, next((inner[key] for key in keys if key in inner), {})


def _call(name: str, given: Any, offered: Mapping[str, ToolSpec]) -> ToolCall:
    if isinstance(given, str):
        given = _json(given)
    name = _known(name, offered)
    if not isinstance(given, dict):
        return ToolCall(_new_id(), name, {}, UNREADABLE)
    return ToolCall(_new_id(), name, _fitted(given, _types(offered.get(name))))


def _fitted(given: Mapping[str, Any], types: Mapping[str, set[str]]) -> dict[str, Any]:
    """Parse strings where no string is wanted: they are JSON inside of JSON."""
    fitted = dict(given)
    for key, kinds in types.items():
        if kinds and "string" not in kinds and isinstance(given.get(key), str):
            fitted[key] = _typed(given[key], kinds)
    return fitted


def _known(name: str, offered: Mapping[str, ToolSpec]) -> str:
    """Other models write `zoom` as `functions.zoom` and `zoom:0`."""
    bare = name.removeprefix("functions.").partition(":")[0]
    return bare if name not in offered and bare in offered else name


def _types(tool: ToolSpec | None) -> dict[str, set[str]]:
    properties = tool.parameters.get("properties") if tool else None
    return {key: set(_types_of(schema)) for key, schema in (properties or {}).items() if isinstance(schema, Mapping)}


def _types_of(schema: Mapping[str, Any]) -> Iterator[str]:
    kind = schema.get("type")
    yield from [kind] if isinstance(kind, str) else kind or []
    for keyword in ("anyOf", "oneOf"):
        for alternative in schema.get(keyword) or []:
            yield from _types_of(alternative)
    if "enum" in schema and all(isinstance(value, str) for value in schema["enum"]):
        yield "string"


def _typed(value: str, types: set[str] | None) -> Any:
    """Keep text where a string is possible; else parse the value as JSON, if it is JSON."""
    words = value.strip()
    if types and "string" in types:
        return None if words == "null" and "null" in types else _as_text(value)
    given = _json(words)
    if given is None and words != "null":
        return _unescaped(words) or _as_python(words)
    return given


def _as_text(value: str) -> str:
    """Keep blanks and the last line end of a text, since they may be code's; a value may stand on lines of its own."""
    if "\n" not in value.strip():
        return value.strip("\r\n")
    is_framed = value.startswith(("\n", "\r\n"))
    return value.strip("\r\n") if is_framed else value


def _unescaped(words: str) -> Any:
    """Read a list or an object whose quotes are escaped; None where it is none."""
    inner = _json(f'"{words}"') if words[:1] in {"[", "{"} else None
    given = _json(inner) if isinstance(inner, str) else None
    return given if isinstance(given, list | dict) else None


def _as_python(words: str) -> Any:
    """Read `True`, `None` and `['a']`, which models write when they think in Python."""
    try:
        return ast.literal_eval(words) if len(words) < LONGEST_LITERAL else words
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return words


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and value[-1:] == value[:1]:
        return value[1:-1]
    return value


def _json(text: str) -> Any:
    """Return None for text that is no JSON. Line ends within strings are accepted, since models leave them in."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _may_be(text: str, marks: tuple[str, ...]) -> bool:
    return any(mark.startswith(text) or text.startswith(mark) for mark in marks)


def _new_id() -> str:
    return f"call_{uuid4().hex[:24]}"
