"""Our own Redis server: one process a folder, and nothing acknowledged is lost whatever is killed when."""

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
from redis.exceptions import RedisError

from bot.errors import StateError
from bot.redis import embedded
from bot.redis.embedded import embedded_redis
from tests.checks import PATIENCE_S
from tests.pids import is_alive

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
        await asyncio.Event().wait()
asyncio.run(main())
"""


def left_behind(folder: Path) -> int:
    """The pid of a server whose parent was killed."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    return pid


def program_from_path(tmp_path: Path) -> Path:
    """Debian's redis-server, which is the program of redis-tools under another name."""
    found = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    if found is None:
        pytest.skip("no redis-server on PATH (Debian: redis-tools)")
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / "redis-server").symlink_to(Path(found).resolve())
    return folder


def fake_program(folder: Path, name: str, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0'\n")
    program.chmod(0o755)
    return program


async def until_ended(pid: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while is_alive(pid):  # noqa: ASYNC110  # it is no child of ours to wait for
            await asyncio.sleep(0.01)


async def pid_of(url: str) -> int:
    client = Redis.from_url(url)
    try:
        info = await client.info("server")
    finally:
        await client.aclose()
    return int(info["process_id"])


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
        assert url == embedded.embedded_url(tmp_path)
        assert url.endswith(f"@{tmp_path}/redis/redis.sock")
        pid = await pid_of(url)
        assert (tmp_path / "redis").stat().st_mode & 0o077 == 0
        assert (tmp_path / "redis" / "redis.sock").stat().st_mode & 0o077 == 0
    assert not is_alive(pid)


async def test_who_reaches_the_socket_without_the_password_gets_nothing(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        for guess in (f"unix://{tmp_path}/redis/redis.sock", f"unix://:guess@{tmp_path}/redis/redis.sock"):
            stranger = Redis.from_url(guess)
            with pytest.raises(RedisError, match=r"authenticated|invalid username"):
                await stranger.set("glm:jobs", b"a pickle")
            await stranger.aclose()
        pid = await pid_of(url)
        password = url.removeprefix("unix://:").partition("@")[0]
        assert len(password) > 40
        for server in (pid, parent_of(pid)):
            for name in ("cmdline", "environ"):
                assert password.encode() not in Path(f"/proc/{server}/{name}").read_bytes()
        keeping = [path for path in (tmp_path / "redis").iterdir() if path.is_file() and holds(path, password)]
        assert keeping
        assert all(path.stat().st_mode & 0o177 == 0 for path in keeping)
    async with embedded_redis(tmp_path) as again:
        assert again == url, "the password stays"


async def test_the_server_does_not_inherit_our_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    async with embedded_redis(tmp_path) as url:
        pid = await pid_of(url)
        for server in (pid, parent_of(pid)):
            assert b"xoxb-very-secret" not in Path(f"/proc/{server}/environ").read_bytes()


async def test_doctor_finds_the_server_of_a_running_bot_and_starts_one_where_none_runs(tmp_path: Path) -> None:
    async with embedded.shared_redis(tmp_path) as own:
        pid = await pid_of(own)
        async with embedded.shared_redis(tmp_path) as shared:
            assert await pid_of(shared) == pid


def holds(path: Path, password: str) -> bool:
    return password.encode() in path.read_bytes()


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])


async def test_a_second_process_on_the_folder_is_refused(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        with pytest.raises(StateError, match="another process"):
            async with embedded_redis(tmp_path):
                raise AssertionError
        assert await pid_of(url), "and the first goes on"


async def test_a_server_ends_when_its_bot_is_killed(tmp_path: Path) -> None:
    await until_ended(await asyncio.to_thread(left_behind, tmp_path))


async def test_what_a_killed_bot_wrote_is_there_at_once_for_the_next(tmp_path: Path) -> None:
    left = await asyncio.to_thread(left_behind, tmp_path)
    async with embedded_redis(tmp_path) as url:
        assert await pid_of(url) != left
        client = Redis.from_url(url)
        assert await client.get("left") == b"behind"
        await client.aclose()


async def test_a_server_that_outlived_its_bot_in_an_earlier_release_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    socket = folder / "redis.sock"
    command = [embedded.redis_server_program(), "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    earlier = await asyncio.create_subprocess_exec(*command, "--appendonly", "yes", "--save", "", stdout=-3)
    async with asyncio.timeout(PATIENCE_S):
        while await embedded._state(embedded.RedisServer(socket, "none")) != "ready":  # noqa: ASYNC110  # it does not tell when
            await asyncio.sleep(0.01)
    client = Redis.from_url(f"unix://{socket}")
    await client.set("left", "behind")
    await client.aclose()
    assert await read(tmp_path, "left") == b"behind"
    async with asyncio.timeout(PATIENCE_S):
        assert await earlier.wait() == 0


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
    journal = next((tmp_path / "redis" / "appendonlydir").glob("*.incr.aof"))
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
        assert len(url.partition("@")[2]) <= embedded.LONGEST_SOCKET_PATH
        assert await pid_of(url)


async def test_a_server_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    (folder / "appendonlydir").mkdir()
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_bytes(b"this is no list of journals")
    with pytest.raises(StateError, match=r"redis\.log"):
        async with embedded_redis(tmp_path):
            raise AssertionError


async def test_the_journal_of_redis_6_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    words = [b"SELECT 0", b"SET left behind"]
    (folder / "appendonly.aof").write_bytes(b"".join(command(*line.split()) for line in words))
    assert await read(tmp_path, "left") == b"behind"
    assert await read(tmp_path, "left") == b"behind", "and again, now that it is written in the new way"


def command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


@pytest.mark.parametrize("bundled_first", [True, False], ids=["bundled, then PATH's", "PATH's, then bundled"])
async def test_what_one_server_wrote_another_one_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundled_first: bool
) -> None:
    installed, nothing = str(program_from_path(tmp_path)), str(tmp_path)
    data = tmp_path / "data"
    programs = [nothing, installed] if bundled_first else [installed, nothing]
    used = set()
    for number, path in enumerate([*programs, *programs]):
        monkeypatch.setenv("PATH", path)
        used.add(embedded.redis_server_program())
        await write(data, **{f"k{number}": str(number)})
        assert [await read(data, f"k{n}") for n in range(number + 1)] == [b"%d" % n for n in range(number + 1)]
    assert len(used) == 2


def test_a_server_from_path_comes_before_the_bundled_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    redis = fake_program(tmp_path / "bin", "redis-server", "7.2.0")
    assert embedded.redis_server_program() == str(redis)
    valkey = fake_program(tmp_path / "bin", "valkey-server", "8.1.0")
    assert embedded.redis_server_program() == str(valkey)


def test_a_server_that_cannot_read_the_others_journals_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/bin")
    old = fake_program(tmp_path / "bin", "redis-server", "6.0.16")
    assert embedded.redis_server_program() not in {str(old), ""}


def test_without_any_program_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_bundled_server", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StateError, match=r"redis-server.*REDIS_URL"):
        embedded.redis_server_program()


async def test_a_program_that_cannot_be_started_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake_program(tmp_path / "bin", "redis-server", "7.2.0")
    monkeypatch.setattr(embedded, "redis_server_program", lambda: str(program))
    with pytest.raises(StateError, match="stopped while starting"):
        async with embedded_redis(tmp_path):
            raise AssertionError


async def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="DATA_DIR"):
        async with embedded_redis(tmp_path / "file"):
            raise AssertionError
