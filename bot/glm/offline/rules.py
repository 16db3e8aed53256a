"""Checks requests as the real model does: parts, pictures, parameters, the order of tool messages.

Sources: https://docs.z.ai/openapi.json, ChatCompletionVisionRequest; https://docs.z.ai/api-reference for the codes.
"""

import base64
import binascii
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from bot.core.model.tokens import (
    CONTEXT_WINDOW,
    TOKENS_PER_MESSAGE,
    estimate_json_tokens,
    estimate_tokens,
    image_tokens,
)

Flavour = Literal["zai", "wcode", "openrouter", "vllm"]

MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_IMAGE_SIDE = 6000
MAX_IMAGES = 150
MAX_OUTPUT = 32_768
_MAX_TOOLS = 128
_DATA_URI = re.compile(r"data:image/(png|jpe?g);base64,", re.IGNORECASE)
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PART_KEYS: Mapping[str, set[str]] = {
    "text": {"type", "text"},
    "image_url": {"type", "image_url"},
    "video_url": {"type", "video_url"},
    "file_url": {"type", "file_url"},
}


class Fault(Exception):
    """The request breaks a rule. `code` is Z.ai's error code."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the offline model sees it. `label` is the text right before it; `brightness` is 0 to 255."""

    label: str
    format: str
    width: int
    height: int
    tokens: int
    colour: tuple[int, int, int]
    brightness: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request that keeps the rules: its pictures, and the estimated tokens of each message (those of tools first)."""

    pictures: tuple[Picture, ...]
    message_tokens: tuple[int, ...]

    @property
    def tokens(self) -> int:
        return sum(self.message_tokens)


def checked(body: Mapping[str, Any], flavour: Flavour) -> Prompt:
    """Return the prompt of a request, or raise the first Fault in it. It decodes every picture, so run it in a
    thread.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Fault("1214", "The messages parameter is illegal: it must not be empty")
    _check_parameters(body, flavour)
    _check_prefix(body, flavour)
    tools = _check_tools(body, flavour)
    _check_order(messages)
    pictures: list[Picture] = []
    tokens = [estimate_json_tokens(orjson.dumps(tools).decode()) if tools else 0]
    tokens += [TOKENS_PER_MESSAGE + _message_tokens(message, pictures) for message in messages]
    if len(pictures) > MAX_IMAGES:
        raise Fault("1210", f"At most {MAX_IMAGES} images in a request")
    if sum(tokens) > CONTEXT_WINDOW:
        raise Fault("1261", "Prompt exceeds max length")
    return Prompt(tuple(pictures), tuple(tokens))


def _check_parameters(body: Mapping[str, Any], flavour: Flavour) -> None:
    is_strict = flavour == "zai"
    _check_range(body, "temperature", 0, 1 if is_strict else 2)
    _check_range(body, "top_p", 0.01 if is_strict else 0, 1)
    _check_range(body, "max_tokens", 1, MAX_OUTPUT)
    stop = body.get("stop")
    if stop is not None and not (isinstance(stop, list | str) and len(stop if isinstance(stop, list) else [0]) <= 4):
        raise Fault("1210", "Invalid API parameter: stop")
    if is_strict and isinstance(stop, list) and len(stop) > 1:
        raise Fault("1210", "Invalid API parameter: stop takes one sequence")
    thinking = body.get("thinking")
    if thinking is not None and (not isinstance(thinking, dict) or thinking.get("type") not in {"enabled", "disabled"}):
        raise Fault("1210", "Invalid API parameter: thinking.type must be enabled or disabled")


def _check_prefix(body: Mapping[str, Any], flavour: Flavour) -> None:
    """Check the last message: vLLM and SGLang continue one of the assistant when told to, Z.ai never does."""
    continues = body.get("continue_final_message") is True
    if continues and flavour == "vllm" and body.get("add_generation_prompt", True):
        raise Fault("400", "Cannot set both `continue_final_message` and `add_generation_prompt` to True.")
    last = body["messages"][-1]
    is_own = isinstance(last, dict) and last.get("role") == "assistant"
    if is_own != (continues and flavour == "vllm"):
        raise Fault("1214", "The messages parameter is illegal: the last message must be the user's or a tool's")


