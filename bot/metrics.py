"""Metrics counts what the bot does, under the GenAI names of OpenTelemetry's conventions where there are any."""

import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sized
from contextlib import aclosing

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.core.model.events import Finished, ModelEvent, Unfinished
from bot.core.model.messages import Ask
from bot.core.ports import Model
from bot.core.thread.inbound import ThreadId
from bot.errors import ModelError, StateError

MOST_MODELS, OTHER_MODELS = 20, "others"
SECONDS = (0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 600)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.tokens = Counter(
            "gen_ai_client_token_usage",
            "Tokens used",
            ["gen_ai_token_type", "gen_ai_request_model"],
            registry=self.registry,
        )
        self.cost = Counter("glm_cost", "Cost of model calls", ["currency"], registry=self.registry)
        self.failures = Counter(
            "gen_ai_client_operation_errors", "Model calls that failed", ["error_type"], registry=self.registry
        )
        self.turn_s = Histogram("glm_turn_seconds", "From job to commit", buckets=SECONDS, registry=self.registry)
        self.turns_running = Gauge("glm_turns_running", "Turns being answered", registry=self.registry)
        self.dead_letters = Gauge(
            "glm_messages_aside", "Messages set aside after breaking workers", registry=self.registry
        )
        self.waiting = Gauge("glm_threads_waiting", "Threads with messages not yet answered", registry=self.registry)

        self.unread = Gauge("glm_records_unreadable", "Records that could not be read lately", registry=self.registry)
        self.broken = Counter("glm_loops_broken", "Loops that broke and began again", ["loop"], registry=self.registry)

        self.refusals = Counter(
            "glm_messages_refused", "Messages there was no room for in an inbox", ["room"], registry=self.registry
        )

    def refused(self, room: str) -> None:
        self.refusals.labels(room).inc()

    def broke(self, loop: str) -> None:
        self.broken.labels(loop).inc()

    def watch_socket(self, down_s: Callable[[], float]) -> None:
        """Show how long Socket Mode has been down; for a process that receives by it."""
        gauge = Gauge(
            "glm_socket_down_seconds", "How long Socket Mode has been down, 0: it is up", registry=self.registry
        )
        gauge.set_function(down_s)

    async def refresh(
        self,
        threads: Callable[[], Awaitable[Sized]],
        dead_letters: Callable[[], Awaitable[int]],
        unread: Callable[[], Awaitable[Sized]],
    ) -> None:
        """Update the gauges of the shared state; NaN while Redis is away."""
        try:
            self.waiting.set(len(await threads()))
            self.dead_letters.set(await dead_letters())
            self.unread.set(len(await unread()))
        except StateError:
            self.waiting.set(math.nan)
            self.dead_letters.set(math.nan)
            self.unread.set(math.nan)

    def timed(self, work: Callable[[ThreadId], Awaitable[bool]]) -> Callable[[ThreadId], Awaitable[bool]]:
        """Wrap `work`, which returns whether it did anything; only then its time counts."""

        async def timed_work(thread: ThreadId) -> bool:
            started = time.monotonic()
            with self.turns_running.track_inprogress():
                has_worked = await work(thread)
            if has_worked:
                self.turn_s.observe(time.monotonic() - started)
            return has_worked

        return timed_work


class MeteredModel:
    """Counts the use of a model."""

    def __init__(self, model: Model, metrics: Metrics) -> None:
        self._model = model
        self._metrics = metrics
        self._models: set[str] = set()

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        try:
            async with aclosing(self._model.stream(ask)) as events:
                async for event in events:
                    if isinstance(event, Finished | Unfinished):
                        self._count(event)
                    yield event
        except ModelError as error:
            self._metrics.failures.labels(type(error).__name__).inc()
            raise

    def _label(self, model: str) -> str:
        """Return the label of a model, of a limited number: a provider may give its model ever new names."""
        if model not in self._models and len(self._models) >= MOST_MODELS:
            return OTHER_MODELS
        self._models.add(model)
        return model

    def _count(self, finished: Finished | Unfinished) -> None:
        tokens, model = self._metrics.tokens, self._label(finished.model)
        tokens.labels("input", model).inc(finished.usage.prompt_tokens)
        tokens.labels("output", model).inc(finished.usage.completion_tokens)
        self._metrics.cost.labels(finished.currency).inc(finished.cost)
