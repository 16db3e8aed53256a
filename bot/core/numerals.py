"""Numbers that are written as words: 三百二十万, 二〇二四, twenty-five."""

import re
from collections.abc import Iterator

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_DIGITS |= {digit: value for value, digit in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "拾": 10, "佰": 100, "仟": 1_000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_LONGEST = 40  # characters of a number
_CHINESE = re.compile(rf"[{''.join([*_DIGITS, *_UNITS, *_MYRIADS])}]+")

_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ONES += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH = {word: value for value, word in enumerate(_ONES)} | {word: at * 10 for at, word in enumerate(_TENS, 2)}
_WORDS = re.compile(rf"\b(?:({'|'.join(_TENS)})[-\s]({'|'.join(_ONES[1:10])})|({'|'.join(_ENGLISH)}))\b")


def english(words: str) -> Iterator[int]:
    """`words` in small letters."""
    for tens, ones, single in _WORDS.findall(words):
        yield _ENGLISH[single] if single else _ENGLISH[tens] + _ENGLISH[ones]


def chinese(words: str, *, is_sure: bool = False) -> Iterator[int]:
    """`is_sure`: only what can hardly be anything but a number: a digit and a unit, as in 三百."""
    for numeral in _CHINESE.findall(words):
        if is_sure and not (any(one in _DIGITS for one in numeral) and any(one not in _DIGITS for one in numeral)):
            continue
        value = _value(numeral)
        if value is not None:
            yield value


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