def _check_range(body: Mapping[str, Any], name: str, low: float, high: float) -> None:
    value = body.get(name)
    if value is None:
        return
    is_number = isinstance(value, int if name == "max_tokens" else int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise Fault("1210", f"Invalid API parameter: {name} must be in [{low:g}, {high:g}]")


def _check_tools(body: Mapping[str, Any], flavour: Flavour) -> list[Any]:
    tools = body.get("tools") or []
    choice = body.get("tool_choice")
    allowed = {"auto"} if flavour in {"zai", "wcode"} else {"auto", "none"}
    if choice is not None and (not isinstance(choice, str) or choice not in allowed):
        raise Fault("1210", "Invalid API parameter: tool_choice supports only auto")
    if not isinstance(tools, list) or len(tools) > _MAX_TOOLS:
        raise Fault("1210", f"Invalid API parameter: at most {_MAX_TOOLS} tools")
    for tool in tools:
        function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
        if not isinstance(function, dict) or not _TOOL_NAME.fullmatch(str(function.get("name", ""))):
            raise Fault("1210", "Invalid API parameter: tools must be named functions")
        if not isinstance(function.get("parameters", {}), dict):
            raise Fault("1210", "Invalid API parameter: tools.function.parameters must be a JSON Schema object")
    return tools


def _check_order(messages: list[Any]) -> None:
    """Every tool message answers a call of the assistant message before it, and every call is answered."""
    unanswered: set[str] = set()
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        if role not in {"system", "user", "assistant", "tool"}:
            raise Fault("1214", f"The messages parameter is illegal: role {role!r}")
        if role == "tool":
            if message.get("tool_call_id") not in unanswered:
                raise Fault("1214", "The messages parameter is illegal: a tool message without its tool_calls")
            unanswered.discard(message["tool_call_id"])
            continue
        if unanswered:
            raise Fault("1214", "The messages parameter is illegal: tool_calls without their tool messages")
        if role == "assistant":
            unanswered = {_checked_call(call) for call in message.get("tool_calls") or []}
        if not message.get("content") and not unanswered:
            raise Fault("1214", "The messages parameter is illegal: content must not be empty")
    if unanswered:
        raise Fault("1214", "The messages parameter is illegal: tool_calls without their tool messages")


def _checked_call(call: Any) -> str:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(call.get("id"), str) or not function.get("name"):
        raise Fault("1214", "The messages parameter is illegal: tool_calls need an id and a function")
    try:
        arguments = orjson.loads(str(function.get("arguments")))
    except orjson.JSONDecodeError as error:
        raise Fault("1210", "Invalid API parameter: tool_calls.function.arguments is not JSON") from error
    if not isinstance(arguments, dict):  # the template calls .items() on it
        raise Fault("1210", "Invalid API parameter: tool_calls.function.arguments is not an object")
    return str(call["id"])


def _message_tokens(message: Mapping[str, Any], pictures: list[Picture]) -> int:
    content = message.get("content")
    calls = message.get("tool_calls")
    tokens = estimate_json_tokens(orjson.dumps(calls).decode()) if calls else 0
    if content is None or isinstance(content, str):
        return tokens + estimate_tokens(content or "")
    if not isinstance(content, list):
        raise Fault("1210", "Invalid API parameter: content")
    text_before = ""
    for part in content:
        kind = str(part.get("type")) if isinstance(part, dict) else ""
        if kind not in _PART_KEYS or set(part) - _PART_KEYS[kind]:
            raise Fault("1210", f"Invalid API parameter: content part {kind!r}")
        if kind == "text":
            if not isinstance(part.get("text"), str):
                raise Fault("1210", "Invalid API parameter: text")
            text_before = part["text"]
            tokens += estimate_tokens(text_before)
            continue
        if kind != "image_url":
            raise Fault("1210", f"Invalid API parameter: {kind} cannot be fetched by the offline model")
        pictures.append(_picture(part["image_url"], text_before))
        tokens += pictures[-1].tokens + 2
        text_before = ""
    return tokens


def _picture(source: object, label: str) -> Picture:
    if not isinstance(source, dict) or set(source) != {"url"} or not isinstance(source["url"], str):
        raise Fault("1210", "Invalid API parameter: image_url takes url and nothing else")
    url = source["url"]
    if url.startswith(("http://", "https://")):
        raise Fault("1210", "图片输入格式/解析错误: the offline model fetches no URLs")
    try:
        data = base64.b64decode(_DATA_URI.sub("", url, count=1), validate=True)
    except binascii.Error as error:
        raise Fault("1210", "图片输入格式/解析错误: not base64") from error
    if len(data) > MAX_IMAGE_BYTES:
        raise Fault("1210", "图片输入格式/解析错误: image larger than 5 MB")
    return _measured(data, label.strip())


def _measured(data: bytes, label: str) -> Picture:
    try:
        with Pillow.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture_file:
            if max(picture_file.size) > MAX_IMAGE_SIDE:
                raise Fault("1210", "图片输入格式/解析错误: image larger than 6000 x 6000 px")
            tokens = image_tokens(*picture_file.size)
            pixel = picture_file.convert("RGB").resize((1, 1), Pillow.Resampling.BOX).getpixel((0, 0))
            kind, (width, height) = str(picture_file.format), picture_file.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Fault("1210", "图片输入格式/解析错误: image cannot be parsed") from error
    assert isinstance(pixel, tuple)
    red, green, blue = (int(value) for value in pixel[:3])
    brightness = math.floor(0.299 * red + 0.587 * green + 0.114 * blue + 0.5)
    return Picture(label if len(label) <= 200 else "", kind, width, height, tokens, (red, green, blue), brightness)
