"""A worker, which receives nothing, can be asked whether it is alive, and is no longer when it is dead."""

import asyncio
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.chaos.processes import Bot
from tests.chaos.world import world
from tests.ports import free_port

pytestmark = pytest.mark.e2e


async def health(bot: Bot, port: int) -> int | None:
    """What a container's health check would see: the exit code."""
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": bot.env["PYTHONPATH"], "HEALTH_PORT": str(port)}
    command = [sys.executable, "-m", "bot", "health"]
    asked = await asyncio.create_subprocess_exec(*command, env=env, cwd=bot.log.parent)
    return await asked.wait()


def page(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return str(answer.read().decode())


async def test_a_worker_answers_probes_on_its_health_port(tmp_path: Path) -> None:
    port = free_port()
    async with world(tmp_path, webs=0, workers=1, HEALTH_PORT=str(port)) as on:
        worker = on.bots["worker1"]
        assert await health(worker, port) == 0
        assert '"redis": true' in await asyncio.to_thread(page, port, "/readyz")
        assert "glm_messages_aside" in await asyncio.to_thread(page, port, "/metrics")
        await worker.kill()
        assert await health(worker, port) == 1
