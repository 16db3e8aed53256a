"""Browser serves the playground's page on the local Slack's own server, and sends it what happens.

page_actions.py takes what a person does; guard.py decides who may talk to it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from aiohttp import WSCloseCode, web

from bot.playground.browser.guard import guard
from bot.playground.browser.messages import is_picture
from bot.playground.browser.page_actions import PageActions
from bot.playground.browser.rendering.emoji import EMOJI
from bot.playground.browser.state import Screen
from bot.playground.browser.suggestions import suggestion_views
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Change, Json, StoredFile

PAGE = Path(__file__).parent.parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_GATHER_S = 0.03  # changes within this time are sent together, so a fast stream is drawn about thirty times a second
_HEARTBEAT_S = 20.0


class Browser:
    """`commands` and `shortcuts` are those of the app's manifest; the page shows them as hints."""

    def __init__(self, slack: LocalSlack, *, model_label: str, is_offline: bool, samples: Mapping[str, bytes]) -> None:
        self._slack = slack
        self._samples = samples
        self._actions = PageActions(slack.people, samples)
        self._sockets: set[web.WebSocketResponse] = set()
        self.model_label = model_label
        self.is_offline = is_offline
        self.commands: list[Json] = []
        self.shortcuts: list[Json] = []

    def mount(self, web_app: web.Application) -> None:
        web_app.middlewares.append(guard)
        web_app.on_shutdown.append(self._close_sockets)
        router = web_app.router
        router.add_get("/", self._index)
        router.add_get("/page/state", self._state)
        router.add_get("/page/live", self._live)
        router.add_post("/page/act/{name}", self._act)
        router.add_get("/page/files/{id}", self._file)
        router.add_get("/page/samples/{name}", self._sample)
        router.add_get("/page/{file}", self._static)

    # --- the page and its files ---

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _page_file("index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _page_file(request.match_info["file"])

    async def _sample(self, request: web.Request) -> web.StreamResponse:
        data = self._samples.get(request.match_info["name"])
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="image/png")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Serve pictures to look at, and all other files as downloads: an uploaded page must not run here."""
        user = self._user(request)
        file = self._slack.workspace.files.get(request.match_info["id"])
        if file is None or file.is_deleted or not self._may_see(user, file):
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
        if is_picture(file):
            return web.Response(body=file.data, content_type=file.mimetype, headers=headers)
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return web.Response(body=file.data, content_type="application/octet-stream", headers=headers)

    def _may_see(self, user: str, file: StoredFile) -> bool:
        channels = self._slack.workspace.channels
        return file.user in {user, self._slack.workspace.bot.id} or any(
            user in channels[channel].members for channel, _ in file.shares
        )

    # --- state, changes and acts ---

    async def _state(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._full_state(Screen(self._slack, self._user(request))))

    async def _act(self, request: web.Request) -> web.StreamResponse:
        return await self._actions.handle(request, self._user(request))

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Send the whole state first and then every change, so that nothing is lost between the two."""
        screen = Screen(self._slack, self._user(request))
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            with self._slack.workspace.subscribe() as queue:
                async with asyncio.TaskGroup() as tasks:
                    sending = tasks.create_task(self._send_changes(socket, screen, queue))
                    async for _ in socket:
                        pass
                    sending.cancel()
        finally:
            self._sockets.discard(socket)
        return socket

    async def _send_changes(self, socket: web.WebSocketResponse, screen: Screen, queue: asyncio.Queue[Change]) -> None:
        with suppress(ConnectionError):
            await socket.send_json([{"type": "state", "state": self._full_state(screen)}])
            while True:
                changes = [await queue.get()]
                await asyncio.sleep(_GATHER_S)
                while not queue.empty():
                    changes.append(queue.get_nowait())
                if updates := screen.updates(changes):
                    await socket.send_json(updates)

    async def _close_sockets(self, _app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    def _full_state(self, screen: Screen) -> Json:
        return screen.state() | {
            "model": self.model_label,
            "offline": self.is_offline,
            "commands": self.commands,
            "shortcuts": self.shortcuts,
            "hasHome": self._slack.has_home,
            "tries": suggestion_views(self._samples),
            "emoji": EMOJI,
        }

    def _user(self, request: web.Request) -> str:
        """Return the id of the person whom the page plays: a person, not the app."""
        try:
            user = self._slack.workspace.user(request.query.get("as", ""))
        except KeyError:
            raise web.HTTPBadRequest(text="as= names nobody here\n") from None
        if user.is_bot or user.id == "USLACKBOT":
            raise web.HTTPBadRequest(text="as= must be a person\n")
        return user.id


def _page_file(name: str) -> web.Response:
    path = PAGE / name
    if path.suffix not in TYPES or path.parent != PAGE or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")
