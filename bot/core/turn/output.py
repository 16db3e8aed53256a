"""What of the model's text is for the screen: web pages go into files, box marks onto the picture."""

from bot.core.grounding.filter import Pointing
from bot.core.markdown.fences import fence_after
from bot.core.webpages.filter import PageFilter


class Visible:
    """A filter on the text as it streams. `points`: there is a picture that boxes could be about."""

    def __init__(self, *, points: bool) -> None:
        self.page = PageFilter()
        self.pointing = Pointing(is_active=points)
        self.shown: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.shown)

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


def _open_fence(text: str) -> str:
    """The fence that is open at the end; empty when none is."""
    fence = ""
    for line in text.split("\n"):
        fence = fence_after(line, fence)
    return fence
