"""Reads how long a provider asks us to wait, from the headers of a refusal or from its words."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_SECONDS_KEYS = ("retry_after", "retry_after_seconds", "retryAfter", "retry_after_s", "retryDelay")
_MS_KEYS = ("retry_after_ms", "retryAfterMs")
# Larger numbers are no waits but times since 1970: in milliseconds, or (from the year 2001 on) in seconds.
_LEAST_TIME_MS = 1e12
_LEAST_TIME_S = 1e9
# Nobody means a longer wait than this: it is `inf`, the largest number there is, or a time in an unknown unit.
LONGEST_BELIEVED_S = 7 * 24 * 3600.0
_AMOUNT = r"\d+(?:\.\d+)?\s*(?:ms|milliseconds?|secs?|seconds?|s|mins?|minutes?|m|hrs?|hours?|h|days?|d)(?![a-z])"
# Groq says 1m26.4s, OpenAI 6m0s, others “2 minutes and 5 seconds”.
_DURATION = rf"{_AMOUNT}(?:(?:\s*,)?(?:\s*and\b)?\s*{_AMOUNT})*"
_ONE_DURATION = re.compile(_DURATION, re.IGNORECASE)
_IN_WORDS = re.compile(
    rf"(?:retry|try again|wait|back|available|reset\w*)\b[^\d.]{{0,40}}?({_DURATION})", re.IGNORECASE
)
_IN_CHINESE = re.compile(r"(?:请|等待|等|于|在)\s*((?:\d+(?:\.\d+)?\s*(?:毫秒|秒钟?|分钟?|小时|天)\s*)+)")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z毫秒分小天]+)", re.IGNORECASE)
_UNITS = {
    "ms": 0.001,
    "mil": 0.001,
    "毫秒": 0.001,
    "s": 1.0,
    "秒": 1.0,
    "m": 60.0,
    "分": 60.0,
    "h": 3600.0,
    "小时": 3600.0,
    "d": 86400.0,
    "天": 86400.0,
}


def retry_after_s(headers: Mapping[str, Any], now: datetime | None = None) -> float | None:
    """Return the seconds of `Retry-After` (a number, a duration or a date) or of `Retry-After-Ms`."""
    by_name = {name.lower(): str(value).strip() for name, value in headers.items()}
    if (in_ms := _number(by_name.get("retry-after-ms"))) is not None:
        return _believed(in_ms / 1000, now)
    value = by_name.get("retry-after", "")
    if (seconds := _number(value)) is not None:
        return _believed(seconds, now)
    try:
        return _believed((parsedate_to_datetime(value) - (now or datetime.now(UTC))).total_seconds(), now)
    except (ValueError, TypeError, OverflowError):
        return None


def hinted_s(error: Mapping[str, Any], message: str, now: datetime | None = None) -> float | None:
    """Return the seconds that an error document names: in a field, in OpenRouter's metadata, or in its words."""
    for document in _documents(error):
        for key in _MS_KEYS:
            if (in_ms := _number(document.get(key))) is not None:
                return _believed(in_ms / 1000, now)
        for key in _SECONDS_KEYS:
            if (seconds := _number(document.get(key))) is not None:
                return _believed(seconds, now)
        headers = document.get("headers")
        if isinstance(headers, Mapping) and (seconds := _in_headers(headers, now)) is not None:
            return seconds
    found = _IN_WORDS.search(message) or _IN_CHINESE.search(message)
    return _believed(_seconds_in(found[1]), now) if found else None


def _documents(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the error, its metadata, what it says of the model's availability, and its details."""
    yield error
    for name in ("metadata", "availability"):
        if isinstance(document := error.get(name), Mapping):
            yield document
    details = error.get("details")
    yield from (detail for detail in details if isinstance(detail, Mapping)) if isinstance(details, list) else ()


def _in_headers(headers: Mapping[str, Any], now: datetime | None) -> float | None:
    """Read the headers that OpenRouter passes on. `X-RateLimit-Reset` is a time there."""
    if (seconds := retry_after_s(headers, now)) is not None:
        return seconds
    reset = _number(next((value for name, value in headers.items() if name.lower() == "x-ratelimit-reset"), None))
    return None if reset is None or reset < _LEAST_TIME_S else _believed(reset, now)


def _believed(seconds: float, now: datetime | None) -> float | None:
    """Return the wait, at least 0. A time since 1970 is a wait until then. None for what can't be meant."""
    if seconds >= _LEAST_TIME_S:
        at_s = seconds / 1000 if seconds >= _LEAST_TIME_MS else seconds
        seconds = at_s - (now or datetime.now(UTC)).timestamp()
    return max(0.0, seconds) if seconds <= LONGEST_BELIEVED_S else None


def _number(value: object) -> float | None:
    """Return a number, or the seconds of a duration such as `1m26.4s`. None for anything else, and for NaN."""
    if isinstance(value, str) and _ONE_DURATION.fullmatch(value.strip()):
        return _seconds_in(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


def _seconds_in(duration: str) -> float:
    return sum(float(number) * _unit(word) for number, word in _PART.findall(duration))


def _unit(word: str) -> float:
    word = word.lower()
    return next(seconds for name, seconds in _UNITS.items() if word.startswith(name))
