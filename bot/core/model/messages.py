"""The messages of a request to the model. A message has parts: text, images, reasoning, tool calls, tool results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as it is sent: its encoded bytes. `tokens` is its cost in the context window."""

    label: str
    mime: str
    data: bytes
    width: int
    height: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The model's own thinking. It is sent back only together with the results of tools."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks for. `arguments` is a JSON object. When the model sent none, `problem` says why."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    call_id: str
    name: str
    text: str
    images: tuple[Image, ...] = ()


Part = Text | Image | Reasoning | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """The description of a tool for the model. `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the model. With `thinking` None the provider's default applies, with `model` None the configured
    model.

    `keeps_boxes`: the answer keeps the tokens that GLM puts around boxes, which core.grounding reads. `patience_s`: the
    request waits only so long for a busy model. `passes_over` are the names of models that were away earlier in this
    turn. `gives_way`: when the model is away, another one is asked at once, without waiting.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    thinking: bool | None = None
    model: str | None = None
    max_tokens: int | None = None
    keeps_boxes: bool = False
    patience_s: float | None = None
    passes_over: frozenset[str] = frozenset()
    gives_way: bool = False

    @property
    def has_pictures(self) -> bool:
        parts = [part for message in self.messages for part in message.parts]
        return any(isinstance(part, Image) or (isinstance(part, ToolResult) and part.images) for part in parts)
