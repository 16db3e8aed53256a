"""Serves a web application on a port for as long as a block runs."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import CannotListen

_BACKLOG = 128
# A connection that the system has accepted has its transport one step of the loop later, and is known to aiohttp after
# one more.
_ACCEPTING_STEPS = 3


@asynccontextmanager
async def serving(
    http: web.Application,
    host: str = "127.0.0.1",
    port: int = 0,
    setting: str = "PORT",
    *,
    shutdown_timeout_s: float = 5.0,
    cancels_handlers: bool = False,
) -> AsyncGenerator[int]:
    """Serve and yield the port, which helps when 0 was asked for.

    No connection is left open afterwards. Requests under way are waited for up to `shutdown_timeout_s` seconds. With
    `cancels_handlers`, a handler ends when its client leaves. Raises CannotListen, with `setting`, when the port cannot
    be had.
    """
    runner = web.AppRunner(
        http, access_log=None, shutdown_timeout=shutdown_timeout_s, handler_cancellation=cancels_handlers
    )
    await runner.setup()
    assert runner.server is not None
    try:
        try:
            listener = await asyncio.get_running_loop().create_server(runner.server, host, port, backlog=_BACKLOG)
        except OSError as error:
            raise CannotListen(setting, port, error) from error
        try:
            yield int(listener.sockets[0].getsockname()[1])
        finally:
            await stop_listening(listener)
    finally:
        await runner.cleanup()


async def stop_listening(listener: asyncio.Server) -> None:
    """Accept no more connections, wait until those that were accepted are known to whoever closes them, and close the
    listener.

    A listener that is closed between a connection's acceptance and its transport leaves that connection open for ever
    (https://github.com/python/cpython/issues/109564).
    """
    loop = asyncio.get_running_loop()
    for listening in listener.sockets:
        loop.remove_reader(listening)
    for _ in range(_ACCEPTING_STEPS):
        await asyncio.sleep(0)
    listener.close()
