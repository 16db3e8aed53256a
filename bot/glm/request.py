"""Writes the body of a request from an Ask. No I/O: values in, bytes out.

GLM needs three things: arguments of past tool calls are JSON objects (its template calls `.items()` on them), reasoning
is sent back only after the last user message (earlier it is ignored), and image parts have no `detail`. The caller
labels pictures, except those of tools, which travel in a message of ours.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.core.model.messages import Ask, Image, Message, Reasoning, Text, ToolCall, ToolResult, ToolSpec
from bot.glm.catalog.catalog import ModelCard, card_for
from bot.glm.catalog.providers import ImageForm, ProviderProfile, ToolImages
from bot.glm.catalog.sampling import Sampling, fields_to_send

TOOL_PICTURE_LABEL = "Picture {label}:"
NO_WORDS = "(done, nothing to tell)"


@dataclass(frozen=True, slots=True)
class RequestForm:
    """How an Ask is written for one provider. `thinking` holds the body fields of the chosen thinking switch.

    `continues_prefix`: the last message is the beginning of the reply.
    """

    model: str
    profile: ProviderProfile
    sampling: Sampling = field(default_factory=Sampling)
    image_as: ImageForm = "data_uri"
    tool_images: ToolImages = "user"
    thinking: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    asks_usage: bool = True
    takes_tools: bool = True
    returns_reasoning: bool = True
    continues_prefix: bool = False


def request_body(ask: Ask, form: RequestForm) -> bytes:
    """Return the JSON document to POST to /chat/completions. It always asks for a stream."""
    body: dict[str, Any] = {"model": form.model, "messages": messages_json(ask.messages, form), "stream": True}
    if form.profile.asks_usage and form.asks_usage:
        body["stream_options"] = {"include_usage": True}
    tools = ask.tools if form.takes_tools else ()
    if tools:
        body["tools"] = [_tool_json(tool) for tool in tools]
    body |= fields_to_send(form.sampling, form.profile, has_tools=bool(tools))
    limit = _output_limit(ask, form, card_for(form.model))
    if limit is not None:
        body["max_tokens"] = limit
    body |= form.thinking
    if form.continues_prefix:
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    if form.request_id:
        body["request_id"] = form.request_id
    return orjson.dumps(body)


def messages_json(messages: Sequence[Message], form: RequestForm) -> list[dict[str, Any]]:
    after_last_user = max((at for at, message in enumerate(messages) if message.role == "user"), default=-1)
    written: list[dict[str, Any]] = []
    pictures: list[Image] = []  # of this round's tool results; the user message after them carries the pictures
    for at, message in enumerate(messages):
        if message.role == "tool":
            results = [part for part in message.parts if isinstance(part, ToolResult)]
            written += [_tool_result_json(result, form) for result in results]
            pictures += [image for result in results for image in result.images]
            continue
        written += _pictures_json(pictures, form)
        pictures = []
        if message.role == "assistant":
            written += _assistant_json(message, form, with_reasoning=at > after_last_user)
        else:
            written.append({"role": message.role, "content": _content_json(message, form)})
    return written + _pictures_json(pictures, form)


def _output_limit(ask: Ask, form: RequestForm, card: ModelCard) -> int | None:
    wanted = ask.max_tokens if ask.max_tokens is not None else form.sampling.max_tokens
    if wanted is None:
        return None
    return max(1, min(wanted, card.output_limit(form.profile.name), form.profile.max_output_tokens))


def _content_json(message: Message, form: RequestForm) -> str | list[dict[str, Any]]:
    """Return a plain string where there is only text, else the parts in their order."""
    if message.role == "system" or not any(isinstance(part, Image) for part in message.parts):
        return message.text
    return [_part_json(part, form) for part in message.parts if isinstance(part, Text | Image)]


def _part_json(part: Text | Image, form: RequestForm) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    encoded = base64.b64encode(part.data).decode("ascii")
    url = encoded if form.image_as == "base64" else f"data:{part.mime};base64,{encoded}"
    return {"type": "image_url", "image_url": {"url": url}}


def _assistant_json(message: Message, form: RequestForm, *, with_reasoning: bool) -> list[dict[str, Any]]:
    calls = [part for part in message.parts if isinstance(part, ToolCall)]
    if not calls and not message.text:
        return []  # the turn holds only reasoning, and providers refuse an empty message
    written: dict[str, Any] = {"role": "assistant", "content": message.text}
    thoughts = "".join(part.text for part in message.parts if isinstance(part, Reasoning))
    if with_reasoning and thoughts and form.returns_reasoning:
        written[form.profile.reasoning_key] = thoughts
    if calls:
        written["tool_calls"] = [_tool_call_json(call) for call in calls]
    return [written]


def _tool_call_json(call: ToolCall) -> dict[str, Any]:
    arguments = orjson.dumps(dict(call.arguments)).decode()
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _tool_result_json(result: ToolResult, form: RequestForm) -> dict[str, Any]:
    words = result.text if result.text.strip() else NO_WORDS  # providers refuse an empty message
    content: str | list[dict[str, Any]] = words
    if result.images and form.tool_images == "native":
        content = [_part_json(Text(words), form), *_labelled(result.images, form)]
    return {"role": "tool", "tool_call_id": result.call_id, "content": content}


def _pictures_json(pictures: Sequence[Image], form: RequestForm) -> list[dict[str, Any]]:
    if not pictures or form.tool_images == "native":
        return []
    return [{"role": "user", "content": _labelled(pictures, form)}]


def _labelled(pictures: Sequence[Image], form: RequestForm) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for image in pictures:
        parts += _part_json(Text(TOOL_PICTURE_LABEL.format(label=image.label)), form), _part_json(image, form)
    return parts


def _tool_json(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
