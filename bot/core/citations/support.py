"""Whether a text bears out a sentence, as far as that can be looked up: its numbers with their units, its days, its
quoted words and its names are there. However they are written (bot.core.citations.measures, bot.core.citations.dates).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.citations.dates import Day, days, months
from bot.core.citations.measures import Measure, claimed, stated
from bot.core.citations.proper_names import is_named, names_in

# Not after “p.” and the like.
_SENTENCE = re.compile(
    r"(?<=[.!?。！？])(?<!\b[Pp]\.)(?<!\bpp\.)(?<!\b[Ff]ig\.)(?<!\b[Nn]o\.)(?<!\bca\.)[\s*_]+|(?<=[。！？])"
)
_MARKER = re.compile(r"^[\s>#|*-]*(?:\d{1,3}[.)]\s+)?(?:\[[ xX]\]\s*)?")
# What may close a quotation, by what opens it.
_CLOSING = {"“": "”", '"': '"', "„": "“”", "«": "»", "「": "」", "『": "』", "《": "》", "‘": "’"}
_OPENING = re.compile(f"[{''.join(_CLOSING)}]")
_QUOTED = {sign: re.compile(rf"[^{closing}\n]*") for sign, closing in _CLOSING.items()}
_LEAST_SINGLE = 3  # an apostrophe is no quotation
_ELLIPSIS = re.compile(r"(?:\[…\]|\[\.\.\.\]|…|\.\.\.)")
_PAGES = re.compile(r"(?<![^\W_])(?:pp?\.|pages?|第)\s?\d+(?:\s?[-–]\s?\d+)?\s?[页頁]?", re.IGNORECASE)
_MARKS = re.compile(r"[*_`|#\\]+")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})
# What stands between the letters where a line of a page ends; Chinese has no blanks of its own.
_BREAKS = re.compile(r"-\s*\n\s*|\u00ad\s*|\s+")
_LONG_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{4,}")
_WORD = re.compile(r"\w")
_SIGNS = re.compile(r"(?=([\u3400-\u9fff]{2}))")  # Chinese has no blanks: any two signs side by side
_LINES = re.compile(r"\n+|(?<=[.!?。！？])\s+")
_STEM = 5  # letters of a word that stay the same when its ending changes
_AS_ABOUT = 2  # words that a line has in common with a claim when both are about the same


# Of a sentence that does not end, its last so many characters.
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence; the figures in the `names` of its documents are no claim, nor are the numbers of pages."""

    sentence: str
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        words = self.sentence[-LONGEST:]
        for name in self.names:
            words = words.replace(name, " ")
        return _PAGES.sub(" ", words)


def last_sentence(line: str) -> str:
    """Of a line of Markdown, without the marks that it begins with."""
    parts = _SENTENCE.split(_MARKER.sub("", line))
    return next((part for part in reversed(parts) if part and part.strip(" *_|,.;:()")), "")


@lru_cache(maxsize=256)
def is_checkable(claim: Claim) -> bool:
    """There is something in it that can be looked up."""
    found, rest = _days(claim.words)
    return bool(found or _claimed(rest) or _quotes(claim.words) or _names(claim.words))


@lru_cache(maxsize=256)
def holds(claim: Claim, page: str) -> bool:
    """Every number, every day, every quote and every name of the sentence occurs in the page."""
    if not _figures_hold(claim.words, page):
        return False
    if not all(_is_in(part, page) for quote in _quotes(claim.words) for part in quote):
        return False
    return all(is_named(name, page) for name in _names(claim.words))


@lru_cache(maxsize=256)
def stands_otherwise(claim: Claim, page: str) -> bool:
    """The page has numbers of its own for what the sentence gives numbers for: of the same kind, or in a line about
    the same.
    """
    _, rest = _days(claim.words)
    missing = [one for one in _claimed(rest) if not _is_stated(one, page)]
    kinds = {one.kind for one in missing if one.kind}
    if any(one.kind in kinds for one in _stated(page)):
        return True
    words = _stems(rest)
    return bool(missing) and any(
        len(words & _stems(line)) >= _AS_ABOUT and any(letter.isdigit() for letter in line)
        for line in _LINES.split(page)
    )


@lru_cache(maxsize=256)
def has_words_of(claim: Claim, page: str) -> bool:
    """Whether the page is about anything the sentence is about; a sentence of a few words tells too little of it."""
    words = _stems(claim.words)
    return len(words) <= _AS_ABOUT or bool(words & _stems(page))


def _figures_hold(words: str, page: str) -> bool:
    named, rest = _days(words)
    there, _ = _days(page)
    if named and there:
        return all(any(day.is_same(one) for one in there) for day in named) and _are_stated(rest, page)
    return _are_stated(words, page)  # a page may give day, month and year in columns of their own


def _are_stated(words: str, page: str) -> bool:
    return all(_is_stated(one, page) for one in _claimed(words))


@lru_cache(maxsize=256)
def _claimed(words: str) -> tuple[Measure, ...]:
    return tuple(claimed(words))


def _is_stated(one: Measure, page: str) -> bool:
    """The number stands there, and not as a number of something else."""
    values, wholes = _kinds_by_value(page)
    if one.kind and one.whole & wholes:
        return True
    kinds = {kind for value in one.values for kind in values.get(value, ())}
    return bool(kinds) and (not one.kind or "" in kinds)


@lru_cache(maxsize=256)
def _stated(page: str) -> tuple[Measure, ...]:
    return tuple(stated(page))


@lru_cache(maxsize=256)
def _kinds_by_value(page: str) -> tuple[dict[str, set[str]], frozenset[tuple[str, str]]]:
    """What each value is a number of, and all that is measured, in the smallest of its kind."""
    values: dict[str, set[str]] = {}
    for one in _stated(page):
        for value in one.values:
            values.setdefault(value, set()).add(one.kind)
    for month in months(page.casefold()):
        values.setdefault(str(month), set()).add("")
    return values, frozenset(whole for one in _stated(page) if one.kind for whole in one.whole)


@lru_cache(maxsize=256)
def _days(words: str) -> tuple[tuple[Day, ...], str]:
    """The days, and the words without them."""
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
    """However its lines are broken."""
    return part in _plain(page) or _unbroken(part) in _unbroken(page)


@lru_cache(maxsize=256)
def _quotes(words: str) -> tuple[list[str], ...]:
    quotes = []
    for quote in _quoted(words):
        parts = [_plain(part).strip(" .,;:!?。，；：！？") for part in _ELLIPSIS.split(quote)]
        quotes.append([part for part in parts if part])
    return tuple(quotes)


def _quoted(words: str) -> Iterator[str]:
    """What stands between marks, in one line. What nothing closes is looked for once for all marks before that end."""
    at, ends = 0, dict.fromkeys(_CLOSING, -1)
    while found := _OPENING.search(words, at):
        sign, at = found[0], found.end()
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
