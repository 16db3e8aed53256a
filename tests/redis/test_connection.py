import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Connection

from bot.errors import StateError
from bot.redis.connection import Cancellable, connect, wait_until_ready
from tests.checks import PATIENCE_S
from tests.redis.server import real_redis


async def test_an_answering_redis_is_ready_at_once(tmp_path: Path) -> None:
    with real_redis(tmp_path) as url:
        client = connect(url)
        await wait_until_ready(client, url, patience_s=1)
        await client.aclose()


async def test_patience_ends_with_a_line_without_the_password() -> None:
    url = "redis://user:hunter2@127.0.0.1:1/3"
    client = connect(url)
    with pytest.raises(StateError) as told:
        await wait_until_ready(client, url, patience_s=0)
    assert told.value.detail == "Redis at redis://127.0.0.1:1/3 did not answer for 0 s"
    await client.aclose()


async def test_a_wrong_password_is_not_waited_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    with real_redis(tmp_path_factory.mktemp("r")) as url:
        admin = connect(url)
        await admin.config_set("requirepass", "right")
        client = connect(url.replace("unix://", "unix://:wrong@"))
        try:
            with pytest.raises(StateError, match="refuses the password"):
                await wait_until_ready(client, url, patience_s=0.1)
        finally:
            await client.aclose()
            await admin.aclose()


async def test_a_cancelled_command_ends_whenever_the_cancellation_comes(tmp_path: Path) -> None:
    with real_redis(tmp_path) as url:
        client = connect(url)

        async def ask_often() -> None:
            for _ in range(100_000):
                await client.ping()

        for at in range(60):
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(ask_often())
                for _ in range(at):
                    await asyncio.sleep(0)
                asking.cancel()
            assert asking.cancelled(), f"after {at} steps"
        assert await client.ping(), "the connections that were left in the middle are not used again"
        await client.aclose()


async def test_a_time_limit_ends_a_command_whenever_it_comes() -> None:
    class Sending(Connection):
        """Loses a cancellation, as asyncio.wait_for does on Python 3.11."""

        disconnected = False

        async def send_packed_command(self, *_: Any, **__: Any) -> None:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(PATIENCE_S)

        async def disconnect(self, *_: Any, **options: Any) -> None:
            self.disconnected = options["nowait"]

    sending: Any = type("Connection", (Cancellable, Sending), {})()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await sending.send_packed_command()
    assert sending.disconnected
