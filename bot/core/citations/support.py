"""`holds` says whether a page supports a sentence: the page has all its numbers with units, dates, quotes and names.

Numbers and dates may be written differently there (bot.core.citations.measures, bot.core.citations.dates).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.citations.dates import Day, days, months
from bot.core.citations.measures import Measure, claimed, stated
from bot.core.citations.proper_names import is_named, names_in

# A dot after “p.” and the like ends no sentence.
_SENTENCE = re.compile(
    r"(?<=[.!?。！？])(?<!\b[Pp]\.)(?<!\bpp\.)(?<!\b[Ff]ig\.)(?<!\b[Nn]o\.)(?<!\bca\.)[\s*_]+|(?<=[。！？])"
)
_MARKER = re.compile(r"^[\s>#|*-]*(?:\d{1,3}[.)]\s+)?(?:\[[ xX]\]\s*)?")
# The closing quotation marks for each opening one.
_CLOSING = {"“": "”", '"': '"', "„": "“”", "«": "»", "「": "」", "『": "』", "《": "》", "‘": "’"}
_OPENING = re.compile(f"[{''.join(_CLOSING)}]")
_QUOTED = {sign: re.compile(rf"[^{closing}\n]*") for sign, closing in _CLOSING.items()}
_LEAST_SINGLE = 3  # an apostrophe is no quotation
_ELLIPSIS = re.compile(r"(?:\[…\]|\[\.\.\.\]|…|\.\.\.)")
_PAGES = re.compile(r"(?<![^\W_])(?:pp?\.|pages?|第)\s?\d+(?:\s?[-–]\s?\d+)?\s?[页頁]?", re.IGNORECASE)
_MARKS = re.compile(r"[*_`|#\\]+")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})
# The end of a line splits words with a hyphen, or Chinese text without a space.
_BREAKS = re.compile(r"-\s*\n\s*|\u00ad\s*|\s+")
_LONG_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{4,}")
_WORD = re.compile(r"\w")
_SIGNS = re.compile(r"(?=([\u3400-\u9fff]{2}))")  # Chinese has no spaces, so every pair of characters is a word
_LINES = re.compile(r"\n+|(?<=[.!?。！？])\s+")
_STEM = 5  # letters of a word that stay the same when its ending changes
_AS_ABOUT = 2  # a line with so many words of the sentence is about the same thing
# Of a longer sentence, only its last characters are checked.
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that has to be supported. `names` are its documents: numbers in their names are no claim, and page
    numbers are none either.
    """

    sentence: str
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        words = self.sentence[-LONGEST:]
        for name in self.names:
            words = words.replace(name, " ")
        return _PAGES.sub(" ", words)


def last_sentence(line: str) -> str:
    """Return the last sentence of a line of Markdown, without the marks at the beginning of the line."""
    parts = _SENTENCE.split(_MARKER.sub("", line))
    return next((part for part in reversed(parts) if part and part.strip(" *_|,.;:()")), "")


@lru_cache(maxsize=256)
def is_checkable(claim: Claim) -> bool:
    """Return whether the sentence has something that can be looked up."""
    found, rest = _days(claim.words)
    return bool(found or _claimed(rest) or _quotes(claim.words) or _names(claim.words))


@lru_cache(maxsize=256)
def holds(claim: Claim, page: str) -> bool:
    """Return whether the page has every number, date, quote and name of the sentence."""
    if not _figures_hold(claim.words, page):
        return False
    if not all(_is_in(part, page) for quote in _quotes(claim.words) for part in quote):
        return False
    return all(is_named(name, page) for name in _names(claim.words))


@lru_cache(maxsize=256)
def stands_otherwise(claim: Claim, page: str) -> bool:
    """Return whether the page gives other numbers than the sentence does for the same thing: numbers of the same kind,
    or numbers in a line about the same thing.
    """
    _, rest = _days(claim.words)
    missing = [measure for measure in _claimed(rest) if not _is_stated(measure, page)]
    kinds = {measure.kind for measure in missing if measure.kind}
    if any(measure.kind in kinds for measure in _stated(page)):
        return True
    words = _stems(rest)
    return bool(missing) and any(
        len(words & _stems(line)) >= _AS_ABOUT and any(letter.isdigit() for letter in line)
        for line in _LINES.split(page)
    )


