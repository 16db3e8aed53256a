"""A port is one test's alone from its choice on, also beside other processes of tests."""

import asyncio
import socket
import sys

import pytest
from aiohttp import web

from bot.serving import serving
from tests import ports
from tests.ports import HELD, free_port

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a port be reserved and listened on")


@linux
def test_another_process_that_chooses_it_does_not_get_it() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


@linux
def test_where_few_are_left_none_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_port()
    chosen = iter([first, first, first, free_port(), 0])
    monkeypatch.setattr(ports, "_chosen", lambda: next(chosen))
    assert free_port() != first


async def test_a_server_gets_it_and_gets_it_again() -> None:
    port = free_port()
    for _ in range(3):
        async with serving(web.Application(), port=port) as bound:
            assert bound == port
            (await asyncio.open_connection("127.0.0.1", port))[1].close()


async def test_nobody_answers_there_before() -> None:
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", free_port())


def test_old_ones_are_given_back() -> None:
    for _ in range(HELD * 2):
        free_port()
    assert len(ports._held) <= HELD
