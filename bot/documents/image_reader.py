"""Pictures off the event loop: the async front of `images`."""

from collections.abc import Sequence

from bot.core.drawing import Box
from bot.core.images import PreparedImage
from bot.core.model.tokens import MAX_IMAGE_TOKENS
from bot.documents import worker_functions
from bot.documents.pages.checks import check_box
from bot.documents.sandbox.sandbox import Sandbox


class ImageReader:
    """All methods raise FileError with words for people, and leave the event loop free."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def prepare(self, data: bytes, name: str = "", max_tokens: int = MAX_IMAGE_TOKENS) -> PreparedImage:
        return await self._sandbox.run(worker_functions.images.prepare, data, name, max_tokens)

    async def prepare_levels(self, data: bytes, name: str, caps: Sequence[int]) -> tuple[PreparedImage, ...]:
        """One picture for each cap, decoded once."""
        return await self._sandbox.run(worker_functions.images.prepare_levels, data, name, tuple(caps))

    async def crop(self, data: bytes, box: Box, max_tokens: int = MAX_IMAGE_TOKENS, name: str = "") -> PreparedImage:
        """The part inside `box` (left, top, right, bottom; 0 to 1000), cut at the source's own resolution.

        Raises ValueError, with a sentence for the model, for a box outside 0 to 1000, reversed or empty.
        """
        check_box(box)  # here too: of a worker's errors only FileErrors keep their words
        return await self._sandbox.run(worker_functions.images.crop, data, box, max_tokens, name)
