"""A port that cannot be had is said in one line, with the way out; one that was had is left without connections."""

import asyncio
import socket

import pytest
from aiohttp import web

from bot.errors import CannotListen
from bot.playground.server import LocalSlack
from bot.serving import serving
from tests.checks import PATIENCE_S

HERE = "127.0.0.1"


async def test_a_taken_port_is_said_with_the_next_one() -> None:
    async with serving(web.Application(), HERE, 0) as port:
        with pytest.raises(CannotListen) as refused:
            async with serving(web.Application(), HERE, port):
                raise AssertionError
        assert refused.value.detail == f"Port {port} is in use. With another one: PORT={port + 1} make run"


async def test_the_port_for_probes_is_called_by_its_name() -> None:
    async with serving(web.Application(), HERE, 0) as port:
        with pytest.raises(CannotListen, match=f"HEALTH_PORT={port + 1}"):
            async with serving(web.Application(), HERE, port, "HEALTH_PORT"):
                raise AssertionError


async def test_the_playground_says_it_too() -> None:
    async with serving(web.Application(), HERE, 0) as port:
        with pytest.raises(CannotListen, match=f"PORT={port + 1} make run"):
            async with LocalSlack().serve(port=port):
                raise AssertionError


@pytest.mark.parametrize("steps", range(8))
async def test_a_connection_of_the_last_moment_is_closed(steps: int) -> None:
    async with serving(web.Application()) as port:
        late = socket.create_connection((HERE, port), PATIENCE_S)
        for _ in range(steps):
            await asyncio.sleep(0)
    with late:
        assert await asyncio.to_thread(read_to_the_end, late) == b""


def read_to_the_end(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1)
    except ConnectionResetError:
        return b""


async def test_a_host_that_is_not_this_machine_is_said() -> None:
    with pytest.raises(CannotListen, match="HOST and PORT"):
        async with serving(web.Application(), "192.0.2.1", 0):
            raise AssertionError
