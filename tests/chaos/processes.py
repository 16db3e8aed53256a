"""Processes that are started, killed, paused and started again. All of them die with the test."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

import bot
from bot.redis.embedded import redis_server_program
from tests.chaos.forking import ForkedBot, Origin, die_with_parent
from tests.checks import PATIENCE_S

ROOT = Path(str(bot.__path__[0])).parent


Process = asyncio.subprocess.Process | ForkedBot
ORIGIN: ContextVar[Origin | None] = ContextVar("ORIGIN", default=None)
"""Which process forks the bots; none: each is started by its command line."""


@dataclass
class Program:
    """One process after another with the same command line. `log` gets what all of them say."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    lives: int = 0
    paused: bool = False
    running: Process | None = None
    former: list[Process] = field(default_factory=list)
    _said: int = 0

    async def start(self) -> None:
        assert not self.is_alive
        self.lives += 1
        self._said = self.log.stat().st_size if self.log.exists() else 0
        self.running = await self._started()

    async def _started(self) -> Process:
        with self.log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment(),
                cwd=self.log.parent,
                stdout=out,
                stderr=out,
                preexec_fn=die_with_parent,
            )

    def environment(self) -> dict[str, str]:
        return dict(self.env)

    @property
    def is_alive(self) -> bool:
        return self.running is not None and self.running.returncode is None

    async def until_ready(self) -> None:
        await self.until_says("bot.ready", PATIENCE_S)

    async def until_says(self, words: str, timeout_s: float) -> None:
        limit = time.monotonic() + timeout_s
        while words not in self.said():
            assert self.is_alive, f"{self.name} ended: {self.said()[-2000:]}"
            assert time.monotonic() < limit, f"{self.name} did not say {words}: {self.said()[-2000:]}"
            await asyncio.sleep(0.02)

    def said(self) -> str:
        """What this life of it wrote."""
        return self.log.read_bytes()[self._said :].decode(errors="replace") if self.log.exists() else ""

    async def kill(self) -> None:
        """kill -9."""
        assert self.running is not None
        self._signal(signal.SIGKILL)
        await self.running.wait()
        self.paused = False

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)
        self.paused = True

    def resume(self) -> None:
        self._signal(signal.SIGCONT)
        self.paused = False

    def ask_to_stop(self) -> Process:
        """SIGTERM. It winds down by itself; the next one may be started beside it at once."""
        assert self.running is not None
        self._signal(signal.SIGTERM)
        leaving, self.running = self.running, None
        self.former.append(leaving)
        return leaving

    async def end(self) -> None:
        for process in [*self.former, *([self.running] if self.running else [])]:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self.running is not None and self.running.returncode is None:
            self.running.send_signal(number)


@dataclass
class Bot(Program):
    """`python -m bot …`. The model tells its lives apart by their keys."""

    @property
    def key(self) -> str:
        return f"{self.name}.{self.lives}"

    def environment(self) -> dict[str, str]:
        return {**self.env, "GLM_API_KEY": self.key}

    async def _started(self) -> Process:
        origin = ORIGIN.get()
        if origin is None:
            return await super()._started()
        return await origin.start(self.command[3:], self.environment(), self.log)


def bot_program(name: str, command: str, folder: Path, env: Mapping[str, str]) -> Bot:
    line = [sys.executable, "-m", "bot", *([command] if command else [])]
    return Bot(name, line, env, folder / f"{name}.log")


@dataclass
class RedisServer(Program):
    """A real redis-server on a loopback port that keeps everything over a kill."""

    port: int = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def until_ready(self) -> None:
        await until_redis_answers(self.url)


def redis_server(folder: Path, port: int, *more: str) -> RedisServer:
    data = folder / "redis-server"
    data.mkdir(exist_ok=True)
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--save", "", "--appendonly", "yes"]
    command = [redis_server_program(), *options, "--aof-use-rdb-preamble", "no", *more]
    return RedisServer("redis", command, {}, folder / "redis.log", port=port)


async def until_redis_answers(url: str) -> None:
    limit = time.monotonic() + PATIENCE_S
    client = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    try:
        while True:
            try:
                await client.ping()
            except (RedisError, OSError):
                assert time.monotonic() < limit, f"{url} did not answer"
                await asyncio.sleep(0.02)
            else:
                return
    finally:
        await client.aclose()
