"""How long a provider asks to wait, read from headers and bodies."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bot.errors import ModelBusy
from bot.glm.refusals.busy_for import busy_for
from bot.glm.refusals.provider_errors import refusal_of
from bot.glm.refusals.retry_hints import hinted_s, retry_after_s


def coded(code: Any, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def test_retry_after_is_seconds_or_a_date() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    told = {"7": 7.0, "-1": 0.0, "": None, "soon": None, "1.5s": 1.5, "Thu, 01 Jan 2026 12:00:09 GMT": 9.0}
    assert {header: retry_after_s({"retry-after": header}, now) for header in told} == told
    assert retry_after_s({"Retry-After-Ms": "1500", "Retry-After": "2"}) == 1.5
    assert retry_after_s({}) is None
    assert retry_after_s({"Retry-After": "1m26.4s"}) == 86.4
    assert retry_after_s({"Retry-After": "6m0s"}) == 360.0
    assert refusal_of(429, b"", 3.0).error.retry_after_s == 3.0


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        (coded("1302", "High concurrency usage of this API, please reduce concurrency"), None),
        (coded("1305", "overloaded, please retry after 12 seconds"), 12.0),
        (coded("1303", "访问频率过高，请 30 秒后重试"), 30.0),
        (coded("rate_limit_exceeded", "Limit 3 per min. Please try again in 20s. Visit https://x/5s"), 20.0),
        (coded("rate_limit_exceeded", "Please try again in 250ms."), 0.25),
        (coded(429, "Rate limit exceeded: wait 2 minutes"), 120.0),
        ({"error": {"code": 429, "message": "x", "metadata": {"retry_after_seconds": 4}}}, 4.0),
        ({"error": {"code": 429, "message": "x", "details": [{"retryDelay": "17s"}]}}, 17.0),
        ({"error": {"code": 429, "message": "x"}, "retry_after": 9}, 9.0),
        ({"error": {"code": 429, "message": "x", "retry_after_ms": 900}}, 0.9),
        (coded(429, "Quota exhausted for requests per minute. Retry in 26.5s"), 26.5),
        ({"error": {"code": 429, "message": "glm-4.6v allows 5 requests"}}, None),
        (coded("rate_limit_exceeded", "Limit 200000. Please try again in 1m26.4s. Visit https://x"), 86.4),
        (coded(429, "Your limit resets in 6m0s"), 360.0),
        (coded(429, "Please wait 1 hour, 2 minutes and 5 seconds before you try again"), 3_725.0),
        (coded(429, "Try again in 2 days"), 172_800.0),
        (coded("1303", "请 1 分钟 30 秒后重试"), 90.0),
        (coded(429, "Please try again in 5 messages"), None),
        ({"error": {"message": "x", "code": 429, "availability": {"retryable": True, "retry_after": 40}}}, 40.0),
        ({"error": {"message": "x", "code": 429, "metadata": {"headers": {"Retry-After": "120"}}}}, 120.0),
        ({"error": {"message": "x", "code": 429, "retry_after": "nan"}}, None),
        ({"error": {"message": "x", "code": 429, "retry_after": 10**18}}, None),
    ],
)
def test_the_body_may_say_how_long_to_wait(document: dict[str, Any], seconds: float | None) -> None:
    refusal = refusal_of(429, orjson.dumps(document))
    assert isinstance(refusal.error, ModelBusy)
    assert (refusal.error.retry_after_s, refusal.is_busy, refusal.retry) == (seconds, True, True)


def test_openrouter_hands_on_when_the_limit_is_renewed() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    headers = {"X-RateLimit-Limit": "20", "X-RateLimit-Reset": str(int(now.timestamp() * 1000) + 9_000)}
    error = {"code": 429, "message": "Rate limit exceeded: free-models-per-min", "metadata": {"headers": headers}}
    assert hinted_s(error, "", now) == 9.0
    headers["X-RateLimit-Reset"] = "20"
    assert hinted_s(error, "", now) is None
    headers["X-RateLimit-Reset"] = str(int(now.timestamp()) + 7)
    assert hinted_s(error, "", now) == 7.0


@pytest.mark.parametrize(
    "header", ["inf", "-inf", "Infinity", "nan", "1e999", "9" * 400, "99999999999999999999", "1e8"]
)
def test_what_is_no_wait_is_none(header: str) -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after_s({"Retry-After": header}, now) in {None, 0.0}
    assert retry_after_s({"Retry-After-Ms": header + "000"}, now) in {None, 0.0}
    assert hinted_s({"retry_after": float(header) if len(header) < 300 else int(header)}, "", now) in {None, 0.0}
    assert hinted_s({}, f"Please try again in {header} s", now) is None


def test_a_time_is_a_wait_until_then() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    at_s = int(now.timestamp())
    assert retry_after_s({"Retry-After": str(at_s + 30)}, now) == 30.0
    assert retry_after_s({"Retry-After": str((at_s + 30) * 1000)}, now) == 30.0
    assert retry_after_s({"Retry-After": str(at_s - 30)}, now) == 0.0
    assert retry_after_s({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, now) is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(20.0, "in a minute"), (900.0, "15 minutes"), (7_200.0, "120 minutes"), (21_600.0, "6 hours"), (6e5, "7 days")],
)
def test_a_long_wait_is_told_as_a_person_would_say_it(seconds: float, told: str) -> None:
    assert told in busy_for("429", seconds).user_message
