"""RequestState decides how a request is repeated: it knows its attempts, the forms tried, and what was streamed.

It does no I/O; the client does that.
"""

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
from bot.glm.answer_so_far import LITTLE_CHARS, AnswerSoFar
from bot.glm.away import is_away_for_long
from bot.glm.catalog.catalog import ModelCard, card_for, price_of
from bot.glm.catalog.providers import ImageForm, ProviderProfile, ToolImages
from bot.glm.catalog.sampling import Sampling
from bot.glm.refusals.error_kinds import BAD_PARAMETER
from bot.glm.refusals.provider_errors import Refusal
from bot.glm.request import RequestForm
from bot.glm.trimming import RequestLimits, fitted, tokens_of

# After a refusal for length, the next attempt may have this share of our own estimate of the refused request.
SHARE_AFTER_REFUSAL = 0.7
REASONING_BREAK = "\n\n"  # stands between the reasoning of one attempt and that of the next
_MOST_IMAGES = re.compile(r"at most (\d+) image", re.IGNORECASE)
_NO_TOOLS = re.compile(
    r"support(s|ing)? (tool|function)|(tool|function)s?( use| call(s|ing)?)? (is|are) not (supported|enabled)"
    r"|tool choice requires",
    re.IGNORECASE,
)
_OF_TOOLS = re.compile(r"tool|function", re.IGNORECASE)


@dataclass(slots=True)
class ProviderHabits:
    """What this process has learnt about its provider. It is kept in memory: learning again costs one refused
    request.
    """

    image_as: ImageForm
    tool_images: ToolImages = "user"
    asks_usage: bool = True
    thinking_forms: dict[str, int] = field(default_factory=dict)  # by model: an index into profile.thinking_off
    without_tools: set[str] = field(default_factory=set)  # models that refuse tools and say so
    returns_reasoning: bool = True
    most_images: int = sys.maxsize
    takes_prefix: bool = True


