"""A model whose citations are checked as it writes, so that what is shown, kept and sent again is the same."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.core.citations.filter import Citations
from bot.core.citations.marks import State
from bot.core.events import Finished, ModelEvent, Retracted, TextDelta
from bot.core.messages import Ask
from bot.core.ports import Model
from bot.errors import ModelError


class CitedModel:
    def __init__(self, model: Model, citations: Citations) -> None:
        self._model = model
        self._citations = citations

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        before = self._citations.state()
        try:
            async with aclosing(self._model.stream(ask)) as events:
                async for event in events:
                    for passed in self._passed(event, before):
                        yield passed
        except ModelError:
            if rest := self._citations.end():  # what was held back belongs to the person
                yield TextDelta(rest)
            raise

    def _passed(self, event: ModelEvent, before: State) -> list[ModelEvent]:
        match event:
            case TextDelta(words):
                passed = self._citations.feed(words)
                return [TextDelta(passed)] if passed else []
            case Retracted(kept):
                self._citations.go_back(before)
                return [Retracted(self._citations.feed(kept) if kept else "")]
            case Finished():
                rest = self._citations.end()
                return [TextDelta(rest), event] if rest else [event]
            case _:
                return [event]
