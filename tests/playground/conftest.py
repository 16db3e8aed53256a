"""A running local Slack, a client for it, and an app that only listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.serving import serving as serving_on_port
from tests.checks import PATIENCE_S


@dataclass
class Receiver:
    """Stands where the bot would: notes what arrives and answers as told."""

    statuses: list[int] = field(default_factory=list)
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: Any = ""
    delay_s: float = 0.0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.requests.append(({name.lower(): value for name, value in request.headers.items()}, raw))
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(self.answer, dict):
            return web.json_response(self.answer, status=status, headers=self.answer_headers)
        return web.Response(text=self.answer, status=status, headers=self.answer_headers)


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """The app on a free port, and the address events go to."""
    async with serving_on_port(app) as port:
        yield f"http://127.0.0.1:{port}/slack/events"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[LocalSlack]:
    local = LocalSlack(clock=clock, file_processing_s=0.0, retry_delays_s=(0.0, 0.01, 0.01), ack_timeout_s=PATIENCE_S)
    async with local.serve():
        yield local


@pytest.fixture
async def receiver(slack: LocalSlack) -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/slack/events", found.receive)
    async with serving(app) as url:
        slack.request_url = url
        yield found


@pytest.fixture
async def client(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


async def error_of(call: Any) -> str:
    """Slack's error code of a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
