"""A model whose citations are checked as it writes, so that what is shown, kept and sent again is the same."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.core.citations import Citations
from bot.core.events import Finished, ModelEvent, TextDelta
from bot.core.messages import Ask
from bot.core.ports import Model


class CitedModel:
    def __init__(self, model: Model, citations: Citations) -> None:
        self._model = model
        self._citations = citations

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        async with aclosing(self._model.stream(ask)) as events:
            async for event in events:
                match event:
                    case TextDelta(words):
                        if passed := self._citations.feed(words):
                            yield TextDelta(passed)
                    case Finished():
                        if rest := self._citations.end():
                            yield TextDelta(rest)
                        yield event
                    case _:
                        yield event
