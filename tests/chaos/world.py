"""The bot as real processes between the local Slack and the offline model, which run in the test."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.playground.server import LocalSlack
from bot.redis.embedded import embedded_url
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.threads import Threads
from tests.chaos.echo import EchoModel
from tests.chaos.processes import ROOT, Bot, RedisServer, bot_program, redis_server
from tests.checks import PATIENCE_S
from tests.ports import free_port

RETRY_DELAYS_S = (0.2, 1.0, 3.0, 6.0, *[10.0] * 6)
SETTLED_S = 0.5


@dataclass
class World:
    slack: LocalSlack
    model: EchoModel
    folder: Path
    redis_url: str
    redis: RedisServer | None = None
    bots: dict[str, Bot] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def deliver_to(self, name: str) -> None:
        self.slack.request_url = f"http://127.0.0.1:{self.ports[name]}/slack/events"

    @asynccontextmanager
    async def threads(self) -> AsyncGenerator[Threads]:
        client = self._client()
        try:
            yield Threads(client, Keys(), Seal(None))
        finally:
            await client.aclose()

    async def left_over(self) -> list[str]:
        """What Redis still holds of turns that should be over."""
        client = self._client()
        try:
            waiting: Any = await client.zrange(Keys().waiting, 0, -1)
            left = [f"waiting {key.decode()}" for key in waiting]
            left += [key.decode() async for key in client.scan_iter(match="glm:inbox:*")]
            left += ["follow-ups"] * int(await client.xlen("glm-follow-ups:stream"))
            async for key in client.scan_iter(match="glm:turn:*"):
                fields: Any = await client.hkeys(key)
                left += [f"{key.decode()} {name.decode()}" for name in fields if name in {b"progress", b"running"}]
        finally:
            await client.aclose()
        return left

    async def quiet(self, timeout_s: float = PATIENCE_S) -> bool:
        """Nothing is delivered, waits or is written any more. False when that did not come in time."""
        loop = asyncio.get_running_loop()
        limit, since = loop.time() + timeout_s, 0.0
        while loop.time() < limit:
            is_quiet = self.slack.deliveries.is_idle and not self.slack.live_streams and not await self.left_over()
            since = 0.0 if not is_quiet else since or loop.time()
            if since and loop.time() - since > SETTLED_S:
                return True
            await asyncio.sleep(0.1)
        return False

    async def unsettled(self) -> str:
        """What is not quiet, and the last that each bot has said: for whoever reads why a test failed."""
        said = [f"{bot.name}: {bot.said()[-3000:]}" for bot in self.bots.values()]
        undelivered = "" if self.slack.deliveries.is_idle else "deliveries, "
        return f"{undelivered}{self.slack.live_streams} {await self.left_over()}\n" + "\n".join(said)

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[Redis]:
        client = self._client()
        try:
            yield client
        finally:
            await client.aclose()

    def _client(self) -> Redis:
        return Redis.from_url(self.redis_url, socket_timeout=PATIENCE_S)


def new_slack() -> LocalSlack:
    return LocalSlack(enforce_rates=False, retry_delays_s=RETRY_DELAYS_S, log_max=1_000_000)


def environment(slack: LocalSlack, base_url: str, settings: dict[str, str]) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "GLM_BASE_URL": base_url,
        "HOST": "127.0.0.1",
        "LOG_FORMAT": "json",
        "SHUTDOWN_GRACE_S": "5",
        **settings,
    }


@asynccontextmanager
async def world(
    folder: Path, model: EchoModel | None = None, *, webs: int = 1, workers: int = 2, **settings: str
) -> AsyncGenerator[World]:
    """`webs` web processes and `workers` workers over a redis-server of their own."""
    slack, model, port = new_slack(), model or EchoModel(), free_port()
    redis = redis_server(folder, port)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(slack.serve())
        base_url = await stack.enter_async_context(model.serve())
        stack.push_async_callback(redis.end)
        await redis.start()
        on = World(slack, model, folder, redis.url, redis)
        env = environment(slack, base_url, {"REDIS_URL": redis.url, **settings})
        for number in range(1, webs + 1):
            _add(on, f"web{number}", "web", env)
        for number in range(1, workers + 1):
            _add(on, f"worker{number}", "worker", env)
        await redis.until_ready()
        await _run_all(on, stack)
        if webs:
            on.deliver_to("web1")
        yield on


@asynccontextmanager
async def small_world(folder: Path, model: EchoModel | None = None, **settings: str) -> AsyncGenerator[World]:
    """All in one process with its embedded Redis."""
    slack, model = new_slack(), model or EchoModel()
    data = folder / "d"
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(slack.serve())
        base_url = await stack.enter_async_context(model.serve())
        on = World(slack, model, folder, embedded_url(data))
        _add(on, "all", "", environment(slack, base_url, {"DATA_DIR": str(data), **settings}))
        await _run_all(on, stack)
        on.deliver_to("all")
        yield on


def _add(on: World, name: str, command: str, env: dict[str, str]) -> None:
    on.ports[name] = free_port()
    on.bots[name] = bot_program(name, command, on.folder, {**env, "PORT": str(on.ports[name])})


async def _run_all(on: World, stack: AsyncExitStack) -> None:
    for program in on.bots.values():
        stack.push_async_callback(program.end)
        await program.start()
    for program in on.bots.values():
        await program.until_ready()
