"""ImageReader prepares pictures for the model in the workers of the sandbox."""

from collections.abc import Sequence

from bot.core.drawing import Box
from bot.core.images import PreparedImage
from bot.core.model.tokens import MAX_IMAGE_TOKENS
from bot.documents import worker_functions
from bot.documents.pages.checks import check_box
from bot.documents.sandbox.sandbox import Sandbox


class ImageReader:
    """Prepares pictures in worker processes, so that the event loop stays free.

    All methods raise FileErrors that say in words for people what is wrong.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def prepare(self, data: bytes, name: str = "", max_tokens: int = MAX_IMAGE_TOKENS) -> PreparedImage:
        """Return the picture at the size that its content needs, with at most `max_tokens`."""
        return await self._sandbox.run(worker_functions.images.prepare, data, name, max_tokens)

    async def prepare_levels(self, data: bytes, name: str, caps: Sequence[int]) -> tuple[PreparedImage, ...]:
        """Return one picture for each cap (most tokens). The source is decoded once."""
        return await self._sandbox.run(worker_functions.images.prepare_levels, data, name, tuple(caps))

    async def crop(self, data: bytes, box: Box, max_tokens: int = MAX_IMAGE_TOKENS, name: str = "") -> PreparedImage:
        """Cut out the part inside `box` (left, top, right, bottom; 0 to 1000), at the resolution of the source.

        Raises ValueError, with a sentence for the model, when the box is outside 0 to 1000, reversed or empty.
        """
        check_box(box)  # here, since only a FileError keeps its words on its way from a worker
        return await self._sandbox.run(worker_functions.images.crop, data, box, max_tokens, name)
