"""Slack's requests over HTTP: size, signature and form are checked before anything is done with them."""

import json

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

MOST_BYTES = 1024 * 1024
PATH = "/slack/events"


def slack_routes(app: AsyncApp, signing_secret: str) -> list[web.RouteDef]:
    """`POST /slack/events` takes events, commands and interactivity."""
    verifier = SignatureVerifier(signing_secret)

    async def receive(request: web.Request) -> web.StreamResponse:
        if (request.content_length or 0) > MOST_BYTES:
            return web.Response(status=413, text="too large")
        body = await request.read()  # raises 413 by itself when a body of unknown length grows too large
        if not _is_signed(verifier, body, request):
            return web.Response(status=401, text="bad signature")
        if not _is_readable(request.content_type, body):
            return web.Response(status=400, text="bad request")
        answer: web.Response = await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))
        return answer

    return [web.post(PATH, receive)]


def _is_signed(verifier: SignatureVerifier, body: bytes, request: web.Request) -> bool:
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    try:
        # Timestamps more than 5 minutes off are refused too: https://docs.slack.dev/authentication/verifying-requests-from-slack
        return bool(timestamp.isdigit() and verifier.is_valid(body, timestamp, signature))
    except (ValueError, TypeError):
        return False


def _is_readable(content_type: str, body: bytes) -> bool:
    if content_type != "application/json":
        return bool(body)
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
