"""What one ask has been through: attempts, the forms already tried, what the person has seen. Decides, does no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from bot.core.events import Finished, ModelEvent, TextDelta, ToolCalled
from bot.core.messages import Ask, Image, ToolResult
from bot.core.usage import Usage
from bot.errors import ModelRequestRefused
from bot.glm.catalog import ModelCard
from bot.glm.providers import ImageForm, ProviderProfile, ToolImages
from bot.glm.refusals import BAD_PARAMETER, Refusal
from bot.glm.request import RequestForm
from bot.glm.sampling import Sampling


@dataclass(slots=True)
class Habits:
    """What this process has learnt about its provider. Kept in memory: it costs one refused request to learn again."""

    image_as: ImageForm
    tool_images: ToolImages = "user"
    asks_usage: bool = True
    thinking_forms: dict[str, int] = field(default_factory=dict)  # by model: the place in profile.thinking_off
    without_tools: set[str] = field(default_factory=set)  # models that refuse them


@dataclass(slots=True)
class Course:
    """`failures` are attempts that may be repeated; an adaptation or a second try after silence is none."""

    ask: Ask
    card: ModelCard
    profile: ProviderProfile
    sampling: Sampling
    habits: Habits
    model: str
    failures: int = 0
    spent: Usage = field(default_factory=Usage)
    has_answer: bool = False
    first_refusal: Refusal | None = None
    image_as: ImageForm = field(init=False)
    tool_images: ToolImages = field(init=False)
    takes_tools: bool = field(init=False)
    asks_usage: bool = field(init=False)
    thinking_form: int = field(init=False)
    _has_turned_images: bool = False
    _has_repeated: bool = False

    def __post_init__(self) -> None:
        self.image_as = self.habits.image_as
        self.tool_images = self.habits.tool_images
        self.takes_tools = self.model not in self.habits.without_tools
        self.asks_usage = self.habits.asks_usage
        self.thinking_form = self.habits.thinking_forms.get(self.model, 0)

    @property
    def has_tool_images(self) -> bool:
        parts = [part for message in self.ask.messages for part in message.parts]
        return any(isinstance(part, ToolResult) and part.images for part in parts)

    @property
    def has_images(self) -> bool:
        parts = [part for message in self.ask.messages for part in message.parts]
        return any(isinstance(part, Image) or (isinstance(part, ToolResult) and part.images) for part in parts)

    def form(self) -> RequestForm:
        request_id = uuid4().hex if self.profile.request_ids else ""
        return RequestForm(
            self.model,
            self.profile,
            self.sampling,
            image_as=self.image_as,
            tool_images=self.tool_images,
            thinking=self._thinking(),
            request_id=request_id,
            asks_usage=self.asks_usage,
            takes_tools=self.takes_tools,
        )

    def note(self, event: ModelEvent) -> None:
        """An event is about to be told to the person."""
        if isinstance(event, ToolCalled) or (isinstance(event, TextDelta) and not event.text.isspace()):
            self.has_answer = True

    def learn(self) -> None:
        """The provider took the request in this form."""
        self.habits.asks_usage = self.asks_usage
        self.habits.tool_images = self.tool_images
        if not self.takes_tools:
            self.habits.without_tools.add(self.model)
        if self._switches_thinking_off:
            self.habits.thinking_forms[self.model] = self.thinking_form
        if self._has_turned_images:
            self.habits.image_as = self.image_as

    def adapt(self, refusal: Refusal) -> str:
        """Another way to write the same request, after it was refused: its name, or "" when there is none left."""
        if not isinstance(refusal.error, ModelRequestRefused) or refusal.retry:
            return ""
        self.first_refusal = self.first_refusal or refusal
        if self.asks_usage and "stream_options" in refusal.error.detail:  # wcode does not say whether it takes it
            self.asks_usage = False
            return "usage"
        if self.tool_images == "native" and self.has_tool_images:  # a tool's result may be text only there (glm.md §3)
            self.tool_images = "user"
            return "tool images"
        is_of_image = type(refusal.error) is not ModelRequestRefused
        if not is_of_image and self._has_other_switch:
            self.thinking_form += 1
            return "thinking"
        if self.has_images and not self._has_turned_images and refusal.code == BAD_PARAMETER:
            self._has_turned_images = True  # dyad#1353: the second attempt works; CodexPlusPlus#2031: bare base64 does
            self.image_as = "base64" if self.image_as == "data_uri" else "data_uri"
            return "images"
        if self.takes_tools and self.ask.tools and not is_of_image:  # only some vision models take them (glm.md §1)
            self.takes_tools = False
            return "tools"
        return ""

    def repeat(self, finished: Finished) -> str:
        """How to ask once more after an answer without a word, or "" when that has been done."""
        self.spent += finished.usage
        if finished.reason == "length":  # all of it went into thinking
            if self.ask.thinking is False or not self.card.can_disable_thinking:
                return ""
            self.ask = replace(self.ask, thinking=False)
            return "length"
        if self._has_repeated:
            return ""
        self._has_repeated = True
        return "empty"

    @property
    def _switches_thinking_off(self) -> bool:
        return self.ask.thinking is False and self.card.can_disable_thinking

    @property
    def _has_other_switch(self) -> bool:
        is_proven = self.model in self.habits.thinking_forms
        return self._switches_thinking_off and not is_proven and self.thinking_form + 1 < len(self.profile.thinking_off)

    def _thinking(self) -> Mapping[str, Any]:
        if self.ask.thinking is True:
            return self.profile.thinking_on
        return self.profile.thinking_off[self.thinking_form] if self._switches_thinking_off else {}
