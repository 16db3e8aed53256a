"""The model as the bot sees it: an Ask in, events out. Retries, adaptations and the circuit breaker meet here.

Asking again is allowed only while the person has seen nothing of the answer. Reasoning is not the answer: after it
alone the request may be sent again, and its reasoning is told anew. Retries are the few lines below rather than
stamina, which cannot say “only while nothing was yielded” of a generator, nor give way to Retry-After.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

import aiohttp
import structlog

from bot.core.events import Finished, ModelEvent, ReasoningDelta
from bot.core.messages import Ask
from bot.errors import (
    AnswerCut,
    AnswerEmpty,
    AnswerRepeating,
    ModelBusy,
    ModelError,
    ModelRequestRefused,
    ModelTimeout,
    ModelUnreachable,
    TextOnlyModel,
)
from bot.glm.breaker import Breaker
from bot.glm.catalog import ModelCard, card_for, price_of
from bot.glm.course import Course, Habits
from bot.glm.exchange import Endpoint, exchange
from bot.glm.fitting import fitted, limits
from bot.glm.refusals import Refusal, Refused
from bot.glm.request import request_body

ATTEMPTS = 3
LONGEST_RETRY_AFTER_S = 20.0
ANEW = "\n\n"  # between the reasoning of one attempt and that of the next
_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 8.0
_PROVIDER_DOWN = (ModelBusy, ModelUnreachable, ModelTimeout)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How the client waits; tests bring their own. `jitter` gives 0 to 1."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random


class _Wordless(Exception):
    """The model finished with neither text nor a tool call."""

    def __init__(self, finished: Finished) -> None:
        super().__init__()
        self.finished = finished


class GlmClient:
    """A `core.ports.Model` over one provider. One per process: it remembers what the provider takes and its failures.

    The session is the caller's; the client never closes it.
    """

    def __init__(self, session: aiohttp.ClientSession, endpoint: Endpoint, timing: Timing | None = None) -> None:
        self._session = session
        self._endpoint = endpoint
        self._timing = timing or Timing()
        self._habits = Habits(endpoint.profile.image_as, endpoint.profile.tool_images)
        self.breaker = Breaker(self._timing.clock)

    @property
    def card(self) -> ModelCard:
        """The card of the configured model, for limits and prices."""
        return card_for(self._endpoint.model)

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Events until exactly one Finished, or a ModelError. Closing it closes the connection at once."""
        course = self._course(ask)
        while True:
            try:
                async with aclosing(self._attempt(course)) as events:
                    async for event in events:
                        if course.thinks_anew(event):
                            yield ReasoningDelta(ANEW)
                        course.note(event)
                        yield event
            except (_Wordless, Refused, ModelError) as trouble:
                delay_s = self._delay_after(course, trouble)
            else:
                return
            if delay_s > 0:
                await self._timing.sleep(delay_s)

    def _delay_after(self, course: Course, trouble: _Wordless | Refused | ModelError) -> float:
        """Seconds to wait before the next attempt; raises when there is none."""
        match trouble:
            case _Wordless():
                self._repeat(course, trouble.finished)
                return 0.0
            case Refused():
                return self._after(course, trouble.refusal)
            case AnswerRepeating() if course.stop_thinking():
                log.info("model.retry", reason="repeating", detail=trouble.detail, model=course.model)
                return 0.0
            case _:
                may_retry = isinstance(trouble, AnswerCut | ModelTimeout | ModelUnreachable)
                return self._after(course, Refusal(trouble, "", may_retry))

    def _course(self, ask: Ask) -> Course:
        endpoint = self._endpoint
        model = ask.model or endpoint.model
        card = card_for(model)
        answer = ask.max_tokens or endpoint.sampling.max_tokens
        most = limits(card.context_tokens, answer, min(endpoint.profile.max_images, self._habits.most_images))
        course = Course(fitted(ask, most), card, endpoint.profile, endpoint.sampling, self._habits, model)
        if course.ask is not ask:
            log.info("model.fitted", model=model)
        if course.has_images and not card.has_vision:
            raise TextOnlyModel(card.name)
        return course

    async def _attempt(self, course: Course) -> AsyncGenerator[ModelEvent, None]:
        was_probe = self.breaker.admit()
        has_begun = False
        try:
            form = course.form()
            # encoding many pictures takes tens of milliseconds, in which other answers should go on
            body = (
                await asyncio.to_thread(request_body, course.ask, form)
                if course.has_images
                else request_body(course.ask, form)
            )
            events = exchange(self._session, self._endpoint, body, keeps_boxes=course.ask.keeps_boxes)
            async with aclosing(events):
                async for event in events:
                    if not has_begun:
                        has_begun = True
                        self.breaker.succeeded()
                        course.learn()
                    yield self._settled(course, event) if isinstance(event, Finished) else event
        finally:
            self.breaker.left(was_probe=was_probe)

    def _settled(self, course: Course, finished: Finished) -> Finished:
        """Finished with its cost, that of attempts thrown away included."""
        if not course.has_answer:
            raise _Wordless(finished)
        usage = course.spent + finished.usage
        price = price_of(card_for(finished.model), course.profile) or price_of(course.card, course.profile)
        return replace(
            finished,
            usage=usage,
            model=finished.model or course.model,
            cost=price.cost(usage) if price else 0.0,
            currency=price.currency if price else course.profile.currency,
        )

    def _repeat(self, course: Course, finished: Finished) -> None:
        why = course.repeat(finished)
        if not why:
            raise AnswerEmpty(f"finish reason {finished.reason}")
        log.info("model.retry", reason=why, model=course.model)

    def _after(self, course: Course, refusal: Refusal) -> float:
        error = refusal.error
        if course.has_answer:
            raise AnswerCut(f"after text: {error.detail}") if refusal.retry else error
        self._tell_breaker(refusal)
        if adaptation := course.adapt(refusal):
            log.info("model.adapted", what=adaptation, code=refusal.code, model=course.model)
            return 0.0
        course.failures += 1
        if not refusal.retry or course.failures >= ATTEMPTS:
            self._give_up(course, refusal)
        delay_s = self._delay_s(course, error)
        log.warning(
            "model.retry",
            reason=type(error).__name__,
            code=refusal.code,
            attempt=course.failures,
            delay_s=round(delay_s, 2),
            model=course.model,
        )
        return delay_s

    def _tell_breaker(self, refusal: Refusal) -> None:
        if isinstance(refusal.error, ModelBusy) and not refusal.code:
            return  # the breaker's own
        if isinstance(refusal.error, _PROVIDER_DOWN):
            self.breaker.failed()
        elif refusal.code:
            self.breaker.succeeded()  # a refusal is an answer too

    def _give_up(self, course: Course, refusal: Refusal) -> None:
        shown = refusal
        if isinstance(refusal.error, ModelRequestRefused) and course.first_refusal:
            shown = course.first_refusal  # why it was refused in the form it was meant in
        log.warning("model.refused", error=type(shown.error).__name__, code=shown.code, model=course.model)
        raise shown.error

    def _delay_s(self, course: Course, error: ModelError) -> float:
        """Exponential with full jitter; what the provider asks for, where it is bearable, comes first."""
        asked = error.retry_after_s
        if asked is not None and asked > LONGEST_RETRY_AFTER_S:
            raise ModelBusy(error.detail, retry_after_s=asked)
        longest = min(_LONGEST_BACKOFF_S, _BACKOFF_S * 2.0**course.failures)
        return max(asked or 0.0, self._timing.jitter() * longest)
