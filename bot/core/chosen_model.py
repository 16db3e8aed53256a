"""`answered_by` sets the model that answers a turn: the one people have chosen, or else the configured one.

A context variable carries the choice, as it carries the bill: many places ask the model during a turn (tool rounds,
parts of summaries, web pages), and the same model has to answer all of them.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import replace

from bot.core.model.events import ModelEvent
from bot.core.model.messages import Ask, Image, Message, ToolResult
from bot.core.model.models import Models
from bot.core.ports import Model
from bot.errors import TextOnlyModel
from bot.words import text

BLIND = text(
    "{title} reads text only, so it can't look at the pictures of this conversation. Choose one that can, such as "
    "{near}, and ask again: `/glm model {name}`"
)
NOT_SHOWN = "\n(There is a picture too, which you can't see.)"
_chosen: ContextVar[str] = ContextVar("_chosen", default="")


@contextmanager
def answered_by(name: str) -> Iterator[None]:
    """Let this model answer every model call inside the block. An empty name stands for the configured model."""
    token = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(token)


def chosen_model() -> str:
    """Return the name of the chosen model, or "" when none was chosen."""
    return _chosen.get()


def check_sight(ask: Ask, models: Models) -> None:
    """Raise TextOnlyModel when the request has pictures and its model reads text only. The error names the most similar
    model that can see.
    """
    model = models.counting(ask.model or chosen_model())
    if model.has_vision or not any(isinstance(part, Image) for message in ask.messages for part in message.parts):
        return
    near = models.nearest_that_sees(model.name)
    if near is None:
        raise TextOnlyModel(model.name)
    fields = {"title": model.title, "near": near.title, "name": near.short_name}
    raise TextOnlyModel(model.name, user_message=BLIND, fields=fields)


class ChosenModel:
    """A model that sends each request to the chosen model. It refuses pictures that this model can't see, before they
    are paid for.
    """

    def __init__(self, model: Model, models: Models) -> None:
        self._model = model
        self._models = models

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Raises TextOnlyModel."""
        model = self._models.counting(ask.model or chosen_model())
        if not ask.model and model is not self._models.default:
            ask = replace(ask, model=model.name)
        check_sight(ask, self._models)
        if not model.has_vision:
            ask = replace(ask, messages=tuple(map(_without_pictures, ask.messages)))
        async with aclosing(self._model.stream(ask)) as events:
            async for event in events:
                yield event


def _without_pictures(message: Message) -> Message:
    """Take the pictures out of tool results. Tools give pictures also to a model that can't see."""
    if not any(isinstance(part, ToolResult) and part.images for part in message.parts):
        return message
    return replace(
        message,
        parts=tuple(
            replace(part, text=part.text + NOT_SHOWN, images=())
            if isinstance(part, ToolResult) and part.images
            else part
            for part in message.parts
        ),
    )
