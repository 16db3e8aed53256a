"""How long a provider asks to wait, read from headers and bodies."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bot.errors import ModelBusy
from bot.glm.provider_errors import refusal_of
from bot.glm.retry_hints import hinted_s, retry_after_s


def coded(code: Any, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def test_retry_after_is_seconds_or_a_date() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    told = {"7": 7.0, "-1": 0.0, "": None, "soon": None, "1.5s": 1.5, "Thu, 01 Jan 2026 12:00:09 GMT": 9.0}
    assert {header: retry_after_s({"retry-after": header}, now) for header in told} == told
    assert retry_after_s({"Retry-After-Ms": "1500", "Retry-After": "2"}) == 1.5
    assert retry_after_s({}) is None
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
        ({"error": {"code": 429, "message": "glm-4.6v allows 5 requests"}}, None),
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
