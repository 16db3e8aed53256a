"""The model as the bot sees it: an Ask in, events out. Queue, retries, adaptations and going on after a cut meet here.

As long as the person has seen nothing of the answer, the request is sent again; reasoning is not the answer, and is
told anew. An answer that was cut in the middle is gone on with (told.py). Retries are the few lines below rather than
stamina, which cannot say “only while nothing was yielded” of a generator, nor give way to Retry-After.
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
    ModelBusy,
    ModelError,
    ModelRequestRefused,
    ModelUnreachable,
    TextOnlyModel,
)
from bot.glm.attempt import Course, ProviderHabits
from bot.glm.away import FAILED, final, told_away
from bot.glm.breaker import Breakers
from bot.glm.catalog.catalog import ModelCard, card_for
from bot.glm.exchange import Endpoint, Expected, StreamBrokenOff, exchange
from bot.glm.provider_errors import Refusal, Refused
from bot.glm.request import request_body
from bot.glm.request_queue import RequestQueue
from bot.glm.stream.wire import CallNotOffered
from bot.glm.timing import Timing
from bot.glm.trimming import fitted, limits
from bot.words import text

ATTEMPTS = 3
MOST_TRIES = 2  # to go on after a cut
BUSY_FOR = text("The model is very busy. Please ask again in {minutes} minutes.")
_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 8.0

log = structlog.get_logger(__name__)


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
        self._habits = ProviderHabits(endpoint.profile.image_as, endpoint.profile.tool_images)
        self.breakers = Breakers(self._timing.clock)
        self._queue = RequestQueue(self.breakers, self._timing)

    @property
    def card(self) -> ModelCard:
        """The card of the configured model, for limits and prices."""
        return card_for(self._endpoint.model)

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Events until exactly one Finished, or a ModelError. Closing it closes the connection at once."""
        course = self._course(ask)
        patience_s = ask.patience_s or self._timing.longest_wait_s
        course.ticket, course.deadline = self._queue.ticket(), self._timing.clock() + patience_s
        over: ModelError | None = None
        while over is None:
            try:
                async with aclosing(self._queued(course)) as events:
                    async for event in events:
                        for told in course.passed(event):
                            yield told
            except (_Wordless, StreamBrokenOff, Refused, ModelError) as trouble:
                held = trouble.held if isinstance(trouble, StreamBrokenOff) else []
                over = await self._failed(course, trouble)
            else:
                return
        for told in self._last_words(course, held):
            yield told
        raise over

    def _last_words(self, course: Course, held: list[ModelEvent]) -> Iterator[ModelEvent]:
        """What was held back belongs to the person even when the stream broke, and what was used has to be paid for.

        What the seam still holds is in the text already: a repetition that was cut in its turn.
        """
        for event in held:
            yield from course.passed(event)
        if course.spent != Usage():
            usage, currency = course.priced(course.spent, "")
            yield Unfinished(replace(usage, cost=0.0), course.model, usage.cost, currency)

    async def _failed(
        self, course: Course, trouble: _Wordless | StreamBrokenOff | Refused | ModelError
    ) -> ModelError | None:
        """Wait for the next attempt; the error when there is none."""
        try:
            delay_s = self._delay_after(course, trouble)
        except ModelError as over:
            return over
        if delay_s > 0:
            await self._timing.sleep(delay_s)
        return None

    def _delay_after(self, course: Course, trouble: _Wordless | StreamBrokenOff | Refused | ModelError) -> float:
        """Seconds to wait before the next attempt; raises when there is none."""
        has_begun = isinstance(trouble, StreamBrokenOff)
        if isinstance(trouble, StreamBrokenOff):
            course.spent += course.priced(trouble.usage or course.told.usage(course.ask), "")[0]
            trouble = trouble.trouble
        match trouble:
            case _Wordless():
                self._repeat(course, trouble.finished)
                return 0.0
            case Refused():
                return self._after(course, trouble.refusal, has_begun=has_begun)
            case ModelError() if trouble.is_away:  # the queue's own word: it is not waited for
                raise told_away(AnswerCut("after text: away")) if course.has_answer else trouble
            case ModelBusy():  # the queue's own word: there is no time left to wait
                raise AnswerCut("after text: the queue") if course.has_answer else trouble
            case AnswerRepeating() if course.stop_thinking():
                log.info("model.retry", reason="repeating", detail=trouble.detail, model=course.model)
                return 0.0
            case _:
                may_retry = isinstance(trouble, FAILED) and not isinstance(trouble, CallNotOffered)
                return self._after(course, Refusal(trouble, "", may_retry), has_begun=has_begun)

    def _course(self, ask: Ask) -> Course:
        endpoint = self._endpoint
        model = ask.model or endpoint.model
        card = card_for(model)
        answer = ask.max_tokens or endpoint.sampling.max_tokens
        most = limits(card.context_tokens, answer, min(endpoint.profile.max_images, self._habits.most_images))
        course = Course(fitted(ask, most), card, endpoint.profile, endpoint.sampling, self._habits, model)
        if course.ask is not ask:
            log.info("model.fitted", model=model)
        if course.ask.has_pictures and not card.has_vision:
            raise TextOnlyModel(card.name)
        return course

    async def _queued(self, course: Course) -> AsyncGenerator[ModelEvent, None]:
        """One attempt, once it is its turn."""
        self._give_way(course)
        try:
            async with aclosing(self._queue.admitted(course.ticket, course.model, course.deadline)) as places:
                async for waiting in places:
                    self._give_way(course)
                    yield waiting
        except TimeoutError as over:
            minutes = round(self._timing.longest_wait_s / 60)
            raise ModelBusy("the queue", user_message=BUSY_THROUGHOUT, fields={"minutes": minutes}) from over
        probed = [breaker for breaker in self.breakers.before(course.model) if breaker.admit()]
        course.sent_at = self._timing.clock()
        try:
            async with aclosing(self._attempt(course)) as events:
                async for event in events:
                    yield event
        finally:
            for breaker in probed:
                breaker.left()
            self._queue.left(course.ticket, course.model)

    def _give_way(self, course: Course) -> None:
        """A model that is down is not waited for where another one can be asked."""
        if course.gives_way and self.breakers.of(course.model).is_resting:
            raise told_away(ModelUnreachable("it rests"))

    async def _attempt(self, course: Course) -> AsyncGenerator[ModelEvent, None]:
        has_begun = False
        form, ask = course.form(), course.sent
        course.told.begin()
        # encoding many pictures takes tens of milliseconds, in which other answers should go on
        body = await asyncio.to_thread(request_body, ask, form) if ask.has_pictures else request_body(ask, form)
        async with aclosing(exchange(self._session, self._endpoint, body, self._expected(course))) as events:
            async for event in events:
                if not has_begun:
                    has_begun = True
                    self.breakers.answered(course.model)
                    self._queue.taken(course.ticket, course.model)
                    course.learn()
                yield self._settled(course, event) if isinstance(event, Finished) else event

    def _expected(self, course: Course) -> Expected:
        endpoint, told = self._endpoint, course.told
        stall_s = endpoint.text_stall_timeout_s if course.is_quick_to_stall else endpoint.stall_timeout_s
        after = told.text if told.is_continuing else ""
        return Expected(course.ask.keeps_boxes, course.ask.tools if course.takes_tools else (), after, stall_s)

    def _settled(self, course: Course, finished: Finished) -> Finished:
        """Finished with its cost, that of attempts thrown away included."""
        self.breakers.succeeded(course.model)
        if course.told.has_only_thought:
            course.spent += course.priced(finished.usage, finished.model)[0]
            raise AnswerCut("only reasoning where the text was to go on")
        if not course.has_told():
            raise _Wordless(finished)
        last, currency = course.priced(finished.usage, finished.model)
        usage = course.spent + last
        return replace(
            finished,
            usage=replace(usage, cost=0.0),
            model=finished.model or course.model,
            cost=usage.cost,
            currency=currency,
        )

    def _repeat(self, course: Course, finished: Finished) -> None:
        why = course.repeat(replace(finished, usage=course.priced(finished.usage, finished.model)[0]))
        if not why:
            detail = f"finish reason {finished.reason}"
            if course.has_answer:
                raise AnswerCut(detail)
            raise AnswerOnlyThought(detail) if finished.reason == "length" else AnswerEmpty(detail)
        log.info("model.retry", reason=why, model=course.model)

    def _after(self, course: Course, refusal: Refusal, *, has_begun: bool) -> float:
        error = refusal.error
        self.breakers.refused(course.model, refusal)
        self._queue.changed()
        if course.gives_way_after(refusal):
            raise told_away(AnswerCut(f"after text: {error.detail}") if course.has_answer else error)
        if refusal.is_busy:
            self._wait_for_turn(course, refusal)
            return self._go_on(course, refusal, has_begun=True) if has_begun and course.has_answer else 0.0
        if not has_begun and (adaptation := course.adapt(refusal)):
            log.info("model.adapted", what=adaptation, code=refusal.code, model=course.model)
            return 0.0
        if course.has_answer:
            return self._go_on(course, refusal, has_begun=has_begun)
        course.failures += 1
        if not refusal.retry or course.failures >= ATTEMPTS:
            self._give_up(course, refusal)
        if error.retry_after_s is not None:  # it is down, and knows for how long
            self._wait_for_turn(course, refusal)
            return 0.0
        delay_s = self._delay_s(course.failures)
        self._log_retry(course, refusal, course.failures, delay_s)
        return delay_s

    def _go_on(self, course: Course, refusal: Refusal, *, has_begun: bool) -> float:
        """The person has seen the beginning: the answer goes on in its place, or is told to be cut."""
        error, told = refusal.error, course.told
        if has_begun and not refusal.retry:
            raise error
        if not refusal.retry or told.tries >= MOST_TRIES:
            raise final(refusal, AnswerCut(f"after text: {error.detail}"))
        delay_s = self._delay_s(told.tries) if told.tries or told.is_fresh else 0.0  # at once the first time
        course.go_on()
        self._log_retry(course, refusal, told.tries, delay_s)
        return delay_s

    def _wait_for_turn(self, course: Course, refusal: Refusal) -> None:
        """A busy provider is no failure: the question keeps its place, as long as it may wait."""
        asked_s, now = refusal.error.retry_after_s, self._timing.clock()
        if asked_s is not None and now + asked_s > course.deadline:
            if course.has_answer:
                raise AnswerCut(f"after text: {refusal.error.detail}")
            minutes = {"minutes": max(1, round(asked_s / 60))}
            raise ModelBusy(refusal.error.detail, user_message=BUSY_FOR, fields=minutes, retry_after_s=asked_s)
        delay_s = self._queue.refused(course.ticket, course.model, asked_s, course.sent_at)
        self._log_retry(course, refusal, course.failures, delay_s)

    def _log_retry(self, course: Course, refusal: Refusal, attempt: int, delay_s: float) -> None:
        log.warning(
            "model.retry",
            reason=type(refusal.error).__name__,
            code=refusal.code,
            attempt=attempt,
            delay_s=round(delay_s, 2),
            model=course.model,
        )

    def _give_up(self, course: Course, refusal: Refusal) -> None:
        shown = refusal
        if isinstance(refusal.error, ModelRequestRefused) and course.first_refusal:
            shown = course.first_refusal  # why it was refused in the form it was meant in
        log.warning("model.refused", error=type(shown.error).__name__, code=shown.code, model=course.model)
        raise final(shown, shown.error)

    def _delay_s(self, failures: int) -> float:
        """Exponential with full jitter."""
        return self._timing.jitter() * min(_LONGEST_BACKOFF_S, _BACKOFF_S * 2.0**failures)
