"""The text of an answer between the model and the screen: made harmless, and kept until Slack has confirmed it."""

import re

from bot.slack.markdown import defuse, held_back

SENTENCE_END = re.compile(r"[.!?:](\s|$)|[。！？]|\n")
AS_FILE = "The whole answer as one file, {length:,} characters."
COVERS = " It covers: {headings}."
MOST_HEADINGS = 12
HEADING = re.compile(r"^#{1,3}\s+(.+?)\s*#*$", re.MULTILINE)


class Outgoing:
    """`pending` is ready for Slack and not yet confirmed; `whole` all that was ready so far."""

    def __init__(self) -> None:
        self._incoming = ""
        self._ready: list[str] = []
        self.pending = ""

    def write(self, text: str) -> None:
        self._incoming += text

    @property
    def written(self) -> str:
        return self.whole + self._incoming

    @property
    def has_sentence(self) -> bool:
        return bool(SENTENCE_END.search(self._incoming))

    @property
    def whole(self) -> str:
        return "".join(self._ready)

    def take_in(self, *, is_final: bool) -> None:
        """Make ready what can be; what may be the beginning of a token of Slack's waits for the rest of it."""
        keep = 0 if is_final else held_back(self._incoming)
        taken = self._incoming[: len(self._incoming) - keep]
        harmless = defuse(taken)
        self.pending += harmless
        self._ready.append(harmless)
        self._incoming = self._incoming[len(taken) :]

    def clear(self) -> None:
        self._incoming = self.pending = ""
        self._ready.clear()

    def again(self) -> None:
        """All of it is to be shown once more, somewhere else."""
        self.pending = self.whole


def about(text: str) -> str:
    """What stands above a long answer's file."""
    headings = [found[1] for found in HEADING.finditer(text)][:MOST_HEADINGS]
    words = AS_FILE.format(length=len(text))
    return words + (COVERS.format(headings=" · ".join(headings)) if headings else "")
