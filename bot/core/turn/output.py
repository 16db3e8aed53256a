"""What the model's text passes on its way to the screen, one filter behind the other."""

import asyncio

from bot.core.citations.filter import CitableSources, Citations
from bot.core.grounding.filter import BoxFilter
from bot.core.markdown.fences import fence_after
from bot.core.ports import Reply
from bot.core.slices import in_turn
from bot.core.webpages.filter import PageFilter


class TextFilters:
    """In this order: citations are checked, which makes the answer what it is; then, for the screen alone, web pages
    go into files and box marks onto the picture. `points`: there is a picture that boxes could be about.
    """

    def __init__(self, citations: Citations | None = None, *, points: bool = False) -> None:
        self.citations = citations or Citations(CitableSources())
        self._points = points
        self.begin()
        self.show_anew()

    def show_anew(self) -> None:
        """All that was shown is void."""
        self.page = PageFilter()
        self.pointing = BoxFilter(is_active=self._points)
        self.shown: list[str] = []

    # -- the answer itself, request by request -------------------------------------------------------------------

    def begin(self) -> None:
        self._begun = self.citations.state()

    async def check(self, text: str) -> str:
        """To look something up in long pages takes longer than others can wait: that is done in a thread."""
        citations = self.citations
        return await asyncio.to_thread(citations.feed, text) if citations.takes_long(text) else citations.feed(text)

    async def end_check(self) -> str:
        citations = self.citations
        return await asyncio.to_thread(citations.end) if citations.takes_long() else citations.end()

    async def go_back(self, kept: str) -> str:
        self.citations.go_back(self._begun)
        return "".join([await self.check(piece) async for piece in in_turn(kept)])

    # -- for the screen ------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return "".join(self.shown)

    async def show(self, reply: Reply, text: str) -> None:
        async for piece in in_turn(text):
            reply.write(self.feed(piece))

    def feed(self, text: str) -> str:
        return self._said(self.pointing.feed(self.page.feed(text)))

    def end(self) -> str:
        return self._said(self.pointing.feed(self.page.end()) + self.pointing.end())

    def add(self, text: str) -> str:
        """Something of our own, after the end; never inside a code block that was left open."""
        fence = _open_fence(self.text) if text else ""
        return self._said(f"\n{fence}{text}" if fence else text)

    def _said(self, text: str) -> str:
        if text:
            self.shown.append(text)
        return text


async def written(reply: Reply, text: str) -> None:
    """Words that need no filter any more."""
    async for piece in in_turn(text):
        reply.write(piece)


def _open_fence(text: str) -> str:
    """The fence that is open at the end; empty when none is."""
    fence = ""
    for line in text.split("\n"):
        fence = fence_after(line, fence)
    return fence
