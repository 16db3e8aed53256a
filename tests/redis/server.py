"""A real redis-server for tests that need its scripts or its files, faster to write than to fsync."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from bot.redis.embedded import redis_server_program
from tests.checks import PATIENCE_S


@contextmanager
def real_redis(folder: Path) -> Iterator[str]:
    """Its URL. Nothing is written to disk."""
    socket = folder / "r.sock"
    command = [redis_server_program(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_ready(f"unix://{socket}")
        yield f"unix://{socket}"
    finally:
        process.kill()
        process.wait()


def _until_ready(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except redis.RedisError:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            else:
                return