@dataclass(slots=True)
class RequestState:
    """One request to the model, with everything its attempts have changed about it.

    `failures` counts attempts that failed and may be repeated; an adaptation, or a second try after an empty answer, is
    no failure. `overloads` counts how often the model said that it has too much to do. `ticket` is the request's place
    in the queue, `deadline` the time at which it stops waiting there, `sent_at` the time of its last attempt. `spent`
    is what attempts have used whose answer was thrown away.
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
    answer: AnswerSoFar = field(default_factory=AnswerSoFar)
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
    _thinks_again: bool = False

    def __post_init__(self) -> None:
        self.image_as = self.habits.image_as
        self.tool_images = self.habits.tool_images
        self.takes_tools = self.model not in self.habits.without_tools
        self.asks_usage = self.habits.asks_usage
        self.thinking_form = self.habits.thinking_forms.get(self.model, 0)
        self.returns_reasoning = self.habits.returns_reasoning

    @property
    def gives_way(self) -> bool:
        """Tell whether another model may be asked. Once more than a little was shown, this model continues its
        answer.
        """
        return self.ask.gives_way and not self.answer.has_calls and len(self.answer.text.strip()) < LITTLE_CHARS

    def gives_way_after(self, refusal: Refusal) -> bool:
        self.overloads += refusal.is_overloaded
        return self.gives_way and is_away_for_long(refusal, self.overloads)

    @property
    def has_tool_images(self) -> bool:
        parts = [part for message in self.ask.messages for part in message.parts]
        return any(isinstance(part, ToolResult) and part.images for part in parts)

    @property
    def has_answer(self) -> bool:
        """Tell whether a part of the answer was given out, in this attempt or in an earlier one."""
        return self.answer.has_content

    def is_answered(self) -> bool:
        """Tell, at the end of an attempt, whether there is an answer: the attempt's own words, or those it
        continued.
        """
        return self.answer.has_content and (self.answer.is_continuing or not self.answer.is_fresh)

    @property
    def sent(self) -> Ask:
        """The request of this attempt."""
        return self.answer.continued(self.ask, self.ask.max_tokens or self.sampling.max_tokens)

    def form(self) -> RequestForm:
        request_id = uuid4().hex if self.profile.request_ids else ""
        self._thinks_again = self._has_thought
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
            continues_prefix=self.answer.is_prefix,
        )

    def go_on(self) -> None:
        """Prepare the next attempt to continue an answer that was cut in the middle."""
        takes_prefix = self.profile.continues_prefix and self.habits.takes_prefix
        self.answer.go_on(is_prefix=takes_prefix and not self.answer.has_only_thought)

    def events_for(self, event: ModelEvent) -> list[ModelEvent]:
        """Return the events to give out for this one. Reasoning is set apart from the reasoning of an earlier
        attempt.
        """
        before: list[ModelEvent] = []
        if isinstance(event, ReasoningDelta):
            before = [ReasoningDelta(REASONING_BREAK)] if self._thinks_again else []
            self._has_thought, self._thinks_again = True, False
        return [*before, *self.answer.events_for(event)]

    def priced(self, usage: Usage, model: str) -> tuple[Usage, Currency]:
        """Return the usage with its cost: what the provider states, else by the catalog's price, else 0."""
        if usage.cost > 0:
            return usage, self.profile.currency
        price = price_of(card_for(model), self.profile) or price_of(self.card, self.profile)
        return (replace(usage, cost=price.cost(usage)), price.currency) if price else (usage, self.profile.currency)

    def learn(self) -> None:
        """Remember the form of this request: the provider has accepted it."""
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
        """Write the refused request in another way. Return the name of the change, or "" when there is none left to
        try.
        """
        if isinstance(refusal.error, ContextTooLong):
            return self._with_less()
        if not isinstance(refusal.error, ModelRequestRefused) or refusal.retry:
            return ""
        self.first_refusal = self.first_refusal or refusal
        is_of_image = type(refusal.error) is not ModelRequestRefused
        ways = [self._without_prefix, self._without_usage, self._with_fewer_images, self._with_tool_images_apart]
        ways += [] if is_of_image else [self._without_refused_tools, self._with_other_switch]
        ways += [self._with_other_images]
        ways += [] if is_of_image else [self._without_reasoning, self._without_usage_at_last, self._without_tools]
        return next((name for change in ways if (name := change(refusal))), "")

    def _with_less(self) -> str:
        """Shorten the request. Only within a turn: before it begins, the caller shortens the conversation instead;
        later it can't, since text of the turn may have been shown.
        """
        in_a_round = any(message.role == "tool" for message in self.ask.messages)
        if self._has_shortened or not in_a_round:
            return ""
        self._has_shortened = True
        limits = RequestLimits(self.profile.max_images, int(tokens_of(self.ask) * SHARE_AFTER_REFUSAL))
        shorter = fitted(self.ask, limits)
        is_shorter = shorter != self.ask
        self.ask = shorter
        return "length" if is_shorter else ""

    def _without_prefix(self, _: Refusal) -> str:
        """A self-hosted server may be too old to continue a prefix, or its template may not allow it."""
        if not self.answer.is_prefix:
            return ""
        self.habits.takes_prefix = False
        self.answer.continue_in_words()
        return "prefix"

    def _without_usage(self, refusal: Refusal) -> str:
        """The page of wcode does not say whether it takes `stream_options`."""
        if not self.asks_usage or "stream_options" not in refusal.error.detail:
            return ""
        self.asks_usage = False
        return "usage"

    def _with_fewer_images(self, refusal: Refusal) -> str:
        """A self-hosted server may take fewer images than its kind does by default: vLLM's `--limit-mm-per-prompt`."""
        found = _MOST_IMAGES.search(refusal.error.detail)
        most_images = int(found[1]) if found else 0
        if not most_images or most_images >= self.habits.most_images:
            return ""
        self.habits.most_images = most_images
        self.ask = fitted(self.ask, RequestLimits(most_images, tokens_of(self.ask)))
        return "fewer images"

    def _with_tool_images_apart(self, _: Refusal) -> str:
        """Some servers take only text as a tool's result (glm.md §3)."""
        if self.tool_images != "native" or not self.has_tool_images:
            return ""
        self.tool_images = "user"
        return "tool images"

    def _without_refused_tools(self, refusal: Refusal) -> str:
        """Say at once what else would be tried last: OpenRouter has no endpoint with tools, Ollama names the model."""
        return self._without_tools(refusal) if _NO_TOOLS.search(refusal.error.detail) else ""

    def _with_other_switch(self, _: Refusal) -> str:
        if not self._has_other_switch:
            return ""
        self.thinking_form += 1
        return "thinking"

    def _with_other_images(self, refusal: Refusal) -> str:
        """With some servers the second attempt succeeds (dyad#1353), with others bare base64 does
        (CodexPlusPlus#2031).
        """
        if not self.ask.has_pictures or self._has_turned_images or refusal.code != BAD_PARAMETER:
            return ""
        self._has_turned_images = True
        self.image_as = "base64" if self.image_as == "data_uri" else "data_uri"
        self.thinking_form = self.habits.thinking_forms.get(self.model, 0)  # the switch was not what was refused
        return "images"

    def _without_reasoning(self, _: Refusal) -> str:
        """Reasoning is sent back with the results of tools, but the page of wcode does not name the field."""
        has_reasoning = any(isinstance(part, Reasoning) for message in self.ask.messages for part in message.parts)
        if not self.returns_reasoning or not has_reasoning:
            return ""
        self.returns_reasoning = False
        return "reasoning"

    def _without_usage_at_last(self, _: Refusal) -> str:
        """Where it is unknown whether `stream_options` is taken, a refusal without a reason may be about it."""
        if not self.asks_usage or self.profile.is_usage_documented:
            return ""
        self.asks_usage = False
        return "usage"

    def _without_tools(self, refusal: Refusal) -> str:
        """Only some vision models take tools (glm.md §1). This is remembered only when the refusal speaks of tools."""
        if not self.takes_tools or not self.ask.tools:
            return ""
        self.takes_tools = False
        self._refuses_tools = bool(_OF_TOOLS.search(refusal.error.detail))
        return "tools"

    def repeat(self, finished: Finished) -> str:
        """Prepare another attempt after an answer without words. Return its reason, or "" when that was done
        already.
        """
        self.spent += finished.usage
        if finished.reason == "length":  # the model spent its whole limit on thinking
            return "length" if self.stop_thinking() else ""
        if self._has_repeated:
            return ""
        self._has_repeated = True
        if self._has_thought:  # the answer may stand in the reasoning, where nobody sees it
            self.stop_thinking()
        return "empty"

    def stop_thinking(self) -> bool:
        """Tell the model not to think from now on. Return False where that changes nothing or where text was shown."""
        if self.has_answer or self.ask.thinking is False or not self.card.can_disable_thinking:
            return False
        self.ask = replace(self.ask, thinking=False)
        return True

    def think_less(self) -> bool:
        """Leave the room of the thoughts to the answer. Return False where that gives it no more."""
        return self._has_thought and self.stop_thinking()

    @property
    def _switches_thinking_off(self) -> bool:
        return self._wanted_thinking is False and self.card.can_disable_thinking

    @property
    def _wanted_thinking(self) -> bool | None:
        """A continuation needs no thinking: the first attempt has done it."""
        return False if self.answer.is_continuing else self.ask.thinking

    @property
    def _has_other_switch(self) -> bool:
        is_proven = self.model in self.habits.thinking_forms
        return self._switches_thinking_off and not is_proven and self.thinking_form + 1 < len(self.profile.thinking_off)

    def _thinking(self) -> Mapping[str, Any]:
        if self._wanted_thinking is True:
            return self.profile.thinking_on
        return self.profile.thinking_off[self.thinking_form] if self._switches_thinking_off else {}
