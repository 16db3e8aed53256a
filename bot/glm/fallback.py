"""FallbackModel asks the next model when one is away, and the answer says so.

Another model begins only while little of the answer was shown: its answer replaces that little. A longer answer is not
replaced under the reader's eyes: it ends like an answer that was cut, with *Continue*.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import structlog

from bot.core.model.events import (
    FallbackUsed,
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    TextRetracted,
    ToolCalled,
    Unfinished,
    Waiting,
    gather,
)
from bot.core.model.messages import Ask
from bot.core.ports import Model
from bot.errors import (
    BudgetUsedUp,
    ModelBalanceGone,
    ModelError,
    ModelKeyWrong,
    ModelNotFound,
    ModelNotOffered,
    ModelRequestRefused,
)
from bot.glm.answer_so_far import LITTLE_CHARS
from bot.glm.attempt import REASONING_BREAK
from bot.glm.catalog.catalog import card_for, fallbacks_of

# Errors after which a replacement can't answer, while the next one may.
_UNAVAILABLE = (
    BudgetUsedUp,
    ModelBalanceGone,
    ModelKeyWrong,
    ModelNotFound,
    ModelNotOffered,
    ModelRequestRefused,
)

log = structlog.get_logger(__name__)


def replacements(listed: Sequence[str] | None, model: str) -> tuple[str, ...]:
    names = fallbacks_of(model) if listed is None else listed
    return tuple(name for name in dict.fromkeys(names) if name != model)


@dataclass(frozen=True, slots=True)
class Replacements:
    """The models that may answer instead. `listed` None: those that the catalog names for the model; empty: none.

    `is_resting` tells whether nobody asks a model just now, `may_cost` whether the request may go to a model other than
    the one it was meant for.
    """

    listed: Sequence[str] | None
    is_resting: Callable[[str], bool]
    may_cost: Callable[[Ask, Ask], bool]
    missing: set[str] = field(default_factory=set)  # names that the provider said it does not know

    def order(self, ask: Ask, wanted: str) -> tuple[str, ...]:
        """Return the models to ask, one after the other; the wanted model where there is no other."""
        others = [name for name in replacements(self.listed, wanted) if self._may_answer(name, ask, wanted)]
        is_away = wanted in ask.passes_over or self.is_resting(wanted)
        return tuple(others) if others and is_away else (wanted, *others)

    def _may_answer(self, name: str, ask: Ask, wanted: str) -> bool:
        if name in ask.passes_over or name in self.missing or self.is_resting(name):
            return False
        if ask.has_pictures and not card_for(name).has_vision:
            return False
        return self.may_cost(replace(ask, model=name), replace(ask, model=wanted))


class FallbackModel:
    """`name` is the configured model, for requests that name none."""

    def __init__(self, model: Model, replacements: Replacements, name: str) -> None:
        self._model = model
        self._replacements = replacements
        self._name = name

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Raise the error of the first model asked, where no other model could answer."""
        wanted = ask.model or self._name
        order = self._replacements.order(ask, wanted)
        answer, first_error = _StreamedAnswer(wanted), None
        for place, name in enumerate(order):
            if name != wanted:
                answer.begin(name, ask.passes_over | {wanted, *order[:place]})
            try:
                async with aclosing(self._model.stream(_ask_of(ask, name, is_last=name == order[-1]))) as events:
                    async for event in events:
                        for shown in answer.events_for(event):
                            yield shown
            except ModelError as error:
                first_error = first_error or error
                if not self._goes_on(error, name, answer, is_wanted=name == wanted):
                    raise
                log.warning("model.away", model=name, error=type(error).__name__)
            else:
                return
        assert first_error is not None
        raise first_error

    def _goes_on(self, error: ModelError, name: str, answer: "_StreamedAnswer", *, is_wanted: bool) -> bool:
        if isinstance(error, ModelNotFound):
            self._replacements.missing.add(name)
        if answer.has_much:
            return False
        return error.is_away or (not is_wanted and isinstance(error, _UNAVAILABLE))


@dataclass(slots=True)
class _StreamedAnswer:
    """What one request has streamed so far, of all the models that were asked."""

    wanted: str
    text: list[str] = field(default_factory=list)
    has_called: bool = False
    has_thought: bool = False
    is_waiting: bool = False
    fell_back: FallbackUsed | None = None
    _is_apart: bool = False  # reasoning of the model before this one was shown
    _gives_way: bool = False  # text of the model before this one was shown, and the new text replaces it

    @property
    def has_much(self) -> bool:
        return self.has_called or len("".join(self.text).strip()) >= LITTLE_CHARS

    def begin(self, name: str, away: frozenset[str]) -> None:
        """Begin with another model. What was shown stands until the new model says something."""
        self.fell_back = FallbackUsed(away, card_for(self.wanted).title, card_for(name).title)
        self._is_apart, self._gives_way = self.has_thought, bool(self.text)

    def events_for(self, event: ModelEvent) -> list[ModelEvent]:
        match event:
            case Waiting(place):
                self.is_waiting = place > 0
                return [event]
            case Unfinished():
                return [event]
            case _:
                before = [*self._announced(), *self._replaced(event)]
        self.has_called = self.has_called or isinstance(event, ToolCalled)
        self.has_thought = self.has_thought or isinstance(event, ReasoningDelta)
        gather(self.text, event)
        return [*before, event]

    def _announced(self) -> list[ModelEvent]:
        if self.fell_back is None:
            return []
        announced: list[ModelEvent] = [Waiting(0), self.fell_back] if self.is_waiting else [self.fell_back]
        self.fell_back, self.is_waiting = None, False
        return announced

    def _replaced(self, event: ModelEvent) -> list[ModelEvent]:
        match event:
            case ReasoningDelta() if self._is_apart:
                self._is_apart = False
                return [ReasoningDelta(REASONING_BREAK)]
            case ReasoningDelta():
                return []
            case TextDelta(text) if text.isspace():
                return []
            case _ if self._gives_way:
                self._gives_way = False
                self.text.clear()
                return [TextRetracted()]
        return []


def _ask_of(ask: Ask, name: str, *, is_last: bool) -> Ask:
    return replace(ask, model=name, gives_way=not is_last)
