"""Reaches an MCP server over streamable HTTP with the SDK's transport, and counts every byte of its answers."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client

from bot.mcp.config import ServerConfig
from bot.mcp.meter import FLOODED, LEAST_MESSAGE, MOST_MESSAGE, Meter

CONNECT_TIMEOUT_S = 10.0
# A stream of events may be silent for long; the limit of each call ends what takes too long.
READ_TIMEOUT_S = 300.0


@asynccontextmanager
async def remote_streams(config: ServerConfig, meter: Meter) -> AsyncGenerator[TransportStreams, None]:
    """Raise httpx2's errors. Redirects are followed only within the address's origin, so that headers go nowhere
    else.
    """
    client = httpx2.AsyncClient(
        headers={**config.headers, "accept-encoding": "identity"},
        timeout=httpx2.Timeout(CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
        transport=_CountedTransport(meter),
    )
    async with (
        client,
        streamable_http_client(config.url, http_client=client, max_sse_event_size=MOST_MESSAGE) as streams,
    ):
        yield streams


class _CountedTransport(httpx2.AsyncBaseTransport):
    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._inner = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            # We asked for no compression, and a few compressed bytes can unpack to gigabytes.
            await response.aclose()
            raise httpx2.ReadError("a compressed answer that was not asked for", request=request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        # The stream that listens for notifications is open for hours; the SDK limits its single events.
        most_bytes = None if request.method == "GET" else MOST_MESSAGE
        response.stream = _CountedStream(response.stream, self._meter, most_bytes)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _CountedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, meter: Meter, most_bytes: int | None) -> None:
        self._inner = inner
        self._meter = meter
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._inner:
            read += len(chunk)
            if self._most_bytes is not None and read > self._most_bytes:
                self._meter.fail(FLOODED)
            if self._meter.failure or not self._meter.take(_cost(chunk)):
                raise httpx2.ReadError(self._meter.failure)
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _cost(chunk: bytes) -> int:
    """Count each event as a message: a small one costs more than its bytes."""
    return max(len(chunk), chunk.count(b"data:") * LEAST_MESSAGE)
