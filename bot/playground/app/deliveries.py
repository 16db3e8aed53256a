"""Deliveries sends Slack's requests to the app: signed HTTP or Socket Mode envelopes, with its time limit and retries.

https://docs.slack.dev/apis/events-api (3 s, three retries), https://docs.slack.dev/authentication/verifying-requests
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from bot.playground.app.installation_options import InstallationOptions
from bot.playground.app.sockets import Sockets
from bot.playground.workspace.records import Json

Kind = Literal["events_api", "slash_commands", "interactive"]
_MAX_REDIRECTS = 2


@dataclass(slots=True)
class Delivery:
    """One attempt. `status` is the HTTP status, 200 for an acknowledged envelope, 0 for no answer. `reason` is Slack's
    x-slack-retry-reason. `latency_s` is the time until the acknowledgement.
    """

    kind: Kind
    body: Json
    attempt: int
    via: Literal["http", "socket", "nowhere"]
    status: int = 0
    reason: str = ""
    latency_s: float = 0.0
    answer: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300

    @property
    def event(self) -> Json:
        event = self.body.get("event", {})
        return event if isinstance(event, dict) else {}


class Deliveries:
    def __init__(self, app: InstallationOptions) -> None:
        self._app = app
        self.log: list[Delivery] = []
        self.sockets = Sockets(app)
        self._session: aiohttp.ClientSession | None = None
        self._in_flight = 0

    def open(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def is_idle(self) -> bool:
        """Tell whether no event is on its way or waiting for a retry."""
        return self._in_flight == 0

    def send_event(self, body: Json, *, delay_s: float = 0.0) -> None:
        """Send an event in the background. Without a running server nothing listens, so nothing is sent."""
        if self._app.tasks is not None:
            self._in_flight += 1
            self._app.tasks.create_task(self._with_retries(body, delay_s))

    def repeat(self, delivery: Delivery) -> None:
        """Send the same event once more without a retry header, as Slack sometimes does (bolt-python#1206)."""
        self.send_event(delivery.body)

    async def send(self, kind: Kind, body: Json) -> Delivery:
        """Send a command or an interaction: one attempt; the person sees an error when it fails."""
        return await self._attempt(kind, body, 0, "")

    async def verify_url(self) -> bool:
        """Send the challenge that Slack sends when a request URL is entered. Return whether the app answered it."""
        challenge = self._app.workspace.new_id("ch")
        body = {"token": "local-verification-token", "challenge": challenge, "type": "url_verification"}
        delivery = Delivery("events_api", body, 0, "http")
        text = await self._post(delivery, {})
        return delivery.is_acknowledged and challenge in text

    async def _with_retries(self, body: Json, delay_s: float) -> None:
        try:
            await asyncio.sleep(delay_s)
            reason = ""
            for attempt in range(len(self._app.retry_delays_s) + 1):
                if attempt:
                    await asyncio.sleep(self._app.retry_delays_s[attempt - 1])
                delivery = await self._attempt("events_api", body, attempt, reason)
                is_refused = delivery.headers.get("x-slack-no-retry") == "1"
                if delivery.is_acknowledged or is_refused or delivery.via == "nowhere":
                    return
                reason = delivery.reason
        finally:
            self._in_flight -= 1

    async def _attempt(self, kind: Kind, body: Json, attempt: int, reason: str) -> Delivery:
        is_by_socket = self._app.prefers_socket and self.sockets.is_connected
        via: Literal["http", "socket", "nowhere"] = "http" if self._app.request_url else "nowhere"
        delivery = Delivery(kind, body, attempt, "socket" if is_by_socket else via)
        self.log.append(delivery)
        del self.log[: -self._app.log_max]
        started = time.monotonic()
        if delivery.via == "socket":
            answer = await self.sockets.send(kind, body, attempt, reason)
            delivery.status, delivery.answer = (200, answer) if answer is not None else (0, {})
            delivery.reason = "" if answer is not None else "timeout"
        elif delivery.via == "http":
            retry = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason} if attempt else {}
            delivery.answer = _json_object(await self._post(delivery, retry))
        delivery.latency_s = time.monotonic() - started
        return delivery

    async def _post(self, delivery: Delivery, extra: Mapping[str, str]) -> str:
        assert self._session is not None
        assert self._app.request_url is not None
        raw, content_type = encode(delivery.kind, delivery.body)
        headers = {"content-type": content_type, "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= sign(self._app.signing_secret, raw) | dict(extra)
        try:
            async with self._session.post(
                self._app.request_url,
                data=raw,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._app.ack_timeout_s),
                max_redirects=_MAX_REDIRECTS,
            ) as response:
                text = await response.text()
        except aiohttp.TooManyRedirects:
            delivery.reason = "too_many_redirects"
        except TimeoutError:
            delivery.reason = "http_timeout"
        except aiohttp.ClientError:
            delivery.reason = "connection_failed"
        else:
            delivery.status = response.status
            delivery.headers = {name.lower(): value for name, value in response.headers.items()}
            delivery.reason = "" if delivery.is_acknowledged else "http_error"
            return text
        return ""


def encode(kind: Kind, body: Json) -> tuple[bytes, str]:
    """Encode a body: events as JSON, commands as a form, interactions as a form with one field `payload`."""
    if kind == "events_api":
        return json.dumps(body).encode(), "application/json"
    fields = body if kind == "slash_commands" else {"payload": json.dumps(body)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def sign(secret: str, raw: bytes, at_s: float | None = None) -> dict[str, str]:
    """Return the two signature headers. They use the wall clock, since the receiver compares them with its own."""
    stamp = str(int(time.time() if at_s is None else at_s))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _json_object(text: str) -> Json:
    """Return the answer's JSON. A command's answer may be plain text, which is the text of an ephemeral message."""
    if not text.strip():
        return {}
    try:
        value: Any = json.loads(text)
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else {}
