"""TextFilters sends the model's text through every filter on its way to the screen."""

import asyncio

from bot.core.citations.filter import Citations
from bot.core.citations.sources import CitableSources
from bot.core.grounding.filter import BoxFilter
from bot.core.markdown.fences import fence_after
from bot.core.reply import Reply
from bot.core.slices import spaced_slices
from bot.core.webpages.filter import PageFilter


class TextFilters:
    """The filters work in this order. First, citations are checked: the result is the answer, which the thread keeps.
    Then, for the screen alone, web pages are taken out into files, and boxes into a picture.

    `has_picture`: the thread has a picture, so there may be boxes.
    """

    def __init__(self, citations: Citations | None = None, *, has_picture: bool = False) -> None:
        self.citations = citations or Citations(CitableSources())
        self._has_picture = has_picture
        self.begin()
        self.reset_screen()

    def reset_screen(self) -> None:
        """Forget all that was shown: the answer is shown from its beginning."""
        self.page = PageFilter()
        self.boxes = BoxFilter(is_active=self._has_picture)
        self.shown: list[str] = []

    # -- the answer itself, request by request -------------------------------------------------------------------

    def begin(self) -> None:
        self._begun = self.citations.state()

    async def check(self, text: str) -> str:
        citations = self.citations
        # To search long pages would block the event loop for too long, so a thread of its own does it.
        return await asyncio.to_thread(citations.feed, text) if citations.takes_long(text) else citations.feed(text)

    async def end_check(self) -> str:
        citations = self.citations
        return await asyncio.to_thread(citations.end) if citations.takes_long() else citations.end()

    async def go_back(self, kept: str) -> str:
        self.citations.go_back(self._begun)
        return "".join([await self.check(piece) async for piece in spaced_slices(kept)])

    # -- for the screen ------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return "".join(self.shown)

    async def show(self, reply: Reply, text: str) -> None:
        async for piece in spaced_slices(text):
            reply.write(self.feed(piece))

    def feed(self, text: str) -> str:
        return self._noted(self.boxes.feed(self.page.feed(text)))

    def end(self) -> str:
        return self._noted(self.boxes.feed(self.page.end()) + self.boxes.end())

    def add(self, text: str) -> str:
        """Add text of the bot's own after the end. A code block that was left open is closed first."""
        fence = _open_fence(self.text) if text else ""
        return self._noted(f"\n{fence}{text}" if fence else text)

    def _noted(self, text: str) -> str:
        if text:
            self.shown.append(text)
        return text


async def write_slices(reply: Reply, text: str) -> None:
    """Write text that needs no filter any more, in slices, so that other answers go on meanwhile."""
    async for piece in spaced_slices(text):
        reply.write(piece)


def _open_fence(text: str) -> str:
    """Return the fence that is still open at the end of the text, or "" when none is."""
    fence = ""
    for line in text.split("\n"):
        fence = fence_after(line, fence)
    return fence
