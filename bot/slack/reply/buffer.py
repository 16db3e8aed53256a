"""The text of an answer between the model and the screen: rendered for Slack, kept until Slack has confirmed it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.slack.markdown.link_hosts import markdown_revealed
from bot.slack.markdown.render import UNTITLED, Piece, PlacedPicture, Prose, Renderer, Table
from bot.slack.reply.items import Embed, Item, Items, Share, joined
from bot.words import in_a_row, say, text

SENTENCE_END = re.compile(r"[.!?:](\s|$)|[。！？]|\n")
AS_FILE = text("The whole answer as one file, {length} characters.")
COVERS = text("It covers: {headings}.")
SHEET = text("The whole table as a sheet")
SHEET_NAME = "table-{number}.csv"
MOST_HEADINGS = 12
MOST_NAME_CHARS = 80
_UNSAFE = re.compile(r"[^\w .()-]+")
HEADING = re.compile(r"^#{1,3}\s++(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Placed:
    """Something the turn knows by this label is to stand here; what it is gets looked up when its turn comes."""

    label: str
    alt: str


class Outgoing:
    """`unresolved` is ready but for its labels, `pending` ready for Slack and not yet confirmed, `whole` all that was
    ready so far; `written` the model's own words; `shares` the files that belong to the answer: tables too large for a
    message, as CSV.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.knows: Callable[[str], bool] = _nothing
        self.clear()

    def clear(self) -> None:
        self._renderer = Renderer(pictures=True)
        self._written: list[str] = []
        self._fresh: list[Item | Placed] = []
        self._placed: set[str] = set()
        self._whole: list[Item] = []
        self.shares: list[Share] = []
        self.unresolved: list[Item | Placed] = []
        self.pending: Items = ()

    def write(self, words: str) -> None:
        self._written.append(words)
        self._keep(self._renderer.feed(words))

    @property
    def written(self) -> str:
        return "".join(self._written)

    @property
    def has_sentence(self) -> bool:
        return any(not isinstance(item, str) or SENTENCE_END.search(item) for item in self._fresh)

    @property
    def whole(self) -> Items:
        return joined(self._whole)

    def take_in(self, *, is_final: bool) -> None:
        """Make ready what came; at the end also what was held back because it might have been the half of something."""
        if is_final:
            self._keep(self._renderer.finish())
            self._renderer = Renderer(pictures=True)
        self.unresolved += self._fresh
        self._fresh.clear()

    def add(self, item: Item) -> None:
        """The first of the unresolved is found: this is what stands for it."""
        del self.unresolved[0]
        self._whole.append(item)
        self.pending = joined((*self.pending, item))

    def keep(self, items: Items) -> None:
        """The rest is confirmed."""
        self.pending = joined(items)

    def confirm(self, items: Items) -> None:
        """These are on the screen, and stood at the beginning of what is pending."""
        self.pending = joined(_without(self.pending, items))

    def again(self) -> None:
        """All of it is to be shown once more, somewhere else."""
        self.pending = self.whole

    def say_of_file(self) -> Items:
        """Where a file is all of the answer, what is said of it stands in the answer's message, and once."""
        first = self.shares[0]
        self.shares[0] = replace(first, words="")
        self.pending = (first.words or first.name,)
        return self.pending

    def sheet(self, csv: str, name: str = "") -> None:
        name = name if name.endswith(".csv") else SHEET_NAME.format(number=len(self.shares) + 1)
        self.shares.append(Share(name, csv.encode(), say(SHEET, self.language)))

    def _keep(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            match piece:
                case PlacedPicture(label, alt) if self.knows(label) and label not in self._placed:
                    self._placed.add(label)
                    self._fresh.append(Placed(label, alt))
                case PlacedPicture(label, alt):
                    self._fresh.append(markdown_revealed(alt or label))
                case Table(block, csv, words):
                    self.sheet(csv, _sheet_name(str(block["caption"])))
                    self._fresh.append(Embed(block, words))
                case Prose(words):
                    self._fresh.append(words)


def _sheet_name(title: str) -> str:
    """Of the table's title, without what file systems refuse; empty where it has none of its own."""
    name = _UNSAFE.sub("-", title)[:MOST_NAME_CHARS].strip("- ")
    return f"{name}.csv" if name and title != UNTITLED else ""


def about(words: str, language: str) -> str:
    """What stands above a long answer's file."""
    headings = [found[1].rstrip("#").rstrip() or found[1] for found in HEADING.finditer(words)][:MOST_HEADINGS]
    told = [say(AS_FILE, language, length=f"{len(words):,}")]
    if headings:
        told.append(say(COVERS, language, headings=" · ".join(headings)))
    return in_a_row(*told)


def _nothing(_label: str) -> bool:
    return False


def _without(items: Items, gone: Items) -> list[Item]:
    left = list(items)
    for item in gone:
        first = left[0] if left else ""
        if isinstance(item, str) and isinstance(first, str):
            rest = first.removeprefix(item)
            left[0:1] = [rest] if rest else []
        elif left and first == item:
            left.pop(0)
    return left
