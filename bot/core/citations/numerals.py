"""Numbers that are written as words: 三百二十万, 二〇二四, 百分之三点五, twenty-five, four hundred and twelve."""

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
# One of them, twelve of them: smaller numbers than this stand where nobody counts.
LEAST_SURE = 13


def english(words: str) -> Iterator[int]:
    """`words` in small letters."""
    return (number for number, _ in english_until(words))


def english_until(words: str) -> Iterator[tuple[int, int]]:
    """Each number with where it ends. `words` in small letters."""
    for found in _WORDS.finditer(words):
        total, section = 0, 0
        for word in _LETTERS.findall(found[0]):
            if word == "hundred":
                section *= 100
            elif word in _POWERS:
                total, section = total + section * _POWERS[word], 0
            else:
                section += _ENGLISH.get(word, 0)
        yield total + section, found.end()


def chinese(words: str, *, is_sure: bool = False) -> Iterator[int]:
    """`is_sure`: only what can hardly be anything but a number: a digit and a unit, as in 三百."""
    for numeral in _CHINESE.findall(words):
        if is_sure and not (any(one in _DIGITS for one in numeral) and any(one not in _DIGITS for one in numeral)):
            continue
        value = _value(numeral)
        if value is not None:
            yield value


def chinese_shares(words: str) -> Iterator[str]:
    """Of a hundred, as digits: 百分之三点五 is 3.5, 三成 is 30."""
    for whole, part in _SHARE.findall(words):
        value = _value(whole)
        if value is not None:
            yield f"{value}.{''.join(str(_DIGITS[one]) for one in part)}" if part else str(value)
    for tens, ones in _TENTHS.findall(words):
        yield str(_DIGITS[tens] * 10 + (5 if ones == "半" else _DIGITS.get(ones, 0)))


def _value(numeral: str) -> int | None:
    if len(numeral) > _LONGEST:
        return None
    if all(one in _DIGITS for one in numeral):
        return int("".join(str(_DIGITS[one]) for one in numeral))
    total, section, digit = 0, 0, 0
    for at, one in enumerate(numeral):
        if one in _DIGITS:
            if digit:
                return None  # digits side by side, and units besides
            digit = _DIGITS[one]
        elif one in _UNITS:
            if not digit and at and numeral[at - 1] not in "零〇万萬亿億":
                return None
            section, digit = section + (digit or 1) * _UNITS[one], 0
        else:
            if not (section or digit or total):
                return None  # 万一 is no number
            size, before = _MYRIADS[one], section + digit
            total = total + before * size if total > size else (total + before) * size
            section, digit = 0, 0
    return total + section + digit
