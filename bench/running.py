"""The processes that are measured, each with a local Slack of its own in this process."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench import resources
from bot.playground.server import LocalSlack
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
START_S = 30.0
STOP_S = 20.0
Name = Literal["ours", "naive"]
NAMES: tuple[Name, Name] = ("ours", "naive")


@dataclass(frozen=True, slots=True)
class Running:
    """A bot at work, and its Slack. `log` is what it wrote."""

    name: Name
    pid: int
    slack: LocalSlack
    log: Path

    def spent(self) -> resources.Spent:
        return resources.spent(self.pid)

    def memory(self) -> resources.Memory:
        return resources.memory(self.pid)


@asynccontextmanager
async def model(first_token_s: float, tokens_per_s: float, *, log: Path | None = None) -> AsyncIterator[str]:
    """The base URL of an offline model at this pace. `log`: where it notes its requests; it is wcode's then."""
    words = [str(first_token_s), str(tokens_per_s), *([str(log)] if log else [])]
    process = await _python("bench.model", *words, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_S):
            base_url = (await process.stdout.readline()).decode().strip()
        yield base_url
    finally:
        await _stopped(process)


@asynccontextmanager
async def bot(
    name: Name, base_url: str, *, enforce_rates: bool, settings: Callable[[LocalSlack], Mapping[str, str]] | None = None
) -> AsyncIterator[Running]:
    """`settings` of ours, besides those it needs."""
    slack = LocalSlack(enforce_rates=enforce_rates, log_max=100_000)
    port = free_port()
    slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        async with slack.serve():
            with (place / "log").open("wb") as log:
                if name == "ours":
                    more = settings(slack) if settings else {}
                    process = await _ours(slack, (base_url, port), place, log.fileno(), more)
                else:
                    process = await _naive(slack, base_url, port, place, log.fileno())
            try:
                await until_listening(process, port, place / "log")
                yield Running(name, process.pid, slack, place / "log")
            finally:
                await _stopped(process)


async def _ours(
    slack: LocalSlack, at: tuple[str, int], folder: Path, log: int, more: Mapping[str, str]
) -> asyncio.subprocess.Process:
    base_url, port = at
    settings = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "GLM_BASE_URL": base_url,
        "GLM_API_KEY": "offline",
        # wcode's prices are in yuan; for what is only timed, the vendor's own API.
        "GLM_PROVIDER": "wcode" if "/gpt/" in base_url else "zai",
        "DATA_DIR": str(folder / "data"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_FORMAT": "json",
        **more,
    }
    return await _python("bot", stdout=log, folder=folder, settings=settings)


async def _naive(slack: LocalSlack, base_url: str, port: int, folder: Path, log: int) -> asyncio.subprocess.Process:
    words = (str(port), slack.api_url, slack.bot_token, slack.signing_secret, base_url)
    return await _python("bench.naive", *words, stdout=log, folder=folder)


async def floors_us(base_url: str, chunks: int) -> tuple[float, float]:
    """One by one, and all at once."""
    process = await _python("bench.floor", base_url, str(chunks), stdout=asyncio.subprocess.PIPE)
    written, _ = await process.communicate()
    one_by_one, at_once = map(float, written.split())
    return one_by_one, at_once


async def _python(
    module: str, *words: str, stdout: int, folder: Path = ROOT, settings: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Nothing of the surrounding environment goes in, so that no `.env` or token of a developer's does either."""
    stderr = stdout if stdout >= 0 else asyncio.subprocess.DEVNULL
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **(settings or {})}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *words, stdout=stdout, stderr=stderr, cwd=folder, env=environment
    )


async def until_listening(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    async with asyncio.timeout(START_S):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return
    raise RuntimeError(f"the bot ended while starting:\n{log.read_text()[-2000:]}")


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
