"""What comes in over HTTP is refused before anything is done with it."""

import io
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.deliveries import sign
from bot.slack.app import Identity, build_app
from bot.slack.receiver import MOST_BYTES, PATH, slack_routes
from tests.replay.load import BOT, TEAM
from tests.slack.serving import serving

SECRET = "s3cret"
JSON = {"Content-Type": "application/json"}
BODY = b'{"type": "url_verification", "challenge": "abc"}'


@dataclass
class Door:
    url: str
    session: aiohttp.ClientSession
    let_in: list[str] = field(default_factory=list)

    async def knock(self, body: Any, headers: dict[str, str], **more: Any) -> tuple[int, str]:
        async with self.session.post(self.url, data=body, headers=headers, **more) as response:
            return response.status, await response.text()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    identity = Identity(TEAM, None, BOT, "B1", "glm")
    app: AsyncApp = build_app(AsyncWebClient(token="xoxb-1"), identity, SECRET)
    http = web.Application(client_max_size=MOST_BYTES)
    async with aiohttp.ClientSession() as session:
        door = Door("", session)

        @app.middleware
        async def note(body: dict[str, Any], next_: Any) -> Any:
            door.let_in.append(str(body.get("type")))
            return await next_()

        http.add_routes(slack_routes(app, SECRET))
        async with serving(http) as origin:
            door.url = origin + PATH
            yield door


async def test_a_signed_request_is_answered(door: Door) -> None:
    status, text = await door.knock(BODY, JSON | sign(SECRET, BODY))
    assert status == 200
    assert "abc" in text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=abc"},
        {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": str(int(time.time()))},
        {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "²"},
        {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "-1"},
        sign("another secret", BODY),
        sign(SECRET, BODY + b" "),
        sign(SECRET, BODY, time.time() - 301),
        sign(SECRET, BODY, time.time() + 3_600),
        {"X-Slack-Signature": "v0=é", "X-Slack-Request-Timestamp": str(int(time.time()))},
    ],
)
async def test_a_request_without_slack_s_signature_is_refused(door: Door, headers: dict[str, str]) -> None:
    assert await door.knock(BODY, JSON | headers) == (401, "bad signature")
    assert door.let_in == []


async def test_a_signature_is_refused_when_the_body_is_no_text(door: Door) -> None:
    now = str(int(time.time()))
    status, _ = await door.knock(b"\xff\xfe", JSON | {"X-Slack-Signature": "v0=1", "X-Slack-Request-Timestamp": now})
    assert status == 401


async def test_a_signed_body_that_is_too_large_is_refused(door: Door) -> None:
    body = b"x" * (MOST_BYTES + 1)
    status, _ = await door.knock(io.BytesIO(body), JSON | sign(SECRET, body))
    assert status == 413
    assert door.let_in == []


async def test_a_body_that_says_no_length_is_refused_when_it_grows_too_large(door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 65_536 + 2):
            yield b"x" * 65_536

    status, _ = await door.knock(endless(), JSON | sign(SECRET, b""))
    assert status == 413


@pytest.mark.parametrize("body", [b"{oops", b"[1]", b"null", b'"text"', b""])
async def test_a_signed_body_that_is_no_object_is_refused(door: Door, body: bytes) -> None:
    assert await door.knock(body, JSON | sign(SECRET, body)) == (400, "bad request")
    assert door.let_in == []


async def test_an_empty_form_is_refused(door: Door) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await door.knock(b"", form | sign(SECRET, b"")))[0] == 400


async def test_only_posts_are_taken(door: Door) -> None:
    async with door.session.get(door.url) as response:
        assert response.status == 405
