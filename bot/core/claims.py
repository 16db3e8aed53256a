"""Whether a text bears out a sentence, as far as that can be looked up: its numbers and its quoted words are there.

However they are written: 1,250 and 1.250 and 1250, 12 % and 12 percent, 1.2 million and 1,200,000, 三百 and 300.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from bot.core.numerals import chinese, english

_SENTENCE = re.compile(r"(?<=[.!?。！？])[\s*_]+|(?<=[。！？])")
_MARKER = re.compile(r"^[\s>#|*-]*(?:\d{1,3}[.)]\s+)?(?:\[[ xX]\]\s*)?")
_BLANK = " \u00a0\u2009\u202f'’"
_NUMBER = re.compile(rf"\d{{1,3}}(?:[{_BLANK}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_SCALE = re.compile(
    r"[\s-]*(?:(?:(k|thousand|tsd|mille)|(m|mn|mio|millions?)|(b|bn|billions?|mrd))(?![^\W\d_])|([万萬])|([亿億]))",
    re.IGNORECASE,
)
_SCALES = (1_000, 1_000_000, 1_000_000_000, 10_000, 100_000_000)
# What may close a quotation, by what opens it.
_CLOSING = {"“": "”", '"': '"', "„": "“”", "«": "»", "「": "」", "『": "』", "‘": "’"}
_OPENING = re.compile(f"[{''.join(_CLOSING)}]")
_QUOTED = {sign: re.compile(rf"[^{closing}\n]*") for sign, closing in _CLOSING.items()}
_LEAST_SINGLE = 3  # an apostrophe is no quotation
_ELLIPSIS = re.compile(r"(?:\[…\]|\[\.\.\.\]|…|\.\.\.)")
_MARKS = re.compile(r"[*_`|#\\]+")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october"]
_MONTHS += ["november", "december"]
_MONTHS_BY_NAME = {name: str(number) for number, month in enumerate(_MONTHS, 1) for name in (month, month[:3])}
# What stands between the letters where a line of a page ends; Chinese has no blanks of its own.
_BREAKS = re.compile(r"-\s*\n\s*|\u00ad\s*|\s+")
_WORD = re.compile(r"\w")
_LETTERS = re.compile(r"[^\W\d_]+")


# Of a sentence that does not end, its last so many characters.
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence; the figures in the `names` of its documents are no claim."""

    sentence: str
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        words = self.sentence[-LONGEST:]
        for name in self.names:
            words = words.replace(name, " ")
        return words


def last_sentence(line: str) -> str:
    """Of a line of Markdown, without the marks that it begins with."""
    parts = _SENTENCE.split(_MARKER.sub("", line))
    return next((part for part in reversed(parts) if part and part.strip(" *_|,.;:()")), "")


def holds(claim: Claim, page: str) -> bool:
    """Every number and every quote of the sentence occurs in the page."""
    there, words = _values_of(page), claim.words
    if not all(any(value in there for value in readings) for readings in _claimed(words)):
        return False
    return all(_is_in(part, page) for quote in _quotes(words) for part in quote)


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


@lru_cache(maxsize=256)
def _values_of(page: str) -> frozenset[str]:
    """All that a page's numbers may mean, number words and months included."""
    folded = page.casefold()
    words = {_MONTHS_BY_NAME[word] for word in _LETTERS.findall(folded) if word in _MONTHS_BY_NAME}
    words |= {str(number) for number in (*english(folded), *chinese(page))}
    return frozenset(words.union(*_figures(page)))


@lru_cache(maxsize=256)
def _claimed(words: str) -> tuple[frozenset[str], ...]:
    return tuple(_figures(words))


def _figures(words: str) -> list[frozenset[str]]:
    """For each number, the values it may mean: 1,250 is 1250, or 1.25 where a comma is a decimal point.

    1.2 million may also stand as 1.2, in a table of millions.
    """
    plain = unicodedata.normalize("NFKC", words)
    found = []
    for number in _NUMBER.finditer(plain):
        readings = [_readings(number[0])] if not _is_chain(number[0]) else [{part} for part in _parts(number[0])]
        if scale := _SCALE.match(plain, number.end()):
            factor = next(size for size, said in zip(_SCALES, scale.groups(), strict=True) if said)
            readings = [values | {_canonical(Decimal(value) * factor) for value in values} for values in readings]
        found += [frozenset(values) for values in readings]
    return [*found, *(frozenset({str(number)}) for number in chinese(plain, is_sure=True))]


def _is_chain(number: str) -> bool:
    """A date or a version: 12.03.2024, 1.2.3."""
    groups = re.split(r"[.,]", number)
    return len(groups) > 2 and any(len(group) != 3 for group in groups[1:-1])


def _parts(number: str) -> list[str]:
    return [_canonical(Decimal(part)) for part in re.split(r"[.,]", number)]


def _readings(number: str) -> set[str]:
    number = re.sub(rf"[{_BLANK}]", "", number)
    point, comma = number.rfind("."), number.rfind(",")
    if point >= 0 and comma >= 0:
        mark = "." if point > comma else ","
        other = "," if mark == "." else "."
        return _decimals(number.replace(other, "").replace(mark, "."))
    mark = "." if point >= 0 else ","
    if number.count(mark) == 1:
        decimal = _decimals(number.replace(mark, "."))
        is_thousand = len(number.split(mark)[1]) == 3
        return decimal | (_decimals(number.replace(mark, "")) if is_thousand else set())
    return _decimals(number.replace(mark, ""))


def _decimals(number: str) -> set[str]:
    try:
        return {_canonical(Decimal(number))}
    except InvalidOperation:
        return {number}


def _canonical(value: Decimal) -> str:
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).lstrip("0") or "0"
