"""A worker that was taken over runs what it likes: here it tries what an attacker would."""

import asyncio
import ctypes
import os
import sys
from pathlib import Path

import pytest

from bot import errors
from bot.documents import worker_functions
from bot.documents.sandbox.sandbox import Sandbox
from tests.documents import pure

SECRET = b"SLACK_BOT_TOKEN=xoxb-very-secret"


def landlock() -> int:
    """The kernel's version of it, as Landlock's own documentation asks for it."""
    return int(ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1)) if sys.platform == "linux" else 0


needs_landlock = pytest.mark.skipif(landlock() < 1, reason="this kernel has no Landlock")


@needs_landlock
async def test_the_users_files_are_out_of_reach_also_for_programs_it_starts(tmp_path: Path) -> None:
    secret = tmp_path / ".env"
    secret.write_bytes(SECRET)
    async with Sandbox(workers=1) as sandbox:
        for attack in (pure.reads, pure.child_reads):
            with pytest.raises(errors.FileBroken):
                await sandbox.run(attack, str(secret))
        with pytest.raises(errors.FileBroken, match="PermissionError"):
            await sandbox.run(pure.names_in, str(tmp_path))
        with pytest.raises(errors.FileBroken, match="PermissionError"):
            await sandbox.run(pure.writes, str(secret))
    assert secret.read_bytes() == SECRET


@needs_landlock
async def test_a_settings_file_beside_the_bots_own_package_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_bytes(SECRET)
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "__init__.py").write_text("def double(number):\n    return number * 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken, match="PermissionError"):
            await sandbox.run(pure.reads, str(tmp_path / ".env"))
        assert b"double" in await sandbox.run(pure.reads, str(tmp_path / "beside" / "__init__.py"))


@needs_landlock
async def test_the_bots_environment_and_memory_are_out_of_reach() -> None:
    async with Sandbox(workers=1) as sandbox:
        for name in ("environ", "maps", "cmdline", "mem"):
            with pytest.raises(errors.FileBroken, match="PermissionError"):
                await sandbox.run(pure.reads, f"/proc/{os.getpid()}/{name}")
        assert await sandbox.run(pure.reads, "/proc/self/statm")


@pytest.mark.skipif(landlock() < 6, reason="this kernel's Landlock knows no scopes")
async def test_the_bot_gets_no_signals_from_it() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken, match="PermissionError"):
            await sandbox.run(pure.signals, os.getpid())


async def test_a_unix_socket_is_not_connected_to(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"+PONG\r\n")
        writer.close()

    server = await asyncio.start_unix_server(answer, path)
    async with server, Sandbox(workers=1, folder=tmp_path) as sandbox:
        assert await asyncio.to_thread(pure.asks_at, str(path)) == b"+PONG\r\n"
        with pytest.raises(errors.FileBroken, match="PermissionError"):
            await sandbox.run(pure.asks_at, str(path))
    assert asked == [b"PING\r\n"]


async def test_what_holds_can_be_told() -> None:
    async with Sandbox(workers=1) as sandbox:
        files, signals, connections, _network = await sandbox.run(worker_functions.confinement.held)
    assert (files, signals) == (landlock() >= 1, landlock() >= 6)
    assert connections


async def test_nothing_is_traced() -> None:
    async with Sandbox(workers=1) as sandbox:
        assert await sandbox.run(pure.traces, os.getpid()) == -1


async def test_its_own_folder_can_be_written_to_and_goes_with_the_sandbox() -> None:
    async with Sandbox(workers=1) as sandbox:
        note = sandbox.folder / "note"
        await sandbox.run(pure.writes, str(note))
        assert note.read_bytes() == b"mine now"
        assert await sandbox.run(pure.child_reads, str(note)) == b"mine now"
    assert not note.parent.exists()


async def test_a_program_that_stands_elsewhere_can_be_allowed(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "reader"
    program.parent.mkdir()
    program.write_text("a program")
    (tmp_path / ".env").write_bytes(SECRET)
    async with Sandbox(workers=1) as sandbox:
        sandbox.allow(str(program))
        assert await sandbox.run(pure.reads, str(program)) == b"a program"
        if landlock():
            with pytest.raises(errors.FileBroken, match="PermissionError"):
                await sandbox.run(pure.reads, str(tmp_path / ".env"))
