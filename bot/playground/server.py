"""LocalSlack is the local Slack as one server: Web API, files, uploads, response addresses and Socket Mode on one
port.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.playground.api import agents, chat, conversations, files, streams, users, views
from bot.playground.api.api import Api
from bot.playground.api.downloads import serve_file, serve_login
from bot.playground.api.response_urls import receive_response
from bot.playground.app.background import Background
from bot.playground.app.installation import Installation
from bot.playground.people.people import People
from bot.serving import serving

# Imported because they register their methods.
FAMILIES = (agents, chat, conversations, files, streams, users, views)
UPLOAD_MAX = 1_100_000_000  # Slack accepts files of up to 1 GB
_EXPIRY_TICK_S = 0.25


class LocalSlack(Installation):
    """Use `async with LocalSlack(...).serve() as slack:`; the bot's base_url is `slack.api_url`.

    All options are fields of Installation. It runs in one event loop, and every change of state is synchronous.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people = People(self)
        self.web_app = web.Application(client_max_size=UPLOAD_MAX)
        self._add_routes()

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator["LocalSlack"]:
        if not any(resource.canonical == "/" for resource in self.web_app.router.resources()):
            self.web_app.router.add_get("/", serve_login)
        async with serving(self.web_app, host, port, shutdown_timeout_s=1.0) as bound:
            origin = f"http://{host}:{bound}"
            self.workspace.file_origin, self.api_url = origin, f"{origin}/api/"
            try:
                async with self._working():
                    yield self
            finally:
                await self.deliveries.sockets.close()

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        """Deliver events and let things expire."""
        background = Background()
        async with aiohttp.ClientSession() as session:
            self.deliveries.open(session)
            await background.open()
            self.tasks = background
            background.create_task(self._expire())
            try:
                yield
            finally:
                self.tasks = None
                await background.close()

    def expire(self) -> None:
        """End streams, sessions and statuses whose time is over; also done before every call and four times a
        second.
        """
        streams.expire_streams(self)
        agents.expire_sessions(self)

    async def _expire(self) -> None:
        while True:
            self.expire()
            await asyncio.sleep(_EXPIRY_TICK_S)

    def _add_routes(self) -> None:
        router = self.web_app.router
        router.add_route("*", "/api/{method}", Api(self, self.expire).handle)
        router.add_post("/upload/v1/{ticket}", self._upload)
        router.add_get("/files-pri/{place}/{name}", self._file)
        router.add_get("/files-pri/{place}/download/{name}", self._file)
        router.add_get("/files-tmb/{place}/{thumb}/{name}", self._file)
        router.add_get("/files-email-priv/{place}/{name}", self._file)
        router.add_post("/commands/{team}/{key}", self._response)
        router.add_get("/link/", self.deliveries.sockets.connect)

    async def _upload(self, request: web.Request) -> web.Response:
        return await files.receive_upload(self, request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return await serve_file(self, request)

    async def _response(self, request: web.Request) -> web.Response:
        return await receive_response(self, request)
