"""Receives Slack's requests over HTTP. It checks their size, signature and form, and gives them to Bolt."""

import hashlib
import hmac
import re
import time
from collections.abc import Sequence

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.errors import PayloadMalformed
from bot.slack.payloads.body import read_body
from bot.slack.payloads.requests import check, kind_of

log = structlog.get_logger(__name__)

MOST_BYTES = 1024 * 1024
MOST_SECONDS_OFF = 5 * 60
PATH = "/slack/events"
# How often Slack has sent the request before. It is the only header that a handler reads.
RETRY = "x-slack-retry-num"
_SECONDS = re.compile("[0-9]{1,12}")


def slack_routes(app: AsyncApp, signing_secret: str) -> list[web.RouteDef]:
    """`POST /slack/events` takes events, commands and interactivity."""
    secret = signing_secret.encode()

    async def receive(request: web.Request) -> web.StreamResponse:
        if (request.content_length or 0) > MOST_BYTES:
            return web.Response(status=413, text="too large")
        body = await request.read()  # raises 413 by itself when a body of unknown length grows too large
        if not _is_signed(secret, body, request):
            return web.Response(status=401, text="bad signature")
        try:
            payload = read_body(body, is_json=request.content_type == "application/json")
        except PayloadMalformed as malformed:
            log.warning("request.unreadable", reason=malformed.detail)
            return web.Response(status=400, text="bad request")
        try:
            check(payload)
        except PayloadMalformed as malformed:
            # With another status, Slack would only send it again.
            log.warning("request.malformed", kind=kind_of(payload), reason=malformed.detail)
            return web.Response()
        # In this mode Bolt takes the payload as an object. It checks no signature then, but that is done already.
        headers: dict[str, str | Sequence[str]] = {RETRY: request.headers.getall(RETRY, [])}
        bolt_request = AsyncBoltRequest(body=payload, headers=headers, mode="socket_mode")
        answer: web.Response = await to_aiohttp_response(await app.async_dispatch(bolt_request))
        return answer

    return [web.post(PATH, receive)]


def _is_signed(secret: bytes, body: bytes, request: web.Request) -> bool:
    """Whether Slack signed the bytes: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not _SECONDS.fullmatch(stamp) or abs(time.time() - int(stamp)) > MOST_SECONDS_OFF:
        return False
    digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={digest}".encode(), signature.encode(errors="replace"))
