"""What one ask has been through: attempts, the forms already tried, what the person has seen. Decides, does no I/O."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta
from bot.core.model.messages import Ask, Reasoning, ToolResult
from bot.core.model.usage import Currency, Usage
from bot.errors import ContextTooLong, ModelRequestRefused
from bot.glm.away import is_away_for_long
from bot.glm.catalog.catalog import ModelCard, card_for, price_of
from bot.glm.catalog.providers import ImageForm, ProviderProfile, ToolImages
from bot.glm.catalog.sampling import Sampling
from bot.glm.provider_errors import BAD_PARAMETER, Refusal
from bot.glm.request import RequestForm
from bot.glm.told_so_far import LITTLE_CHARS, ToldSoFar
from bot.glm.trimming import RequestLimits, fitted, tokens_of

# Of what was too much, by our own estimate.
SHARE_AFTER_REFUSAL = 0.7
ANEW = "\n\n"  # between the reasoning of one attempt and that of the next
_MOST_IMAGES = re.compile(r"at most (\d+) image", re.IGNORECASE)
_OF_TOOLS = re.compile(r"tool|function", re.IGNORECASE)


@dataclass(slots=True)
class ProviderHabits:
    """What this process has learnt about its provider. Kept in memory: it costs one refused request to learn again."""

    image_as: ImageForm
    tool_images: ToolImages = "user"
    asks_usage: bool = True
    thinking_forms: dict[str, int] = field(default_factory=dict)  # by model: the place in profile.thinking_off
    without_tools: set[str] = field(default_factory=set)  # models that refuse them, and say so
    returns_reasoning: bool = True
    most_images: int = sys.maxsize
    takes_prefix: bool = True


@dataclass(slots=True)
class Course:
    """`failures` are attempts that may be repeated; an adaptation or a second try after silence is none.

    `overloads` counts how often the model said that it has too much to do. `ticket` is its place in the queue,
    `deadline` when it stops to wait there, `sent_at` when it was last sent.
    """

    ask: Ask
    card: ModelCard
    profile: ProviderProfile
    sampling: Sampling
    habits: ProviderHabits
    model: str
    ticket: int = 0
    deadline: float = 0.0
    sent_at: float = 0.0
    failures: int = 0
    overloads: int = 0
    spent: Usage = field(default_factory=Usage)
    told: ToldSoFar = field(default_factory=ToldSoFar)
    first_refusal: Refusal | None = None
    image_as: ImageForm = field(init=False)
    tool_images: ToolImages = field(init=False)
    takes_tools: bool = field(init=False)
    asks_usage: bool = field(init=False)
    thinking_form: int = field(init=False)
    returns_reasoning: bool = field(init=False)
    _refuses_tools: bool = False
    _has_turned_images: bool = False
    _has_repeated: bool = False
    _has_shortened: bool = False
    _has_thought: bool = False
    _thinks_anew: bool = False

    def __post_init__(self) -> None:
        self.image_as = self.habits.image_as
        self.tool_images = self.habits.tool_images
        self.takes_tools = self.model not in self.habits.without_tools
        self.asks_usage = self.habits.asks_usage
        self.thinking_form = self.habits.thinking_forms.get(self.model, 0)
        self.returns_reasoning = self.habits.returns_reasoning

    @property
    def gives_way(self) -> bool:
        """Another model may be asked. Once more than a little was told, this one goes on with it."""
        return self.ask.gives_way and not self.told.has_calls and len(self.told.text.strip()) < LITTLE_CHARS

    def gives_way_after(self, refusal: Refusal) -> bool:
        self.overloads += refusal.is_overloaded
        return self.gives_way and is_away_for_long(refusal, self.overloads)

    @property
    def has_tool_images(self) -> bool:
        parts = [part for message in self.ask.messages for part in message.parts]
        return any(isinstance(part, ToolResult) and part.images for part in parts)

    @property
    def has_answer(self) -> bool:
        """Something of the answer was told, be it of an earlier attempt."""
        return self.told.has_words

    def has_told(self) -> bool:
        """Whether there is an answer, now that this attempt is over: its own words, or those that it went on with."""
        return self.told.has_words and (self.told.is_continuing or not self.told.is_fresh)

    @property
    def sent(self) -> Ask:
        """What this attempt asks."""
        return self.told.continued(self.ask, self.ask.max_tokens or self.sampling.max_tokens)

    @property
    def is_quick_to_stall(self) -> bool:
        """A long call of a tool comes in one piece after a silence, so the second attempt is given more time."""
        return not (self.told.tries and self.ask.tools)

    def form(self) -> RequestForm:
        request_id = uuid4().hex if self.profile.request_ids else ""
        self._thinks_anew = self._has_thought
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
            returns_reasoning=self.returns_reasoning,
            continues_prefix=self.told.is_prefix,
        )

    def go_on(self) -> None:
        """The answer was cut in the middle; the next attempt goes on with it."""
        takes_prefix = self.profile.continues_prefix and self.habits.takes_prefix
        self.told.go_on(is_prefix=takes_prefix and not self.told.has_only_thought)

    def passed(self, event: ModelEvent) -> list[ModelEvent]:
        """What of an event is to be told to the person. Reasoning after that of an earlier attempt begins apart."""
        before: list[ModelEvent] = []
        if isinstance(event, ReasoningDelta):
            before = [ReasoningDelta(ANEW)] if self._thinks_anew else []
            self._has_thought, self._thinks_anew = True, False
        return [*before, *self.told.passed(event)]

    def priced(self, usage: Usage, model: str) -> tuple[Usage, Currency]:
        """With its cost: what the provider states, else the catalog's price, else 0."""
        if usage.cost > 0:
            return usage, self.profile.currency
        price = price_of(card_for(model), self.profile) or price_of(self.card, self.profile)
        return (replace(usage, cost=price.cost(usage)), price.currency) if price else (usage, self.profile.currency)

    def learn(self) -> None:
        """The provider took the request in this form."""
        self.habits.asks_usage = self.asks_usage
        self.habits.tool_images = self.tool_images
        self.habits.returns_reasoning = self.returns_reasoning
        if self._refuses_tools:
            self.habits.without_tools.add(self.model)
        if self._switches_thinking_off:
            self.habits.thinking_forms[self.model] = self.thinking_form
        if self._has_turned_images:
            self.habits.image_as = self.image_as

    def adapt(self, refusal: Refusal) -> str:
        """Another way to write the same request, after it was refused: its name, or "" when there is none left."""
        if isinstance(refusal.error, ContextTooLong):
            return self._with_less()
        if not isinstance(refusal.error, ModelRequestRefused) or refusal.retry:
            return ""
        self.first_refusal = self.first_refusal or refusal
        is_of_image = type(refusal.error) is not ModelRequestRefused
        ways = [self._without_prefix, self._without_usage, self._with_fewer_images, self._with_tool_images_apart]
        ways += [] if is_of_image else [self._with_other_switch]
        ways += [self._with_other_images]
        ways += [] if is_of_image else [self._without_reasoning, self._without_usage_at_last, self._without_tools]
        return next((way for one in ways if (way := one(refusal))), "")

    def _with_less(self) -> str:
        """In the middle of a turn nobody else can make it shorter: text of it may have been shown."""
        in_a_round = any(message.role == "tool" for message in self.ask.messages)
        if self._has_shortened or not in_a_round:
            return ""
        self._has_shortened = True
        most = RequestLimits(self.profile.max_images, int(tokens_of(self.ask) * SHARE_AFTER_REFUSAL))
        shorter = fitted(self.ask, most)
        is_shorter = shorter != self.ask
        self.ask = shorter
        return "length" if is_shorter else ""

    def _without_prefix(self, _: Refusal) -> str:
        """A server of one's own may be too old to continue a prefix, or its template may not."""
        if not self.told.is_prefix:
            return ""
        self.habits.takes_prefix = False
        self.told.in_words()
        return "prefix"

    def _without_usage(self, refusal: Refusal) -> str:
        """The page of wcode does not say whether it takes it."""
        if not self.asks_usage or "stream_options" not in refusal.error.detail:
            return ""
        self.asks_usage = False
        return "usage"

    def _with_fewer_images(self, refusal: Refusal) -> str:
        """A server of one's own may take fewer than its kind does: vLLM's `--limit-mm-per-prompt`."""
        found = _MOST_IMAGES.search(refusal.error.detail)
        most = int(found[1]) if found else 0
        if not most or most >= self.habits.most_images:
            return ""
        self.habits.most_images = most
        self.ask = fitted(self.ask, RequestLimits(most, tokens_of(self.ask)))
        return "fewer images"

    def _with_tool_images_apart(self, _: Refusal) -> str:
        """A tool's result may be text only there (glm.md §3)."""
        if self.tool_images != "native" or not self.has_tool_images:
            return ""
        self.tool_images = "user"
        return "tool images"

    def _with_other_switch(self, _: Refusal) -> str:
        if not self._has_other_switch:
            return ""
        self.thinking_form += 1
        return "thinking"

    def _with_other_images(self, refusal: Refusal) -> str:
        """dyad#1353: the second attempt works; CodexPlusPlus#2031: bare base64 does."""
        if not self.ask.has_pictures or self._has_turned_images or refusal.code != BAD_PARAMETER:
            return ""
        self._has_turned_images = True
        self.image_as = "base64" if self.image_as == "data_uri" else "data_uri"
        self.thinking_form = self.habits.thinking_forms.get(self.model, 0)  # it was not the switch that was refused
        return "images"

    def _without_reasoning(self, _: Refusal) -> str:
        """Sent back with the results of tools; no page of wcode's names the field."""
        has_reasoning = any(isinstance(part, Reasoning) for message in self.ask.messages for part in message.parts)
        if not self.returns_reasoning or not has_reasoning:
            return ""
        self.returns_reasoning = False
        return "reasoning"

    def _without_usage_at_last(self, _: Refusal) -> str:
        """Where nobody could tell whether it is taken, a refusal without a reason may mean it."""
        if not self.asks_usage or self.profile.is_usage_documented:
            return ""
        self.asks_usage = False
        return "usage"

    def _without_tools(self, refusal: Refusal) -> str:
        """Only some vision models take them (glm.md §1). Remembered only when the refusal names them."""
        if not self.takes_tools or not self.ask.tools:
            return ""
        self.takes_tools = False
        self._refuses_tools = bool(_OF_TOOLS.search(refusal.error.detail))
        return "tools"

    def repeat(self, finished: Finished) -> str:
        """How to ask once more after an answer without a word, or "" when that has been done."""
        self.spent += finished.usage
        if finished.reason == "length":  # all of it went into thinking
            return "length" if self.stop_thinking() else ""
        if self._has_repeated:
            return ""
        self._has_repeated = True
        if self._has_thought:  # it may have answered where nobody sees it
            self.stop_thinking()
        return "empty"

    def stop_thinking(self) -> bool:
        """Tell the model not to think from now on; False where that changes nothing, or where text has been shown."""
        if self.has_answer or self.ask.thinking is False or not self.card.can_disable_thinking:
            return False
        self.ask = replace(self.ask, thinking=False)
        return True

    @property
    def _switches_thinking_off(self) -> bool:
        return self._wanted_thinking is False and self.card.can_disable_thinking

    @property
    def _wanted_thinking(self) -> bool | None:
        """What goes on in the middle has been thought about."""
        return False if self.told.is_continuing else self.ask.thinking

    @property
    def _has_other_switch(self) -> bool:
        is_proven = self.model in self.habits.thinking_forms
        return self._switches_thinking_off and not is_proven and self.thinking_form + 1 < len(self.profile.thinking_off)

    def _thinking(self) -> Mapping[str, Any]:
        if self._wanted_thinking is True:
            return self.profile.thinking_on
        return self.profile.thinking_off[self.thinking_form] if self._switches_thinking_off else {}
