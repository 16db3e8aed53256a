"""The seams between what the bot means and the outside. Each has at least two implementations."""

from collections.abc import AsyncGenerator
from typing import Protocol

from bot.core.events import ModelEvent
from bot.core.messages import Ask


class Model(Protocol):
    """A vision model that streams. Implementations: glm.client.GlmClient; a scripted one in tests."""

    def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Events until exactly one `Finished`, or a `ModelError`.

        Closing the generator (`contextlib.aclosing`) closes the upstream request at once.
        """
        ...
