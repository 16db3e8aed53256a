"""Reads how long a provider asks us to wait, from the headers of a refusal or from its words."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_SECONDS_KEYS = ("retry_after", "retry_after_seconds", "retryAfter", "retry_after_s", "retryDelay")
_MS_KEYS = ("retry_after_ms", "retryAfterMs")
_LEAST_TIME_MS = 1e12  # the year 2001: a smaller number is no time in milliseconds
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?")
_IN_WORDS = re.compile(
    r"(?:retry|try again|wait|back|available|reset\w*)\b[^\d.]{0,40}?"
    r"(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
    re.IGNORECASE,
)
_IN_CHINESE = re.compile(r"(?:请|等待|等|于|在)\s*(\d+(?:\.\d+)?)\s*(毫秒|秒钟?|分钟?|小时)\s*(?:后|之后|再|以后)?")
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
}


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds of `Retry-After` (a number or a date) or of `Retry-After-Ms`."""
    by_name = {name.lower(): value.strip() for name, value in headers.items()}
    if (in_ms := _number(by_name.get("retry-after-ms", ""))) is not None:
        return in_ms / 1000
    value = by_name.get("retry-after", "")
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        return max(0.0, (parsedate_to_datetime(value) - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError):
        return None


def hinted_s(error: Mapping[str, Any], message: str, now: datetime | None = None) -> float | None:
    """Return the seconds that an error document names: in a field, in OpenRouter's metadata, or in its words."""
    for document in _documents(error):
        for key in _MS_KEYS:
            if (in_ms := _number(document.get(key))) is not None:
                return in_ms / 1000
        for key in _SECONDS_KEYS:
            if (seconds := _number(document.get(key))) is not None:
                return seconds
        headers = document.get("headers")
        if isinstance(headers, Mapping) and (seconds := _until_reset_s(headers, now)) is not None:
            return seconds
    found = _IN_WORDS.search(message) or _IN_CHINESE.search(message)
    return float(found[1]) * _unit(found[2]) if found else None


def _documents(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the error, its metadata and its details."""
    yield error
    metadata = error.get("metadata")
    if isinstance(metadata, Mapping):
        yield metadata
    details = error.get("details")
    yield from (detail for detail in details if isinstance(detail, Mapping)) if isinstance(details, list) else ()


def _until_reset_s(headers: Mapping[str, Any], now: datetime | None) -> float | None:
    """Read `X-RateLimit-Reset` as OpenRouter passes it on: a time in milliseconds."""
    reset = next((value for name, value in headers.items() if name.lower() == "x-ratelimit-reset"), None)
    at_ms = _number(reset)
    if at_ms is None or at_ms < _LEAST_TIME_MS:
        return None
    return max(0.0, at_ms / 1000 - (now or datetime.now(UTC)).timestamp())


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return max(0.0, float(value))
    found = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(found[1]) * _unit(found[2] or "s") if found else None


def _unit(word: str) -> float:
    word = word.lower()
    return next(seconds for name, seconds in _UNITS.items() if word.startswith(name))
