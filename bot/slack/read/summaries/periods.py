"""Reads which part of a conversation is to be summarised: `last 5`, `yesterday`, `this week`, in
English and Chinese.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.words import say, text

MOST_MESSAGES = 1_000
USUAL_MESSAGES = 50
Kind = Literal["last", "today", "yesterday", "week", "last_week", "since"]
LAST = text("last {count}")
NAMES: Mapping[Kind, str] = {
    "today": text("today"),
    "yesterday": text("yesterday"),
    "week": text("this week"),
    "last_week": text("last week"),
    "since": text("since your last message"),
}

_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_UNITS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_NUMBERS = {word: number for number, word in enumerate(_UNITS, 1)} | _TENS | {"hundred": 100, "dozen": 12}
_CHINESE_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_TIMES = {"十": 10, "百": 100, "千": 1000}

_HAN = "".join((*_CHINESE_DIGITS, *_TIMES))
_COUNT = rf"(?:\d+(?!\d)|(?:a\s+)?(?:{'|'.join(_NUMBERS)})(?![a-z])|[{_HAN}]+(?![{_HAN}]))"
_UNIT = r"(?:\s*(?:messages?|posts?)(?![a-z])|\s*条?(?:消息|信息|讨论)?)"
_NO_TIME = r"(?!\s*(?:minute|hour|day|week|month|year|分钟|小时|天|日|周|个|星期|月|年))"
_LAST = re.compile(
    rf"(?:the\s+)?(?:last|latest|recent|newest)(?:\s*(?P<en>{_COUNT}){_NO_TIME}{_UNIT}(?![a-z])"
    rf"|\s+messages?(?![a-z])|(?=\W*(?:in\s*|of\s*|from\s*)?\W*$))"
    rf"|(?:最近|最后|最新)的?\s*(?:(?P<zh>{_COUNT}){_NO_TIME}|(?!\s*{_COUNT})){_UNIT}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?P<count>{_COUNT})\s*(?:(?:messages?|posts?)|条(?:消息|信息)?)?", re.IGNORECASE)
# Not before a letter or an apostrophe: “today's figures” names no period.
_END = r"(?![a-z'’])"
_SINCE = (
    r"since\s+(?:I\s+was\s+(?:last\s+)?(?:here|there)(?:\s+last)?|I\s+last\s+wrote(?:\s+t?here)?"
    r"|my\s+last\s+(?:visit|message)|last\s+time)"
)
_SINCE_ZH = r"自?从?我?上次(?:来过?|在这里?|发言|看)?(?:之后|以后|以来)"
_DAYS: tuple[tuple[Kind, str], ...] = (
    ("today", rf"today{_END}|今天|今日"),
    ("yesterday", rf"yesterday{_END}|昨天|昨日"),
    ("last_week", rf"(?:the\s+)?(?:last|previous)\s+week{_END}|上个?(?:周|星期|礼拜)(?![一二三四五六日天末])"),
    ("week", rf"(?:this\s+)?week{_END}|(?:本|这个?)(?:周|星期|礼拜)(?![一二三四五六日天末])"),
    ("since", rf"{_SINCE}{_END}|{_SINCE_ZH}"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _DAYS)


@dataclass(frozen=True, slots=True)
class Period:
    """The last `count` messages, or those of a day or a week, or those since the person last wrote there."""

    kind: Kind
    count: int = MOST_MESSAGES

    def told(self, language: str) -> str:
        """The period's name for people, such as “last 5”."""
        return say(LAST, language, count=self.count) if self.kind == "last" else say(NAMES[self.kind], language)

    def bounds(self, utc_offset_s: int) -> tuple[str, str]:
        """The beginning and the end as ts; empty without a bound. Days begin in the person's zone."""
        if self.kind in {"last", "since"}:
            return "", ""
        offset = timedelta(seconds=utc_offset_s)
        today = (datetime.now(UTC) + offset).replace(hour=0, minute=0, second=0, microsecond=0)
        monday = today - timedelta(days=today.weekday())
        begin, end = {
            "today": (today, None),
            "yesterday": (today - timedelta(days=1), today),
            "week": (monday, None),
            "last_week": (monday - timedelta(days=7), monday),
        }[self.kind]
        return _ts(begin - offset), _ts(end - offset) if end else ""


USUAL = Period("last", USUAL_MESSAGES)


def period_at(words: str, *, is_whole: bool = False) -> tuple[Period, int] | None:
    """The period at the beginning of the words, and where it ends. `is_whole`: a number alone is a period too. None for
    a count of 0.
    """
    if found := _LAST.match(words):
        return _counted(found["en"] or found["zh"] or str(USUAL_MESSAGES), found.end())
    for kind, pattern in _PATTERNS:
        if found := pattern.match(words):
            return Period(kind), found.end()
    if is_whole and (found := _BARE.fullmatch(words)):
        return _counted(found["count"], found.end())
    return None


def period_of(words: str) -> Period | None:
    """The period, if the words are nothing else."""
    found = period_at(words, is_whole=True)
    return found[0] if found and found[1] == len(words) else None


def _counted(count: str, end: int) -> tuple[Period, int] | None:
    number = _number(count)
    return (Period("last", min(number, MOST_MESSAGES)), end) if number else None


def _number(count: str) -> int:
    """A number in digits, in English or in Chinese; a very long one counts as MOST_MESSAGES."""
    words = count.lower().removeprefix("a ").strip()
    if words.isdecimal():
        return int(words) if len(words) < 10 else MOST_MESSAGES
    return _NUMBERS.get(words) or _chinese(words[:12])


def _chinese(words: str) -> int:
    total, digit = 0, 0
    for letter in words:
        if letter in _TIMES:
            total, digit = total + (digit or 1) * _TIMES[letter], 0
        else:
            digit = _CHINESE_DIGITS.get(letter, 0)
    return total + digit


def _ts(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
