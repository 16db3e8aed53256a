"""The bot as it runs in earnest: a redis-server on TCP, web and workers apart, each of them to be killed by itself."""

import asyncio
import contextlib
import ctypes
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bench import resources
from bench.running import ROOT, START_S
from bot.playground.server import LocalSlack
from bot.redis.embedded import redis_server_program
from tests.ports import free_port

PR_SET_PDEATHSIG = 1
# As high as they go: what is measured is the machine, not these.
NO_LIMITS = {"TURNS_PER_USER": "1000", "TURNS_PER_WORKSPACE": "10000", "WORKER_CONCURRENCY": "1000"}


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    process: asyncio.subprocess.Process
    log: Path

    def cpu_s(self) -> float:
        return resources.spent(self.process.pid).bot_s

    def rss_mb(self) -> float:
        memory = resources.memory(self.process.pid)
        return memory.bot_rss + memory.redis_rss

    async def until_says(self, words: str) -> None:
        async with asyncio.timeout(START_S):
            while words not in self.log.read_text(errors="replace"):
                if self.process.returncode is not None:
                    raise RuntimeError(f"{self.name} ended while starting:\n{self.log.read_text()[-2000:]}")
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """kill -9: there is nothing to wind down that the figures want, and it takes no time."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@dataclass(slots=True)
class Place:
    """One local Slack, one Redis, and what was started on them."""

    slack: LocalSlack
    folder: Path
    redis_url: str
    stack: AsyncExitStack
    programs: dict[str, Program] = field(default_factory=dict)

    async def start(self, name: str, *words: str, settings: Mapping[str, str] | None = None) -> Program:
        """`python -m …`, dead at the latest when this place is left."""
        command = [sys.executable, "-m", *words]
        return await self.start_command(name, command, settings or {})

    async def start_command(self, name: str, command: list[str], settings: Mapping[str, str]) -> Program:
        log = self.folder / f"{name}.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *command,
                env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **settings},
                cwd=self.folder,
                stdout=out,
                stderr=out,
                preexec_fn=_die_with_parent,
            )
        program = Program(name, process, log)
        self.stack.push_async_callback(program.kill)
        self.programs[name] = program
        return program

    async def start_bot(self, name: str, command: str, base_url: str, port: int) -> Program:
        settings = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "GLM_BASE_URL": base_url,
            "GLM_API_KEY": "offline",
            "GLM_PROVIDER": "zai",
            "REDIS_URL": self.redis_url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "LOG_FORMAT": "json",
            **NO_LIMITS,
        }
        program = await self.start(name, "bot", command, settings=settings)
        await program.until_says("bot.ready")
        return program


def _die_with_parent() -> None:
    """Also when the bench itself is killed with -9 (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@asynccontextmanager
async def place() -> AsyncIterator[Place]:
    slack, port = LocalSlack(enforce_rates=False, log_max=100_000), free_port()
    with tempfile.TemporaryDirectory(prefix="bench-durable-") as folder:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(slack.serve())
            here = Place(slack, Path(folder), f"redis://127.0.0.1:{port}/0", stack)
            options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]
            await here.start_command("redis", [redis_server_program(), *options, "--dir", folder], {})
            await _until_redis_answers(here.redis_url)
            yield here


async def _until_redis_answers(url: str) -> None:
    client = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    try:
        async with asyncio.timeout(START_S):
            while True:
                try:
                    await client.ping()
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)
                else:
                    return
    finally:
        await client.aclose()


@asynccontextmanager
async def durable_bot(base_url: str, workers: int) -> AsyncIterator[Place]:
    """A web process and so many workers, started and ready."""
    async with place() as here:
        port = free_port()
        here.slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        async with asyncio.TaskGroup() as group:
            group.create_task(here.start_bot("web", "web", base_url, port))
            for number in range(1, workers + 1):
                group.create_task(here.start_bot(f"worker{number}", "worker", base_url, free_port()))
        yield here


@asynccontextmanager
async def bare_receiver(kind: str) -> AsyncIterator[Place]:
    """`kind` of bench.durable.receivers: what acknowledges and does no more, or nearly no more."""
    async with place() as here:
        port = free_port()
        here.slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        slack = here.slack
        words = (str(port), slack.api_url, slack.bot_token, slack.signing_secret, here.redis_url)
        program = await here.start("receiver", "bench.durable.receivers", kind, *words)
        await program.until_says("ready")
        yield here
