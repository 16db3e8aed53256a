"""The health check of a container: does the bot on this machine answer?"""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from bot.web.health import health_routes
from bot.web.probe import probe


async def told(app: web.Application) -> tuple[int, str]:
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port is not None
        return server.port, await asyncio.to_thread(probe, server.port)


async def nothing() -> None:
    return


async def test_a_bot_that_answers_is_alive() -> None:
    app = web.Application()
    app.add_routes(health_routes({}, CollectorRegistry(), nothing))
    assert (await told(app))[1] == ""


async def test_another_program_on_the_port_is_not_well() -> None:
    port, problem = await told(web.Application())
    assert problem == f"port {port} answers 404"


async def test_where_nothing_listens_it_says_so() -> None:
    port, _ = await told(web.Application())
    assert probe(port) == f"nothing answers on port {port} (ConnectionRefusedError)"
