"""What comes in over HTTP is refused before anything is done with it."""

import copy
import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.playground.app.deliveries import encode, sign
from bot.slack.app import Identity, build_app
from bot.slack.receiver import MOST_BYTES, PATH, slack_routes
from tests.fuzz.seeds import seeds
from tests.ports import free_port
from tests.replay.load import BOT, TEAM
from tests.slack.serving import serving

SECRET = "s3cret"
JSON = {"Content-Type": "application/json"}
PRESS = next(seed.body for seed in seeds() if seed.kind == "interactive")
BODY = b'{"type": "url_verification", "challenge": "abc"}'


@dataclass
class Door:
    url: str
    session: aiohttp.ClientSession
    app: AsyncApp
    let_in: list[str] = field(default_factory=list)

    async def press(self, **changes: Any) -> tuple[int, str]:
        """As Slack tells of a press on the button `go`."""
        body = copy.deepcopy(PRESS) | changes
        body["actions"][0]["action_id"] = "go"
        raw, content_type = encode("interactive", body)
        return await self.knock(raw, {"Content-Type": content_type} | sign(SECRET, raw))

    async def knock(self, body: Any, headers: dict[str, str], **more: Any) -> tuple[int, str]:
        async with self.session.post(self.url, data=body, headers=headers, **more) as response:
            return response.status, await response.text()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    identity = Identity(TEAM, None, BOT, "B1", "glm")
    app: AsyncApp = build_app(AsyncWebClient(token="xoxb-1"), identity, SECRET)
    http = web.Application(client_max_size=MOST_BYTES)
    async with aiohttp.ClientSession() as session:
        door = Door("", session, app)

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


@pytest.mark.parametrize("body", [b'{"type": "\xff"}', b"payload=not-json", b"[" * 20_000])
async def test_what_slack_signed_and_nobody_can_read_is_refused(door: Door, body: bytes) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded; charset=nonsense"):
        if body.startswith(b"[") and content_type != "application/json":
            continue  # a form with a strange field
        assert (await door.knock(body, {"Content-Type": content_type} | sign(SECRET, body)))[0] == 400
    assert door.let_in == []


async def test_what_is_not_in_slack_s_form_is_taken_and_dropped(door: Door) -> None:
    body = b'{"type": "event_callback", "event": {"type": "app_mention", "channel": "C1", "ts": "1:2"}}'
    with structlog.testing.capture_logs() as logged:
        assert await door.knock(body, JSON | sign(SECRET, body)) == (200, "")
    assert door.let_in == []
    assert [(line["event"], line["reason"]) for line in logged] == [("request.malformed", "ts")]


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1766458020}',
        b'{"type": "event_callback", "team_id": "T1", "event": {"type": "sandcastle_built"}}',
        b"command=%2Fretired&user_id=U1&channel_id=C1&team_id=T1&trigger_id=1.2&text=",
        b"payload=%7B%22type%22%3A%22something_new%22%7D",
    ],
)
async def test_what_nobody_knows_is_taken(door: Door, body: bytes) -> None:
    headers = JSON if body.startswith(b"{") else {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await door.knock(body, headers | sign(SECRET, body)))[0] == 200
    assert (await door.press())[0] == 200, "and the buttons of another version"


PRESSED = {"user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}, "callback_id": "x"}


@pytest.mark.parametrize(
    "said",
    [
        {"type": "interactive_message"},
        {"type": "interactive_message", "actions": None},
        {"type": "interactive_message", "actions": []},
        {"type": "interactive_message", "actions": [None]},
        {"type": "interactive_message", "actions": {"name": "a"}},
        {"type": "interactive_message", "actions": [{"name": "game", "type": "button", "value": "chess"}]},
        {"type": "dialog_submission"},
        {"type": "dialog_cancellation"},
        {"type": "dialog_suggestion"},
        {"type": "block_suggestion", "action_id": "a"},
        {"type": "view_closed", "view": "callback_id"},
        {"type": "view_closed", "view": ["callback_id"]},
        {"type": "view_submission", "view": "callback_id"},
        {"type": "workflow_step_edit"},
    ],
    ids=str,
)
async def test_what_slack_has_retired_is_taken_whatever_it_lacks(door: Door, said: dict[str, Any]) -> None:
    body = urlencode({"payload": json.dumps(PRESSED | said)}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await door.knock(body, form | sign(SECRET, body)))[0] == 200


async def test_what_slack_refuses_afterwards_is_no_reason_to_come_again_but_a_bug_is(door: Door) -> None:
    troubles: list[Exception] = [SlackError("invalid_trigger_id"), ZeroDivisionError()]

    @door.app.action("go")
    async def pressed(ack: Any) -> None:
        await ack()
        raise troubles.pop(0)

    with structlog.testing.capture_logs() as logged:
        assert (await door.press())[0] == 200
        assert (await door.press())[0] == 500
    assert [(line["event"], "exc_info" in line) for line in logged] == [
        ("event.slack_refused", False),
        ("event.broke", True),
    ]


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:{port}/gone", "nowhere", "{here}"])
async def test_an_answer_that_slack_does_not_take_breaks_nothing(door: Door, address: str) -> None:
    @door.app.action("go")
    async def pressed(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="noted")

    response_url = address.format(port=free_port(), here=door.url)  # which says 401
    with structlog.testing.capture_logs() as logged:
        assert (await door.press(response_url=response_url))[0] == 200
    assert [line["event"] for line in logged] == ["event.slack_refused"]