@lru_cache(maxsize=256)
def has_words_of(claim: Claim, page: str) -> bool:
    """Return whether the page has a word of the sentence. A sentence with hardly any words always passes."""
    words = _stems(claim.words)
    return len(words) <= _AS_ABOUT or bool(words & _stems(page))


def _figures_hold(words: str, page: str) -> bool:
    claimed_days, rest = _days(words)
    page_days, _ = _days(page)
    if claimed_days and page_days:
        are_same = all(any(day.is_same(page_day) for page_day in page_days) for day in claimed_days)
        return are_same and _are_stated(rest, page)
    return _are_stated(words, page)  # a page may have day, month and year in separate columns


def _are_stated(words: str, page: str) -> bool:
    return all(_is_stated(measure, page) for measure in _claimed(words))


@lru_cache(maxsize=256)
def _claimed(words: str) -> tuple[Measure, ...]:
    return tuple(claimed(words))


def _is_stated(measure: Measure, page: str) -> bool:
    """Return whether the page has the number, and not as a number of something else."""
    values, wholes = _kinds_by_value(page)
    if measure.kind and measure.whole & wholes:
        return True
    kinds = {kind for value in measure.values for kind in values.get(value, ())}
    return bool(kinds) and (not measure.kind or "" in kinds)


@lru_cache(maxsize=256)
def _stated(page: str) -> tuple[Measure, ...]:
    return tuple(stated(page))


@lru_cache(maxsize=256)
def _kinds_by_value(page: str) -> tuple[dict[str, set[str]], frozenset[tuple[str, str]]]:
    """Return the kinds of each number on the page, and all measures in their smallest units."""
    values: dict[str, set[str]] = {}
    for measure in _stated(page):
        for value in measure.values:
            values.setdefault(value, set()).add(measure.kind)
    for month in months(page.casefold()):
        values.setdefault(str(month), set()).add("")
    return values, frozenset(whole for measure in _stated(page) if measure.kind for whole in measure.whole)


@lru_cache(maxsize=256)
def _days(words: str) -> tuple[tuple[Day, ...], str]:
    """Return the days, and the text without them."""
    found, rest = days(words)
    return tuple(found), rest


@lru_cache(maxsize=256)
def _names(words: str) -> tuple[str, ...]:
    return names_in(words)


@lru_cache(maxsize=256)
def _stems(words: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", words).casefold()
    return frozenset({word[:_STEM] for word in _LONG_WORD.findall(plain)} | set(_SIGNS.findall(plain)))


def _is_in(part: str, page: str) -> bool:
    """Return whether the page has this text, also across the ends of lines."""
    return part in _plain(page) or _unbroken(part) in _unbroken(page)


@lru_cache(maxsize=256)
def _quotes(words: str) -> tuple[list[str], ...]:
    quotes = []
    for quote in _quoted(words):
        parts = [_plain(part).strip(" .,;:!?。，；：！？") for part in _ELLIPSIS.split(quote)]
        quotes.append([part for part in parts if part])
    return tuple(quotes)


def _quoted(words: str) -> Iterator[str]:
    """Yield the text between quotation marks in one line. For marks that nothing closes, the end is looked for only
    once: the time stays linear.
    """
    at, ends = 0, dict.fromkeys(_CLOSING, -1)
    while opening := _OPENING.search(words, at):
        sign, at = opening[0], opening.end()
        if at <= ends[sign]:
            continue
        quote = _QUOTED[sign].match(words, at)
        ends[sign] = end = quote.end() if quote else at
        is_closed = words[end : end + 1] in _CLOSING[sign] and at < end < len(words)
        if sign == "‘" and (end - at < _LEAST_SINGLE or _WORD.match(words, end + 1)):
            is_closed = False
        if is_closed:
            yield words[at:end]
            at = end + 1


@lru_cache(maxsize=256)
def _plain(words: str) -> str:
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", words).translate(_DASHES)).casefold().split())


@lru_cache(maxsize=256)
def _unbroken(words: str) -> str:
    return "".join(_plain(_BREAKS.sub("", words)).split())
