"""The bot as it receives, whole: its HTTP server, every listener, the local Slack and Redis. Nobody answers there."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import aiohttp
import structlog
from pydantic import SecretStr

from bot.bootstrap import ProcessRoles, Services, build_services
from bot.bootstrap.services import NAMESPACE
from bot.playground.app.deliveries import sign
from bot.playground.server import LocalSlack
from bot.processes import run_services
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from tests.fuzz.mutations import Request
from tests.fuzz.seeds import CHANNEL, DM, RESPONSE_URL
from tests.replay.load import ANA, BOT, TEAM


@dataclass
class Broken(logging.Handler):
    """Keeps what was logged with a traceback, by whichever library."""

    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.told.append(f"{record.name}: {record.getMessage()} {record.exc_info[1]!r}"[:300])

    def note(self, _: Any, __: str, event: Any) -> Any:
        """As a processor of structlog."""
        if event.get("exc_info"):
            self.told.append(f"{event['event']}: {event['exc_info']!r}"[:300])
        raise structlog.DropEvent


@dataclass
class Target:
    url: str
    secret: str
    stands_for: dict[bytes, bytes]
    session: aiohttp.ClientSession
    services: Services
    broken: Broken

    async def send(self, request: Request) -> int:
        """The status it is answered with; 0 for none."""
        body = request.body
        for name, real in self.stands_for.items():
            body = body.replace(name, real)
        headers = {"Content-Type": request.content_type} | sign(self.secret, body)
        try:
            async with self.session.post(self.url, data=body, headers=headers) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def empty(self) -> None:
        """All that was taken in, but for the queues, whose workers are at them."""
        redis = self.services.redis
        async for key in redis.scan_iter(match=f"{NAMESPACE}:*", count=1_000):
            await redis.delete(key)


@asynccontextmanager
async def target(folder: Path) -> AsyncIterator[Target]:
    slack, broken = LocalSlack(enforce_rates=False), Broken()
    logging.getLogger().addHandler(broken)
    structlog.configure(processors=[broken.note])
    try:
        async with slack.serve(), embedded_redis(folder) as redis_url, aiohttp.ClientSession() as session:
            settings = Settings(
                slack_bot_token=SecretStr(slack.bot_token),
                slack_signing_secret=SecretStr(slack.signing_secret),
                slack_api_url=slack.api_url,
                glm_api_key=SecretStr("unused"),
                host="127.0.0.1",
                port=0,
                data_dir=folder,
            )
            async with (
                build_services(settings, redis_url, roles=ProcessRoles(works=False)) as services,
                asyncio.TaskGroup() as group,
            ):
                stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
                running = group.create_task(run_services(services, stop, listening=port.set_result))
                try:
                    url = f"http://127.0.0.1:{await port}/slack/events"
                    yield Target(url, slack.signing_secret, _stands_for(slack), session, services, broken)
                finally:
                    stop.set()
                    await running
    finally:
        structlog.reset_defaults()
        logging.getLogger().removeHandler(broken)


def _stands_for(slack: LocalSlack) -> dict[bytes, bytes]:
    """The names of the recorded payloads, and what they are in the local Slack."""
    workspace, ana = slack.workspace, slack.workspace.user("Ana").id
    responses = f"{workspace.file_origin}/none"
    names = {
        TEAM: workspace.team.id,
        BOT: workspace.bot.id,
        ANA: ana,
        CHANNEL: workspace.channel("#general").id,
        DM: workspace.dm(ana).id,
        RESPONSE_URL: responses,
        quote_plus(RESPONSE_URL): quote_plus(responses),
    }
    return {name.encode(): real.encode() for name, real in names.items()}
