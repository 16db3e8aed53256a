"""The text of an answer between the model and the screen: rendered for Slack, kept until Slack has confirmed it."""

import re

from bot.slack.render import Picture, Piece, Prose, Renderer, Table
from bot.words import say, text

SENTENCE_END = re.compile(r"[.!?:](\s|$)|[。！？]|\n")
AS_FILE = text("The whole answer as one file, {length} characters.")
COVERS = text("It covers: {headings}.")
MOST_HEADINGS = 12
HEADING = re.compile(r"^#{1,3}\s+(.+?)\s*#*$", re.MULTILINE)


class Outgoing:
    """`pending` is ready for Slack and not yet confirmed; `whole` all that was ready so far; `written` the model's own
    words; `sheets` the tables that are too large to be read in a message, as CSV.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._renderer = Renderer()
        self._written: list[str] = []
        self._fresh: list[str] = []
        self._ready: list[str] = []
        self.sheets: list[str] = []
        self.pending = ""

    def write(self, words: str) -> None:
        self._written.append(words)
        self._keep(self._renderer.feed(words))

    @property
    def written(self) -> str:
        return "".join(self._written)

    @property
    def has_sentence(self) -> bool:
        return any(SENTENCE_END.search(words) for words in self._fresh)

    @property
    def whole(self) -> str:
        return "".join(self._ready)

    def take_in(self, *, is_final: bool) -> None:
        """Make ready what came; at the end also what was held back because it might have been the half of something."""
        if is_final:
            self._keep(self._renderer.finish())
            self._renderer = Renderer()
        self.pending += "".join(self._fresh)
        self._ready += self._fresh
        self._fresh.clear()

    def again(self) -> None:
        """All of it is to be shown once more, somewhere else."""
        self.pending = self.whole

    def _keep(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            match piece:
                case Picture(label, alt):
                    self._fresh.append(alt or label)
                case Table(csv=sheet, markdown=words):
                    self.sheets += [sheet] if sheet else []
                    self._fresh.append(words)
                case Prose(words):
                    self._fresh.append(words)


def about(words: str, language: str) -> str:
    """What stands above a long answer's file."""
    headings = [found[1] for found in HEADING.finditer(words)][:MOST_HEADINGS]
    told = [say(AS_FILE, language, length=f"{len(words):,}")]
    if headings:
        told.append(say(COVERS, language, headings=" · ".join(headings)))
    return " ".join(told)
