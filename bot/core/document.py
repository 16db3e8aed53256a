"""A Document is what the bot has read of a file: the text of its pages, and which pages need their picture.

Slides, sheets, chapters and pictures count as pages. The text of all pages is read first, because it is cheap. Pictures
of some pages are drawn later, at a size that fits the tokens that are left (facts: vision-budget.md, glm.md §5).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.core.model.tokens import estimate_tokens, image_tokens
from bot.core.records import VERSION, plain, read

BEST_DPI = 120
LEAST_DPI = 80
# A page that would be shown smaller than this is not worth a picture.
LEAST_TOKENS = 250
# Words in `look` for things that the text of a page does not tell.
FIGURES = ("figure", "picture", "slide", "chart")
# The most tokens for the picture of a page whose size is not known yet.
UNSIZED_TOKENS = 1750


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document. `text` is Markdown. `look` says why its picture matters; it is empty when the text is
    enough.

    `label` is what people call the page when that is not its number: “sheet Costs”, “slide 3”. `source` is the path to
    its picture inside the file, and empty when there is no picture. A point is 1/72 inch; 0 stands for a size that is
    not known.
    """

    number: int
    text: str
    label: str = ""
    look: str = ""
    source: tuple[str, ...] = ()
    width_pt: float = 0.0
    height_pt: float = 0.0

    @property
    def name(self) -> str:
        return self.label or f"p. {self.number}"

    @property
    def can_be_shown(self) -> bool:
        return bool(self.source)

    @property
    def has_figure(self) -> bool:
        """The page shows something that its text does not tell."""
        return self.can_be_shown and any(word in self.look for word in FIGURES)

    def tokens_at(self, dpi: float) -> int:
        """Return the tokens of the page's picture at this many dots per inch."""
        if min(self.width_pt, self.height_pt) <= 0:
            return round(UNSIZED_TOKENS * (dpi / BEST_DPI) ** 2)
        width, height = (max(28, round(side * dpi / 72)) for side in (self.width_pt, self.height_pt))
        longest = max(width, height)
        return image_tokens(max(width, longest // 100), max(height, longest // 100))


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading and the page it stands on; `level` from 1."""

    title: str
    page: int
    level: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """`notes` tell people and the model what was left out and why. `kind` is a short word such as “pdf”; it never
    changes, because threads store it.
    """

    kind: str
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
    outline: tuple[OutlineEntry, ...] = ()

    @property
    def text_tokens(self) -> int:
        return sum(estimate_tokens(page.text) for page in self.pages)

    def page(self, number: int) -> Page | None:
        return self.pages[number - 1] if 0 < number <= len(self.pages) else None

    def to_json(self) -> bytes:
        return json.dumps({"v": VERSION, **asdict(self)}, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Document":
        """Raises RecordUnreadable."""
        return read(cls, plain(data))


def choose_pictures(pages: Sequence[Page], room: int, most: int = 50) -> Mapping[int, int]:
    """Return the numbers of the pages to show and the most tokens for each, within `room` tokens and `most` pictures.

    Every page with a `look` is shown at 120 dpi, or at a resolution that fits, down to 80 dpi. When not even that fits,
    only some pages are shown, and pages without text come first.
    """
    wanted = [page for page in pages if page.look and page.can_be_shown]
    wanted.sort(key=lambda page: (bool(page.text.strip()), page.number))
    wanted = wanted[:most]
    for dpi in (BEST_DPI, 110, 100, 90, LEAST_DPI):
        tokens = {page.number: page.tokens_at(dpi) for page in wanted}
        if sum(tokens.values()) <= room:
            return dict(sorted(tokens.items()))
    shown: dict[int, int] = {}
    for page in wanted:
        cost = page.tokens_at(LEAST_DPI)
        if cost <= room and (cost >= LEAST_TOKENS or room >= LEAST_TOKENS):
            shown[page.number] = cost
            room -= cost
    return dict(sorted(shown.items()))


def find_pages(document: Document, words: Sequence[str], most: int = 10) -> tuple[int, ...]:
    """Return the numbers of the pages that have most of the words, best first. A rare word counts more."""
    folded = [word.casefold() for word in words if word.strip()]
    texts = [page.text.casefold() for page in document.pages]
    rarity = {word: 1 / (1 + sum(word in text for text in texts)) for word in folded}
    scores = [(sum(rarity[word] for word in rarity if word in text), -at) for at, text in enumerate(texts, 1)]
    return tuple(-at for score, at in sorted(scores, reverse=True)[:most] if score > 0)
