"""A tool call that came as text: where it ends, and what it asks for. Where in an answer it stands: leaks.py.

GLM writes its calls as `<tool_call>name`, then `<arg_key>` and `<arg_value>` in pairs, then `</tool_call>`, on lines of
their own or on one. A server that misses them passes them on as words of the answer. GLM sometimes writes JSON in
their place: the shapes here are those which the parsers of vLLM, SGLang and MLX take (mlx-lm#792).
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import orjson

from bot.core.model.messages import ToolCall, ToolSpec
from bot.glm.stream.invoked_calls import INVOKE, INVOKE_END, invoked

CALL, CALL_END = "<tool_call>", "</tool_call>"
UNREADABLE = "the arguments could not be read"
LONGEST_NAME = 128
LONGEST_LITERAL = 10_000
LONGEST_HEAD = 1_000  # characters in which it shows whether it is a call
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
    """Whether what stands behind `<tool_call>` is a call and no word about calls; None while it could be either."""
    is_one = _is_call(body, offered)
    return False if is_one is None and len(body) > LONGEST_HEAD else is_one


def _is_call(body: str, offered: frozenset[str]) -> bool | None:
    found = _NAME.match(body)
    assert found is not None
    name, gap, rest = found[1], found[2], body[found.end() :]
    if not rest or rest == "\\":
        return None if len(name) <= LONGEST_NAME else False
    if not name:
        return rest[0] in "{[" or (None if _may_be(rest, (KEY, CALL_END)) else False)
    if _may_be(rest, _AFTER_NAME):
        return None if rest[0] == "<" and not rest.startswith(_AFTER_NAME) else True
    if not gap or name not in offered or "\n" in gap:
        return bool(gap) and name in offered
    return _is_argument(rest)


def _is_argument(rest: str) -> bool | None:
    """`image=…`, or `image</arg_key>…` whose first mark is missing; None while it could become one."""
    word = _ARGUMENT.match(rest)
    behind = rest[word.end() :] if word else "?"
    if behind.startswith(("=", KEY_END)):
        return True
    return None if KEY_END.startswith(behind) else False


def may_be_call(body: str, offered: frozenset[str]) -> bool:
    """Whether one that broke off before it could be told is more likely a call than a word about calls."""
    name, rest = _apart(body)
    return bool(rest) or any(tool.startswith(name) for tool in offered)


def first_end(body: str) -> int:
    """The same for a call that was never well ended: its first `</tool_call>`, or all of it."""
    at = body.find(CALL_END)
    return at if at >= 0 else len(body)


def has_json(body: str) -> bool:
    """Whether its arguments are JSON, or all of it is."""
    found = _NAME.match(body)
    return found is not None and body[found.end() : found.end() + 1] in {"{", "["}


def is_whole_json(body: str) -> bool:
    """Whether the JSON in it is whole, and nothing stands behind it."""
    found = _NAME.match(body)
    return found is not None and _json(body[found.end() :].strip()) is not None


def is_balanced(body: str) -> bool:
    """Whether a call without its end lacks nothing else."""
    body = body.strip()
    if body.startswith(INVOKE):
        return body.endswith(INVOKE_END)
    if body[:1] in {"{", "["}:
        return _json(body) is not None
    if KEY_END in body:
        return body.endswith(VALUE_END)
    name, rest = _apart(body)
    return bool(name) and (rest in {"", VALUE_END} or _json(rest) is not None)


def unmixed(call: ToolCall, tools: Sequence[ToolSpec]) -> ToolCall:
    """A call whose server took the marks, or the arguments too, for a part of its name (https://github.com/zai-org/
    GLM-5/issues/84): `now</arg_value>`, `zoom<arg_key>image</arg_key><arg_value>img_1</arg_value>`.
    """
    if "<" not in call.name:
        return call
    found = calls_in(call.name.replace(CALL_END, "").replace(CALL, KEY), tools)
    if len(found) != 1 or found[0].name not in {tool.name for tool in tools}:
        return call
    arguments = {**found[0].arguments, **call.arguments}
    return ToolCall(call.id, found[0].name, arguments, "" if arguments else found[0].problem or call.problem)


def calls_in(body: str, tools: Sequence[ToolSpec]) -> list[ToolCall]:
    """What it asks for: one call, or those of a JSON list. The name may be one that nobody offered."""
    offered = {tool.name: tool for tool in tools}
    body = body.strip()
    if body.startswith(INVOKE):
        name, written = invoked(body)
        types = _types(offered.get(name))
        return [ToolCall(_new_id(), name, {key: _typed(value, types.get(key)) for key, value in written.items()})]
    if body[:1] in {"{", "["}:
        return [_call(name, given, offered) for name, given in _named_in(_json(body))]
    name, rest = _marked(*_apart(body), offered)
    name = _known(name, offered)
    if not name:
        return []
    arguments = _arguments(name, rest, offered)
    if arguments is None:
        return [ToolCall(_new_id(), name, {}, UNREADABLE)]
    return [ToolCall(_new_id(), name, arguments)]


def _apart(body: str) -> tuple[str, str]:
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


def _marked(name: str, rest: str, offered: Mapping[str, ToolSpec]) -> tuple[str, str]:
    """With the mark before the first key, which GLM sometimes leaves out: `zoomimage</arg_key>`, `zoom image</arg_key>`
    (https://github.com/vllm-project/vllm/pull/47190). Without arguments it may end in `</arg_value>`.
    """
    if rest == VALUE_END:
        return name, ""
    if rest.startswith(KEY_END):
        tool = max((one for one in offered if name.startswith(one)), key=len, default="")
        return (tool, f"{KEY}{name[len(tool) :]}{rest}") if tool else (name, rest)
    return name, f"{KEY}{rest}" if _UNMARKED_KEY.match(rest) else rest


def _pairs(rest: str) -> Iterator[tuple[str, str]]:
    """Keys and values. A value ends where a key or the end of the call follows: it may hold such marks itself (vLLM's
    parser says so too).
    """
    rest, at = _UNMARKED.sub(rf"\1{KEY}\2", rest), 0
    while found := _KEYED.search(rest, at):
        at = rest.find(KEY, found.end())
        at = len(rest) if at < 0 else at
        yield found[1].strip(), rest[found.end() : _before_breaks(rest, found.end(), at)].removesuffix(VALUE_END)


def _before_breaks(text: str, begin: int, end: int) -> int:
    """Where the blanks begin that stand before `end`, line ends that were written as signs among them."""
    while begin < end:
        if text[end - 1].isspace():
            end -= 1
        elif text.endswith("\\n", begin, end):
            end -= 2
        else:
            break
    return end


def _named_in(given: Any) -> Iterator[tuple[str, Any]]:
    """Names and arguments out of the shapes of JSON: name or function or tool, and arguments under various names."""
    for one in given if isinstance(given, list) else [given]:
        if not isinstance(one, dict):
            continue
        inner = next((one[key] for key in ("function", "tool") if isinstance(one.get(key), dict)), one)
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
    """Words where no words are wanted were JSON once."""
    fitted = dict(given)
    for key, kinds in types.items():
        if kinds and "string" not in kinds and isinstance(given.get(key), str):
            fitted[key] = _typed(given[key], kinds)
    return fitted


def _known(name: str, offered: Mapping[str, ToolSpec]) -> str:
    """`functions.zoom` and `zoom:0` are how other models call `zoom`."""
    bare = name.removeprefix("functions.").partition(":")[0]
    return bare if name not in offered and bare in offered else name


def _types(tool: ToolSpec | None) -> dict[str, set[str]]:
    properties = tool.parameters.get("properties") if tool else None
    return {key: set(_types_of(schema)) for key, schema in (properties or {}).items() if isinstance(schema, Mapping)}


def _types_of(schema: Mapping[str, Any]) -> Iterator[str]:
    kind = schema.get("type")
    yield from [kind] if isinstance(kind, str) else kind or []
    for several in ("anyOf", "oneOf"):
        for one in schema.get(several) or []:
            yield from _types_of(one)
    if "enum" in schema and all(isinstance(value, str) for value in schema["enum"]):
        yield "string"


def _typed(value: str, types: set[str] | None) -> Any:
    """Words stay words where a text is wanted, or may be; everything else is read as JSON where it is some."""
    words = value.strip("\r\n") if "\n" in value.strip() else value.strip()
    if types and "string" in types:
        return None if words == "null" and "null" in types else words
    given = _json(words)
    if given is None and words != "null":
        return _as_python(words)
    return given


def _as_python(words: str) -> Any:
    """Models write `True`, `None` and `['a']` where they think in Python."""
    try:
        return ast.literal_eval(words) if len(words) < LONGEST_LITERAL else words
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return words


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and value[-1:] == value[:1]:
        return value[1:-1]
    return value


def _json(text: str) -> Any:
    """None for what is no JSON. Line ends within strings are forgiven, as models leave them in."""
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
