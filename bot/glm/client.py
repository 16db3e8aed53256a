"""GlmClient turns an Ask into events. It joins the queue, retries, adaptations and the continuing of cut answers.

As long as the person has seen nothing of the answer, the request is sent again; reasoning is not the answer, and is
shown again. An answer that was cut in the middle is continued (answer_so_far.py). The retries are written here rather
than with stamina, which cannot express “only while nothing was yielded” for a generator, nor yield to Retry-After.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace

import aiohttp
import structlog

from bot.core.model.events import Finished, ModelEvent, Unfinished
from bot.core.model.messages import Ask
from bot.core.model.usage import Usage
from bot.errors import (
    BUSY_THROUGHOUT,
    AnswerCut,
    AnswerEmpty,
    AnswerOnlyThought,
    AnswerRepeating,
    CallTooLong,
    ModelBusy,
    ModelError,
    ModelRequestRefused,
    ModelUnreachable,
    TextOnlyModel,
)
from bot.glm.attempt import ProviderHabits, RequestState
from bot.glm.away import FAILED, final, mark_away
from bot.glm.breaker import Breakers
from bot.glm.catalog.catalog import ModelCard, card_for
from bot.glm.exchange import Endpoint, Expected, StreamBrokenOff, exchange
from bot.glm.refusals.busy_for import busy_for
from bot.glm.refusals.provider_errors import Refusal, Refused
from bot.glm.request import request_body
from bot.glm.request_queue import RequestQueue
from bot.glm.stream.wire import CallNotOffered
from bot.glm.timing import Timing
from bot.glm.trimming import fitted, limits

ATTEMPTS = 3
MOST_CONTINUATIONS = 2  # after cuts of one answer
_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 8.0

log = structlog.get_logger(__name__)


class _Wordless(Exception):
    """The model finished with neither text nor a tool call."""

    def __init__(self, finished: Finished) -> None:
        super().__init__()
        self.finished = finished


class GlmClient:
    """A `core.ports.Model` over one provider. There is one per process: it remembers what the provider takes, and
    failures.

    The session belongs to the caller; the client never closes it.
    """

    def __init__(self, session: aiohttp.ClientSession, endpoint: Endpoint, timing: Timing | None = None) -> None:
        self._session = session
        self._endpoint = endpoint
        self._timing = timing or Timing()
        self._habits = ProviderHabits(endpoint.profile.image_as, endpoint.profile.tool_images)
        self.breakers = Breakers(self._timing.clock)
        self._queue = RequestQueue(self.breakers, self._timing)

    @property
    def card(self) -> ModelCard:
        """The card of the configured model, for limits and prices."""
        return card_for(self._endpoint.model)

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Yield events until exactly one Finished, or raise a ModelError. Closing the generator closes the
        connection.
        """
        state = self._state(ask)
        patience_s = ask.patience_s or self._timing.longest_wait_s
        state.ticket, state.deadline = self._queue.ticket(), self._timing.clock() + patience_s
        error: ModelError | None = None
        while error is None:
            try:
                async with aclosing(self._queued(state)) as events:
                    async for event in events:
                        for shown in state.events_for(event):
                            yield shown
            except (_Wordless, StreamBrokenOff, Refused, ModelError) as failure:
                held = failure.held if isinstance(failure, StreamBrokenOff) else []
                error = await self._failed(state, failure)
            else:
                return
        for shown in self._last_words(state, held):
            yield shown
        raise error

    def _last_words(self, state: RequestState, held: list[ModelEvent]) -> Iterator[ModelEvent]:
        """Yield what was held back, since it belongs to the person even when the stream broke, and the usage to pay
        for.

        Text that the seam still holds repeats text that was given out, so it is dropped.
        """
        for event in held:
            yield from state.events_for(event)
        if state.spent != Usage():
            usage, currency = state.priced(state.spent, "")
            yield Unfinished(replace(usage, cost=0.0), state.model, usage.cost, currency)

    async def _failed(
        self, state: RequestState, failure: _Wordless | StreamBrokenOff | Refused | ModelError
    ) -> ModelError | None:
        """Wait for the next attempt. Return the error when there is none."""
        try:
            delay_s = self._delay_after(state, failure)
        except ModelError as error:
            return error
        if delay_s > 0:
            await self._timing.sleep(delay_s)
        return None

    def _delay_after(self, state: RequestState, failure: _Wordless | StreamBrokenOff | Refused | ModelError) -> float:
        """Return the seconds to wait before the next attempt. Raise when there is none."""
        has_begun = isinstance(failure, StreamBrokenOff)
        if isinstance(failure, StreamBrokenOff):
            state.spent += state.priced(failure.usage or state.answer.usage(state.ask), "")[0]
            failure = failure.failure
        match failure:
            case _Wordless():
                self._repeat(state, failure.finished)
                return 0.0
            case Refused():
                return self._after(state, failure.refusal, has_begun=has_begun)
            case ModelError() if failure.is_away:  # raised by `_give_way`: another model is asked at once
                raise mark_away(AnswerCut("after text: away")) if state.has_answer else failure
            case ModelBusy():  # raised by `_queued`: there is no time left to wait
                raise AnswerCut("after text: the queue") if state.has_answer else failure
            case AnswerRepeating() if state.stop_thinking():
                log.info("model.retry", reason="repeating", detail=failure.detail, model=state.model)
                return 0.0
            case CallTooLong() if state.think_less():
                log.info("model.retry", reason="call too long", model=state.model)
                return 0.0
            case _:
                may_retry = isinstance(failure, FAILED) and not isinstance(failure, CallNotOffered)
                return self._after(state, Refusal(failure, "", may_retry), has_begun=has_begun)

    def _state(self, ask: Ask) -> RequestState:
        endpoint = self._endpoint
        model = ask.model or endpoint.model
        card = card_for(model)
        answer_tokens = ask.max_tokens or endpoint.sampling.max_tokens
        most_images = min(endpoint.profile.max_images, self._habits.most_images)
        fitting = fitted(ask, limits(card.context_tokens, answer_tokens, most_images))
        state = RequestState(fitting, card, endpoint.profile, endpoint.sampling, self._habits, model)
        if state.ask is not ask:
            log.info("model.fitted", model=model)
        if state.ask.has_pictures and not card.has_vision:
            raise TextOnlyModel(card.name)
        return state

    async def _queued(self, state: RequestState) -> AsyncGenerator[ModelEvent, None]:
        """Make one attempt once its turn in the queue has come."""
        self._give_way(state)
        try:
            async with aclosing(self._queue.admitted(state.ticket, state.model, state.deadline)) as places:
                async for waiting in places:
                    self._give_way(state)
                    yield waiting
        except TimeoutError as error:
            minutes = max(1, round(self._timing.longest_wait_s / 60))
            raise ModelBusy("the queue", user_message=BUSY_THROUGHOUT, fields={"minutes": minutes}) from error
        probed = [breaker for breaker in self.breakers.before(state.model) if breaker.admit()]
        state.sent_at = self._timing.clock()
        try:
            async with aclosing(self._attempt(state)) as events:
                async for event in events:
                    yield event
        finally:
            for breaker in probed:
                breaker.left()
            self._queue.left(state.ticket, state.model)

    def _give_way(self, state: RequestState) -> None:
        """Raise when the model is down and another one can be asked instead of waiting."""
        if state.gives_way and self.breakers.of(state.model).is_resting:
            raise mark_away(ModelUnreachable("it rests"))

    async def _attempt(self, state: RequestState) -> AsyncGenerator[ModelEvent, None]:
        has_begun = False
        form, ask = state.form(), state.sent
        state.answer.begin()
        # Encoding many pictures takes tens of milliseconds, in which other answers should continue.
        body = await asyncio.to_thread(request_body, ask, form) if ask.has_pictures else request_body(ask, form)
        async with aclosing(exchange(self._session, self._endpoint, body, self._expected(state))) as events:
            async for event in events:
                if not has_begun:
                    has_begun = True
                    self.breakers.answered(state.model)
                    self._queue.taken(state.ticket, state.model)
                    state.learn()
                yield self._settled(state, event) if isinstance(event, Finished) else event

    def _expected(self, state: RequestState) -> Expected:
        after = state.answer.text if state.answer.is_continuing else ""
        return Expected(state.ask.keeps_boxes, state.ask.tools if state.takes_tools else (), after)

    def _settled(self, state: RequestState, finished: Finished) -> Finished:
        """Return Finished with its cost, which includes attempts whose answer was thrown away."""
        self.breakers.succeeded(state.model)
        if state.answer.has_only_thought:
            state.spent += state.priced(finished.usage, finished.model)[0]
            raise AnswerCut("only reasoning where the text was to go on")
        if not state.is_answered():
            raise _Wordless(finished)
        last, currency = state.priced(finished.usage, finished.model)
        usage = state.spent + last
        return replace(
            finished,
            usage=replace(usage, cost=0.0),
            model=finished.model or state.model,
            cost=usage.cost,
            currency=currency,
        )

    def _repeat(self, state: RequestState, finished: Finished) -> None:
        why = state.repeat(replace(finished, usage=state.priced(finished.usage, finished.model)[0]))
        if not why:
            detail = f"finish reason {finished.reason}"
            if state.has_answer:
                raise AnswerCut(detail)
            raise AnswerOnlyThought(detail) if finished.reason == "length" else AnswerEmpty(detail)
        log.info("model.retry", reason=why, model=state.model)

    def _after(self, state: RequestState, refusal: Refusal, *, has_begun: bool) -> float:
        error = refusal.error
        self.breakers.refused(state.model, refusal)
        self._queue.changed()
        if state.gives_way_after(refusal):
            raise mark_away(AnswerCut(f"after text: {error.detail}") if state.has_answer else error)
        if refusal.is_busy:
            self._wait_for_turn(state, refusal)
            return self._go_on(state, refusal, has_begun=True) if has_begun and state.has_answer else 0.0
        if not has_begun and (adaptation := state.adapt(refusal)):
            log.info("model.adapted", what=adaptation, code=refusal.code, model=state.model)
            return 0.0
        if state.has_answer:
            return self._go_on(state, refusal, has_begun=has_begun)
        state.failures += 1
        if not refusal.retry or state.failures >= ATTEMPTS:
            self._give_up(state, refusal)
        if error.retry_after_s is not None:  # the provider is down, and says for how long
            self._wait_for_turn(state, refusal)
            return 0.0
        delay_s = self._delay_s(state.failures)
        self._log_retry(state, refusal, state.failures, delay_s)
        return delay_s

    def _go_on(self, state: RequestState, refusal: Refusal, *, has_begun: bool) -> float:
        """Continue an answer whose beginning the person has seen, or end it as cut."""
        error, answer = refusal.error, state.answer
        if has_begun and not refusal.retry:
            raise error
        if not refusal.retry or answer.tries >= MOST_CONTINUATIONS:
            raise final(refusal, AnswerCut(f"after text: {error.detail}"))
        # After the first cut it continues at once.
        delay_s = self._delay_s(answer.tries) if answer.tries or answer.is_fresh else 0.0
        state.go_on()
        self._log_retry(state, refusal, answer.tries, delay_s)
        return delay_s

    def _wait_for_turn(self, state: RequestState, refusal: Refusal) -> None:
        """Queue again: a busy provider is no failure. The question keeps its place as long as it may wait."""
        asked_s, now = refusal.error.retry_after_s, self._timing.clock()
        if asked_s is not None and now + asked_s > state.deadline:
            if state.has_answer:
                raise AnswerCut(f"after text: {refusal.error.detail}")
            raise busy_for(refusal.error.detail, asked_s)
        delay_s = self._queue.refused(state.ticket, state.model, asked_s, state.sent_at)
        self._log_retry(state, refusal, state.failures, delay_s)

    def _log_retry(self, state: RequestState, refusal: Refusal, attempt: int, delay_s: float) -> None:
        log.warning(
            "model.retry",
            reason=type(refusal.error).__name__,
            code=refusal.code,
            attempt=attempt,
            delay_s=round(delay_s, 2),
            model=state.model,
        )

    def _give_up(self, state: RequestState, refusal: Refusal) -> None:
        reason = refusal
        if isinstance(refusal.error, ModelRequestRefused) and state.first_refusal:
            reason = state.first_refusal  # why the request was refused in its first, intended form
        log.warning("model.refused", error=type(reason.error).__name__, code=reason.code, model=state.model)
        raise final(reason, reason.error)

    def _delay_s(self, failures: int) -> float:
        """Exponential backoff with full jitter."""
        return self._timing.jitter() * min(_LONGEST_BACKOFF_S, _BACKOFF_S * 2.0**failures)
