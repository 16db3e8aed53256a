"""Programs are started and ended as a whole, whoever holds their pipes, and whenever we are cancelled."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from bot.programs import end_program, start_program
from tests.checks import PATIENCE_S, wait_for

pytestmark = pytest.mark.processes

PIPES = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
TWO_SLEEPERS = ("/bin/sh", "-c", "sleep 3600 & sleep 3600")


def running(mark: str) -> list[str]:
    return [pid.name for pid in Path("/proc").iterdir() if pid.name.isdigit() and _is_ours(pid, mark)]


def _is_ours(pid: Path, mark: str) -> bool:
    try:
        return f"MARK={mark}".encode() in (pid / "environ").read_bytes()
    except OSError:  # gone, or a zombie
        return False


async def test_a_start_that_is_cancelled_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, mark = asyncio.get_running_loop(), str(tmp_path)
    begun, go_on = asyncio.Event(), asyncio.Event()
    connect = loop.connect_read_pipe

    async def slowly(*arguments: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await connect(*arguments)

    monkeypatch.setattr(loop, "connect_read_pipe", slowly)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        starting = tasks.create_task(start_program(*TWO_SLEEPERS, env={"MARK": mark, "PATH": os.defpath}, **PIPES))
        await begun.wait()
        await wait_for(lambda: len(running(mark)) >= 2)
        starting.cancel()
        go_on.set()
    assert starting.cancelled()
    await wait_for(lambda: not running(mark))


async def test_an_end_does_not_wait_for_a_stranger_who_holds_the_pipes(tmp_path: Path) -> None:
    mark = str(tmp_path)
    away = "setsid sleep 3600 & echo ready; exec sleep 3600"
    process = await start_program("/bin/sh", "-c", away, env={"MARK": mark, "PATH": os.defpath}, **PIPES)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        assert await process.stdout.readline() == b"ready\n"
        await end_program(process)
    assert process.returncode == -9
    for left in running(mark):
        os.kill(int(left), 9)
    await wait_for(lambda: not running(mark))


async def test_what_cannot_be_started_says_so() -> None:
    with pytest.raises(OSError, match="nowhere"):
        await start_program("/nowhere/program")
