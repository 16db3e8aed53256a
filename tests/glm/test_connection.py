import asyncio
import socket

import aiohttp

from bot.glm.connection import connector


async def test_the_system_looks_after_a_connection_that_is_silent() -> None:
    served = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        await served.wait()
        writer.close()

    async with (
        await asyncio.start_server(serve, "127.0.0.1") as server,
        aiohttp.ClientSession(connector=connector()) as one,
    ):
        port = server.sockets[0].getsockname()[1]
        async with one.get(f"http://127.0.0.1:{port}/") as response:
            assert response.connection is not None
            assert response.connection.transport is not None
            opened = response.connection.transport.get_extra_info("socket")
            assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            if hasattr(socket, "TCP_KEEPIDLE"):
                assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
        served.set()
