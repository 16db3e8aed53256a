"""How like a page is to the picture it was made from: how it looks, and how many of the picture's words are on it."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.drawing import Comparison
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
_CLOSE, _LEAST_CLOSE, _MOST_CLOSE = 0.8, 4, 40
_MOST_COMPARED = 4_000  # pairs of words; of a page of noise the rest must be there as it is


@dataclass(frozen=True, slots=True)
class Likeness:
    """`wanted` is the number of words read on the original, `missing` are those that the page has not."""

    compared: Comparison
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


def likeness(compared: Comparison, wanted: Sequence[str], shown: str) -> Likeness:
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
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for word in +left:
        by_length[len(word)].append(word)
    missing, compared = [], 0
    for word in unknown:
        near = [one for one in _near(word, by_length) if left[one]] if compared < _MOST_COMPARED else []
        compared += len(near)
        close = get_close_matches(word, near, 1, _CLOSE)
        if close:
            left[close[0]] -= 1
        else:
            missing.append(word)
    return tuple(missing)


def _near(word: str, by_length: Mapping[int, list[str]]) -> list[str]:
    """Those that are long and short enough to be as close: twice what is the same, by the length of both."""
    length = len(word)
    if not (_LEAST_CLOSE <= length <= _MOST_CLOSE and word.isalpha()):
        return []
    lengths = range(math.floor(length * _CLOSE / (2 - _CLOSE)), math.ceil(length * (2 - _CLOSE) / _CLOSE) + 1)
    return [one for size in lengths for one in by_length.get(size, ())]
