"""`english` and `chinese` read numbers that are written as words: 三百二十万, 百分之三点五, twenty-five."""

import re
from collections.abc import Iterator

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_DIGITS |= {digit: value for value, digit in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "拾": 10, "佰": 100, "仟": 1_000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_LONGEST = 40  # characters of a number
_ALL = "".join([*_DIGITS, *_UNITS, *_MYRIADS])
_CHINESE = re.compile(rf"[{_ALL}]+")
_SHARE = re.compile(rf"百分之([{_ALL}]+)(?:[点點]([{''.join(_DIGITS)}]+))?")
_TENTHS = re.compile(rf"([{''.join(_DIGITS)}])成([{''.join(_DIGITS)}半])?(?![为為立长長本果员員])")

_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ONES += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH = {word: value for value, word in enumerate(_ONES)} | {word: at * 10 for at, word in enumerate(_TENS, 2)}
_ENGLISH |= {"a": 1, "an": 1}
_POWERS = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SMALL = rf"(?:(?:{'|'.join(_TENS)})[-\s](?:{'|'.join(_ONES[1:10])})|{'|'.join([*_TENS, *reversed(_ONES)])})"
_GROUP = rf"(?:(?:{'|'.join(_ONES[1:10])}|an?)[-\s]hundred(?:[-\s](?:and[-\s])?{_SMALL})?|{_SMALL})"
_WORDS = re.compile(rf"\b{_GROUP}(?:[-\s](?:{'|'.join(_POWERS)})(?:,?[-\s](?:and[-\s])?{_GROUP})?)*\b(?![-\s]hundred)")
_LETTERS = re.compile(r"[a-z]+")
# Smaller numbers may be no figures: “one of them”, “a dozen”.
LEAST_SURE = 13


def english(words: str) -> Iterator[int]:
    """Yield the numbers in `words`, a text in small letters."""
    return (number for number, _ in english_until(words))


def english_until(words: str) -> Iterator[tuple[int, int]]:
    """Yield each number and where it ends. `words` is a text in small letters."""
    for match in _WORDS.finditer(words):
        total, section = 0, 0
        for word in _LETTERS.findall(match[0]):
            if word == "hundred":
                section *= 100
            elif word in _POWERS:
                total, section = total + section * _POWERS[word], 0
            else:
                section += _ENGLISH.get(word, 0)
        yield total + section, match.end()


def chinese(words: str, *, is_sure: bool = False) -> Iterator[int]:
    """Yield the Chinese numbers in `words`. With `is_sure`, a number needs a digit and a unit, as in 三百: other
    characters may be no number.
    """
    for numeral in _CHINESE.findall(words):
        if is_sure and not (any(sign in _DIGITS for sign in numeral) and any(sign not in _DIGITS for sign in numeral)):
            continue
        value = _value(numeral)
        if value is not None:
            yield value


def chinese_shares(words: str) -> Iterator[str]:
    """Yield percentages in digits: 百分之三点五 is 3.5, 三成 is 30."""
    for whole, part in _SHARE.findall(words):
        value = _value(whole)
        if value is not None:
            yield f"{value}.{''.join(str(_DIGITS[sign]) for sign in part)}" if part else str(value)
    for tens, ones in _TENTHS.findall(words):
        yield str(_DIGITS[tens] * 10 + (5 if ones == "半" else _DIGITS.get(ones, 0)))


def _value(numeral: str) -> int | None:
    if len(numeral) > _LONGEST:
        return None
    if all(sign in _DIGITS for sign in numeral):
        return int("".join(str(_DIGITS[sign]) for sign in numeral))
    total, section, digit = 0, 0, 0
    for at, sign in enumerate(numeral):
        if sign in _DIGITS:
            if digit:
                return None  # two digits in a row do not go together with units
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            if not digit and at and numeral[at - 1] not in "零〇万萬亿億":
                return None
            section, digit = section + (digit or 1) * _UNITS[sign], 0
        else:
            if not (section or digit or total):
                return None  # 万一 is no number
            size, before = _MYRIADS[sign], section + digit
            total = total + before * size if total > size else (total + before) * size
            section, digit = 0, 0
    return total + section + digit
