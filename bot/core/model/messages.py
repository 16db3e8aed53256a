"""What a conversation is made of when it goes to the model: messages of parts. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A prepared picture: encoded bytes as they are sent. `tokens` is what it costs in the context window."""

    label: str
    mime: str
    data: bytes
    width: int
    height: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The model's own thinking, sent back only while its tool calls are being answered."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model asks for. `arguments` is always a JSON object; `problem` says why it was not, if it was not."""

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
    """A tool as the model is told about it. `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the model. `thinking` None leaves the provider's default; `model` None the configured one.

    `keeps_boxes`: the answer's text keeps the tokens GLM puts around boxes, for core.pointing to read. `patience_s`:
    how long it may wait for a busy model, where that is shorter than for a person's question. `passes_over` are names
    of models that this turn has found away. `gives_way`: another model is asked when this one is away, so this one is
    not waited for.
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
