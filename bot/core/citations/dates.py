"""`days` finds dates in a text, in every form: 2024-03-15, 15.3.2024, March 15, 2024, 3/15/24, 2024年3月15日."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october"]
_MONTHS += ["november", "december"]
_GERMAN = ["januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober"]
_GERMAN += ["november", "dezember"]
_BY_NAME = {name: number for number, month in enumerate(_MONTHS, 1) for name in (month, month[:3])}
_BY_NAME |= {"sept": 9} | {name: number for number, name in enumerate(_GERMAN, 1)}
_MONTH = rf"(?P<month>{'|'.join(sorted(_BY_NAME, key=len, reverse=True))})\.?"
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})"
_FORMS = [
    rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)",
    rf"{_YEAR}\s?年\s?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号]",
    r"(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?[日号]",
    rf"{_DAY}\.?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?![^\W_])",
    rf"{_MONTH}\s+{_DAY}(?![\d%.,]*\d)(?:,?\s+{_YEAR})?(?![^\W_])",
    r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)(?!\d)",
    r"(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?P<year>\d{4}|\d\d)(?!\d)",
]
_DATES = [re.compile(rf"(?<![\d.,]){form}", re.IGNORECASE) for form in _FORMS]


@dataclass(frozen=True, slots=True)
class Day:
    """`readings` are (month, day) pairs: 3/4 has two. `year` is 0 when the text names none."""

    year: int
    readings: frozenset[tuple[int, int]]

    def is_same(self, other: "Day") -> bool:
        return bool(self.readings & other.readings) and (self.year == other.year or 0 in {self.year, other.year})


def days(words: str) -> tuple[list[Day], str]:
    """Return the days that the text names, and the text without them."""
    found: list[Day] = []

    def blanked(match: re.Match[str]) -> str:
        day = _read(match)
        if day is None:
            return match[0]
        found.append(day)
        return " " * len(match[0])

    for form in _DATES:
        words = form.sub(blanked, words)
    return found, words


def _read(match: re.Match[str]) -> Day | None:
    named = match.groupdict()
    if match["month"][0].islower():
        return None  # “chapter 5 may …”
    year = int(named.get("year") or 0)
    year += 2000 if 0 < year < 100 else 0
    month, day = match["month"].casefold().rstrip("."), int(match["day"])
    number = int(month) if month.isdecimal() else _BY_NAME[month]
    pairs = {(number, day)} | ({(day, number)} if "/" in match[0] and not match[0][:4].isdecimal() else set())
    readings = frozenset(_possible(pairs))
    return Day(year, readings) if readings else None


def _possible(pairs: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    return (pair for pair in pairs if 1 <= pair[0] <= 12 and 1 <= pair[1] <= 31)


def months(folded: str) -> Iterator[int]:
    """Yield the numbers of months that are named in `folded`, a text in small letters."""
    return (_BY_NAME[word] for word in re.findall(r"[^\W\d_]+", folded) if word in _BY_NAME)
