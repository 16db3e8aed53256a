"""Similarity says how similar a web page is to the picture it was made from: in its looks, and in its words."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.drawing import Comparison
from bot.words import say, text

# Below one of these values the model looks at both and tries again.
ALIKE = 0.85
ALIKE_IN_WORDS = 0.8
LEAST_WORDS = 3  # a picture with fewer words is a sketch or a photo
MOST_NAMED = 30
ALIKE_LINE = text("The page is {percent} % like the original.")
IMPROVED_LINE = text("The page is {percent} % like the original (improved {count}×).")
WORDS_LINE = text("The page looks {percent} % like the original, and {words} % of its words are there.")
IMPROVED_WORDS_LINE = text(
    "The page looks {percent} % like the original, and {words} % of its words are there (improved {count}×)."
)

# Each Chinese character is a word, because readers of pictures split Chinese text differently.
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
# A reader of pictures makes small errors such as “analyti”. Short words, and words with digits, have to match exactly.
_CLOSE, _LEAST_CLOSE, _MOST_CLOSE = 0.8, 4, 40
_MOST_COMPARED = 4_000  # pairs of words; after these, words have to match exactly


@dataclass(frozen=True, slots=True)
class Similarity:
    """`wanted` is the number of words on the original. `missing` are those that the page does not have."""

    compared: Comparison
    wanted: int = 0
    missing: tuple[str, ...] = ()

    @property
    def similarity(self) -> float:
        return self.compared.similarity

    @property
    def words(self) -> float | None:
        """The share of the words that the page has, or None when too few could be read."""
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

    def line(self, count: int, language: str) -> str:
        """Return the line for the person. `count` says how often the page was improved."""
        if self.words is None:
            return say(IMPROVED_LINE if count else ALIKE_LINE, language, percent=self.percent, count=count)
        template, words = IMPROVED_WORDS_LINE if count else WORDS_LINE, round(self.words * 100)
        return say(template, language, percent=self.percent, words=words, count=count)


def similarity_of(compared: Comparison, wanted: Sequence[str], shown: str) -> Similarity:
    """`wanted` are the words that were read on the original. `shown` is the text of the page."""
    words = words_of(" ".join(wanted))
    return Similarity(compared, len(words), _missing(words, words_of(shown)))


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
        near = [other for other in _near(word, by_length) if left[other]] if compared < _MOST_COMPARED else []
        compared += len(near)
        close = get_close_matches(word, near, 1, _CLOSE)
        if close:
            left[close[0]] -= 1
        else:
            missing.append(word)
    return tuple(missing)


def _near(word: str, by_length: Mapping[int, list[str]]) -> list[str]:
    """Return the words whose length allows a match of _CLOSE. difflib's ratio is twice the number of equal letters,
    divided by the length of both words together.
    """
    length = len(word)
    if not (_LEAST_CLOSE <= length <= _MOST_CLOSE and word.isalpha()):
        return []
    lengths = range(math.floor(length * _CLOSE / (2 - _CLOSE)), math.ceil(length * (2 - _CLOSE) / _CLOSE) + 1)
    return [other for size in lengths for other in by_length.get(size, ())]
