"""An MCP server over streamable HTTP, through the SDK's transport; every byte of its answers is counted."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client

from bot.mcp.config import ServerConfig
from bot.mcp.meter import FLOODED, LEAST_MESSAGE, MOST_MESSAGE, Meter

CONNECT_TIMEOUT_S = 10.0
# A stream of events may be silent for long; the call's own limit ends what takes too long.
READ_TIMEOUT_S = 300.0


@asynccontextmanager
async def remote_streams(config: ServerConfig, meter: Meter) -> AsyncGenerator[TransportStreams, None]:
    """Raises httpx2's errors. Redirects are followed within the address's origin only, so headers go nowhere else."""
    client = httpx2.AsyncClient(
        headers={**config.headers, "accept-encoding": "identity"},
        timeout=httpx2.Timeout(CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
        transport=_Counted(meter),
    )
    async with (
        client,
        streamable_http_client(config.url, http_client=client, max_sse_event_size=MOST_MESSAGE) as streams,
    ):
        yield streams


class _Counted(httpx2.AsyncBaseTransport):
    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._under = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._under.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            # We asked for none, and a few bytes of it can unpack to gigabytes.
            await response.aclose()
            raise httpx2.ReadError("a compressed answer that was not asked for", request=request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        # The stream that listens for news is open for hours; its single events are bounded by the SDK.
        most = None if request.method == "GET" else MOST_MESSAGE
        response.stream = _CountedStream(response.stream, self._meter, most)
        return response

    async def aclose(self) -> None:
        await self._under.aclose()


class _CountedStream(httpx2.AsyncByteStream):
    def __init__(self, under: httpx2.AsyncByteStream, meter: Meter, most: int | None) -> None:
        self._under = under
        self._meter = meter
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._under:
            read += len(chunk)
            if self._most is not None and read > self._most:
                self._meter.fail(FLOODED)
            if self._meter.trouble or not self._meter.take(_cost(chunk)):
                raise httpx2.ReadError(self._meter.trouble)
            yield chunk

    async def aclose(self) -> None:
        await self._under.aclose()


def _cost(chunk: bytes) -> int:
    """Each event is a message, and a small one costs more than its bytes."""
    return max(len(chunk), chunk.count(b"data:") * LEAST_MESSAGE)
