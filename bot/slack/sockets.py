"""SocketReceiver receives Slack's requests by Socket Mode. It checks their form as over HTTP; no request ends the
socket.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.errors import PayloadMalformed
from bot.slack.payloads.body import clean, read_payload
from bot.slack.payloads.requests import check, kind_of
from bot.slack.receiver import RETRY

log = structlog.get_logger(__name__)


class Socket(SocketModeClient):
    """The SDK's client, which gets only envelopes that it can read."""

    async def enqueue_message(self, message: str) -> None:
        """Ignore what is no envelope. Acknowledge a malformed envelope, or Slack would send it again."""
        if not message.startswith("{"):
            return  # Slack's pings are plain text
        try:
            frame = read_payload(message)
        except PayloadMalformed as malformed:
            log.warning("socket.unreadable", reason=malformed.detail)
            return
        envelope = frame.get("envelope_id")
        if envelope is not None and not _is_envelope(frame):
            log.warning("socket.malformed", kind=kind_of(frame))
            if isinstance(envelope, str):
                await self.send_socket_mode_response(SocketModeResponse(envelope_id=envelope))
            return
        await super().enqueue_message(message)


class SocketReceiver(AsyncBaseSocketModeHandler):
    """Connects the app to Slack's socket; `client` is the connection."""

    def __init__(self, app: AsyncApp, app_token: str, ping_interval_s: float = 10) -> None:
        self.app: AsyncApp = app
        self.client = Socket(
            app_token=app_token, logger=app.logger, web_client=app.client, ping_interval=ping_interval_s
        )
        self.client.socket_mode_request_listeners.append(self.handle)

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        started = time.time()
        try:
            req.payload = clean(req.payload)
            check(req.payload)
        except PayloadMalformed as malformed:
            # Without an acknowledgement, Slack would only send it again.
            log.warning("request.malformed", kind=kind_of(req.payload), reason=malformed.detail)
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
            return
        retry = "" if req.retry_attempt is None else str(req.retry_attempt)
        headers: dict[str, str | Sequence[str]] = {RETRY: [retry]}
        bolt_request = AsyncBoltRequest(body=req.payload, headers=headers, mode="socket_mode")
        await send_async_response(client, req, await self.app.async_dispatch(bolt_request), started)


def _is_envelope(frame: dict[str, Any]) -> bool:
    words = (frame.get("envelope_id"), frame.get("type"))
    return all(isinstance(word, str) for word in words) and isinstance(frame.get("payload"), dict)
