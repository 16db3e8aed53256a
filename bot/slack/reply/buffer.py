"""AnswerBuffer renders the model's text for Slack and keeps it until Slack has confirmed it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.slack.markdown.link_hosts import markdown_with_hosts
from bot.slack.markdown.render import UNTITLED, Piece, PlacedPicture, Prose, Renderer, Table
from bot.slack.reply.items import Embed, Item, Items, SharedFile, joined
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
class PlacedLabel:
    """The place of an artifact in the text. It is looked up by its label just before it is sent."""

    label: str
    alt: str


class AnswerBuffer:
    """The text on its way. It passes from `write` (rendered) to `unresolved` (ready, but its labels are not looked up),
    to `pending` (ready for Slack) until Slack confirms it.

    `all_items` is all that was ever pending, `written` the model's own words, `shares` the files that belong to the
    answer, such as large tables as CSV. `knows` says whether a label is one of the turn's artifacts.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.knows: Callable[[str], bool] = lambda _label: False
        self.clear()

    def clear(self) -> None:
        self._renderer = Renderer(pictures=True)
        self._written: list[str] = []
        self._rendered: list[Item | PlacedLabel] = []
        self._placed: set[str] = set()
        self._all_items: list[Item] = []
        self.shares: list[SharedFile] = []
        self.unresolved: list[Item | PlacedLabel] = []
        self.pending: Items = ()

    def write(self, words: str) -> None:
        self._written.append(words)
        self._add_pieces(self._renderer.feed(words))

    @property
    def written(self) -> str:
        return "".join(self._written)

    @property
    def has_sentence(self) -> bool:
        return any(not isinstance(item, str) or SENTENCE_END.search(item) for item in self._rendered)

    @property
    def all_items(self) -> Items:
        return joined(self._all_items)

    def make_ready(self, *, is_final: bool) -> None:
        """Make the rendered text ready. At the end, this includes what the renderer held back as
        possibly incomplete.
        """
        if is_final:
            self._add_pieces(self._renderer.finish())
            self._renderer = Renderer(pictures=True)
        self.unresolved += self._rendered
        self._rendered.clear()

    def resolve(self, item: Item) -> None:
        """Put this item in the place of the first unresolved one, and make it pending."""
        del self.unresolved[0]
        self._all_items.append(item)
        self.pending = joined((*self.pending, item))

    def set_pending(self, items: Items) -> None:
        """Only these items are not confirmed."""
        self.pending = joined(items)

    def confirm(self, items: Items) -> None:
        """Slack shows these items, which were the first of the pending ones."""
        self.pending = joined(_without(self.pending, items))

    def show_again(self) -> None:
        """Make everything pending again, to show it somewhere else."""
        self.pending = self.all_items

    def caption_of_file(self) -> Items:
        """If a file is all of the answer, its caption becomes the answer's text. It is not repeated with the file."""
        first = self.shares[0]
        self.shares[0] = replace(first, words="")
        self.pending = (first.words or first.name,)
        return self.pending

    def add_sheet(self, csv: str, name: str = "") -> None:
        """Share a table as a CSV file. A name without the ending `.csv` is replaced."""
        name = name if name.endswith(".csv") else SHEET_NAME.format(number=len(self.shares) + 1)
        self.shares.append(SharedFile(name, csv.encode(), say(SHEET, self.language)))

    def _add_pieces(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            match piece:
                case PlacedPicture(label, alt) if self.knows(label) and label not in self._placed:
                    self._placed.add(label)
                    self._rendered.append(PlacedLabel(label, alt))
                case PlacedPicture(label, alt):
                    self._rendered.append(markdown_with_hosts(alt or label))
                case Table(block, csv, words):
                    self.add_sheet(csv, _sheet_name(str(block["caption"])))
                    self._rendered.append(Embed(block, words))
                case Prose(words):
                    self._rendered.append(words)


def _sheet_name(title: str) -> str:
    """A file name made of the table's title, without characters that file systems refuse; empty without a title."""
    name = _UNSAFE.sub("-", title)[:MOST_NAME_CHARS].strip("- ")
    return f"{name}.csv" if name and title != UNTITLED else ""


def file_caption(words: str, language: str) -> str:
    """The caption of a long answer's file: its length and its headings."""
    headings = [found[1].rstrip("#").rstrip() or found[1] for found in HEADING.finditer(words)][:MOST_HEADINGS]
    sentences = [say(AS_FILE, language, length=f"{len(words):,}")]
    if headings:
        sentences.append(say(COVERS, language, headings=" · ".join(headings)))
    return in_a_row(*sentences)


def _without(items: Items, confirmed: Items) -> list[Item]:
    """The items after the confirmed ones, which stand at their beginning."""
    rest = list(items)
    for item in confirmed:
        first = rest[0] if rest else ""
        if isinstance(item, str) and isinstance(first, str):
            text_left = first.removeprefix(item)
            rest[0:1] = [text_left] if text_left else []
        elif rest and first == item:
            rest.pop(0)
    return rest
