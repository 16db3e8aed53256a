from pathlib import Path

import pytest

from bot.errors import StateError
from bot.redis.connection import connect, wait_until_ready
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
