"""Sockets plays Socket Mode: tickets, connections, envelopes and acknowledgements (facts/slack.md §2 Socket Mode, §6).

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import uuid

from aiohttp import WSMsgType, web

from bot.playground.app.installation_options import InstallationOptions
from bot.playground.workspace.records import Json

MAX_CONNECTIONS = 10
TICKET_LIFE_S = 30.0


class Sockets:
    def __init__(self, app: InstallationOptions) -> None:
        self._app = app
        self._tickets: dict[str, float] = {}
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Json | None]]] = {}
        self._turn = 0
        self.are_acks_heard = True  # False loses acknowledgements, for tests of redelivery

    @property
    def is_connected(self) -> bool:
        return bool(self._connections)

    def new_url(self) -> str:
        """Return a `ws://` address that opens one connection."""
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = self._app.time.now()
        origin = self._app.workspace.file_origin.replace("http", "ws", 1)
        return f"{origin}/link/?ticket={ticket}&app_id={self._app.workspace.app_id}"

    async def connect(self, request: web.Request) -> web.StreamResponse:
        made_at = self._tickets.pop(request.query.get("ticket", ""), None)
        if made_at is None or self._app.time.now() - made_at > TICKET_LIFE_S:
            return web.Response(status=403, text="invalid ticket")
        socket = web.WebSocketResponse(heartbeat=30, timeout=1.0)
        await socket.prepare(request)
        if len(self._connections) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._connections.append(socket)
        try:
            await socket.send_json(self._hello())
            await self._listen(socket)
        finally:
            self._forget(socket)
        return socket

    async def send(self, kind: str, body: Json, attempt: int, reason: str) -> Json | None:
        """Send an envelope. Return the acknowledgement's payload, `{}` for a bare one; None when none came in time."""
        envelope_id = str(uuid.uuid4())
        frame: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": body,
        }
        if kind == "events_api":
            frame |= {"retry_attempt": attempt, "retry_reason": reason}
        self._turn += 1
        socket = self._connections[self._turn % len(self._connections)]
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (socket, answer)
        try:
            async with asyncio.timeout(self._app.ack_timeout_s):
                await socket.send_json(frame)
                return await answer
        except (TimeoutError, ConnectionError):
            return None
        finally:
            self._waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every client to reconnect. All reasons but `warning` also end the connection from this side."""
        for socket in list(self._connections):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
            if reason != "warning":
                await socket.close()

    async def close(self) -> None:
        for socket in list(self._connections):
            await socket.close()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            try:
                body = json.loads(frame.data)
            except ValueError:
                continue  # a client may send anything; Slack ignores what it can't read
            waiting = self._waiting.get(body.get("envelope_id", "")) if isinstance(body, dict) else None
            if waiting is not None and self.are_acks_heard and not waiting[1].done():
                payload = body.get("payload")
                waiting[1].set_result(payload if isinstance(payload, dict) else {})

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._connections:
            self._connections.remove(socket)
        for owner, answer in list(self._waiting.values()):
            if owner is socket and not answer.done():
                answer.set_result(None)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app.workspace.app_id},
        }
