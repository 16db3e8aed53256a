"""How like a page is to the picture it was made from: how it looks, and how many of the picture's words are on it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.drawing import Compared
from bot.words import say, text

# Below one of these the model looks at both and tries again.
ALIKE = 0.85
ALIKE_IN_WORDS = 0.8
LEAST_WORDS = 3  # fewer say nothing: a sketch, a photo
MOST_NAMED = 30
ALIKE_LINE = text("The page is {percent} % like the original.")
IMPROVED_LINE = text("The page is {percent} % like the original (improved {count}×).")
WORDS_LINE = text("The page looks {percent} % like the original, and {words} % of its words are there.")
IMPROVED_WORDS_LINE = text(
    "The page looks {percent} % like the original, and {words} % of its words are there (improved {count}×)."
)

# A Chinese character is a word, so that it does not matter where a reader parts them.
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
# “analyti”, “miller”: a reader's slips. What is shorter or has digits must be there as it is.
_CLOSE, _LEAST_CLOSE = 0.8, 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """`wanted` is the number of words read on the original, `missing` are those that the page has not."""

    compared: Compared
    wanted: int = 0
    missing: tuple[str, ...] = ()

    @property
    def similarity(self) -> float:
        return self.compared.similarity

    @property
    def words(self) -> float | None:
        """The share of the words that are there; None when too few could be read."""
        return 1 - len(self.missing) / self.wanted if self.wanted >= LEAST_WORDS else None

    @property
    def score(self) -> float:
        return self.similarity if self.words is None else (self.similarity + self.words) / 2

    @property
    def is_enough(self) -> bool:
        return self.similarity >= ALIKE and (self.words is None or self.words >= ALIKE_IN_WORDS)

    @property
    def percent(self) -> int:
        return round(self.similarity * 100)

    def told(self, count: int, language: str) -> str:
        """`count`: how often it was improved."""
        if self.words is None:
            return say(IMPROVED_LINE if count else ALIKE_LINE, language, percent=self.percent, count=count)
        template, words = IMPROVED_WORDS_LINE if count else WORDS_LINE, round(self.words * 100)
        return say(template, language, percent=self.percent, words=words, count=count)


def likeness(compared: Compared, wanted: Sequence[str], shown: str) -> Likeness:
    """`wanted` are the words read on the original, `shown` is the text on the page."""
    words = words_of(" ".join(wanted))
    return Likeness(compared, len(words), _missing(words, words_of(shown)))


def words_of(shown: str) -> list[str]:
    return _WORD.findall(shown.casefold())


def _missing(wanted: Sequence[str], shown: Sequence[str]) -> tuple[str, ...]:
    left = Counter(shown)
    unknown = []
    for word in wanted:
        if left[word]:
            left[word] -= 1
        else:
            unknown.append(word)
    rest = list((+left).elements())
    missing = []
    for word in unknown:
        close = get_close_matches(word, rest, 1, _CLOSE) if len(word) >= _LEAST_CLOSE and word.isalpha() else []
        if close:
            rest.remove(close[0])
        else:
            missing.append(word)
    return tuple(missing)
