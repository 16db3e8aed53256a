"""Whether a text bears out a sentence, as far as that can be looked up: its numbers and its quoted words are there.

However they are written: 1,250 and 1.250 and 1250, 12 % and 12 percent, 1.2 million and 1,200,000, three and 3.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_BLANK = " \u00a0\u2009\u202f'’"
_NUMBER = re.compile(rf"\d{{1,3}}(?:[{_BLANK}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_SCALE = re.compile(
    r"[\s-]*(?:(?:(k|thousand|tsd|mille)|(m|mn|mio|millions?)|(b|bn|billions?|mrd))(?![^\W\d_])|([万萬])|([亿億]))",
    re.IGNORECASE,
)
_SCALES = (1_000, 1_000_000, 1_000_000_000, 10_000, 100_000_000)
_QUOTED = re.compile(r"“([^”\n]+)”|\"([^\"\n]+)\"|„([^“”\n]+)[“”]|«([^»\n]+)»|「([^」\n]+)」|『([^』\n]+)』")
_ELLIPSIS = re.compile(r"\s*(?:\[…\]|\[\.\.\.\]|…|\.\.\.)\s*")
_MARKS = re.compile(r"[*_`|#\\]+")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})
_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october"]
_MONTHS += ["november", "december"]
_WORDS = {word: str(number) for number, word in enumerate(_DIGITS)} | {
    name: str(number) for number, month in enumerate(_MONTHS, 1) for name in (month, month[:3])
}
_CHINESE = {digit: str(number) for number, digit in enumerate("一二三四五六七八九十", 1)} | {"两": "2", "兩": "2"}
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence; the figures in the `names` of its documents are no claim."""

    sentence: str
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        words = self.sentence
        for name in self.names:
            words = words.replace(name, " ")
        return words


def holds(claim: Claim, page: str) -> bool:
    """Every number and every quote of the sentence occurs in the page."""
    there = _values_of(page)
    if not all(any(value in there for value in readings) for readings in _figures(claim.words)):
        return False
    return all(part in _plain(page) for quote in _quotes(claim.words) for part in quote)


def _quotes(words: str) -> Iterator[list[str]]:
    for found in _QUOTED.findall(words):
        quote = next(part for part in found if part)
        parts = [_plain(part).strip(" .,;:!?。，；：！？") for part in _ELLIPSIS.split(quote)]
        yield [part for part in parts if part]


@lru_cache(maxsize=256)
def _plain(words: str) -> str:
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", words).translate(_DASHES)).casefold().split())


@lru_cache(maxsize=256)
def _values_of(page: str) -> frozenset[str]:
    """All that a page's numbers may mean, number words and months included."""
    words = {_WORDS[word] for word in _LETTERS.findall(page.casefold()) if word in _WORDS}
    words |= {_CHINESE[letter] for letter in set(page) if letter in _CHINESE}
    return frozenset(words.union(*_figures(page)))


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
    return found


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
