"""One HTTP exchange with the model: a request body out, events back. Retries and decisions: client.py."""

import asyncio
import io
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import aiohttp

from bot.core.events import ModelEvent
from bot.errors import AnswerCut, ModelError, ModelTimeout, ModelUnreachable
from bot.glm.providers import ProviderProfile
from bot.glm.refusals import Refused, refusal_of
from bot.glm.sampling import Sampling
from bot.glm.sse import SseDecoder
from bot.glm.wire import AnswerDecoder

_GRACE_S = 5.0  # after the finish reason, for usage and [DONE] from a server that does not hang up
_DRAIN_S = 0.05  # after [DONE], so that the connection can be used again
_DRAIN_READS = 8
_ERROR_BODY_S = 10.0
_ERROR_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is and how it is asked. `first_byte_timeout_s` counts from the start of the request;
    `stall_timeout_s` is the longest silence after it.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    profile: ProviderProfile
    sampling: Sampling = field(default_factory=Sampling)
    connect_timeout_s: float = 10.0
    first_byte_timeout_s: float = 120.0
    stall_timeout_s: float = 60.0

    @property
    def url(self) -> str:
        return f"{self.base_url.rstrip('/')}/chat/completions"

    @property
    def headers(self) -> Mapping[str, str]:
        # a compressing gateway collects events before it sends them, so no compression is asked for
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        return headers | dict(self.profile.headers)


async def exchange(
    session: aiohttp.ClientSession, endpoint: Endpoint, body: bytes, *, keeps_boxes: bool = False
) -> AsyncGenerator[ModelEvent, None]:
    """Events up to and with Finished. Raises Refused for what the provider said, ModelError for what the network did.

    Closing the generator, or cancelling the task it runs in, closes the connection.
    """
    deadline = asyncio.get_running_loop().time() + endpoint.first_byte_timeout_s
    response = await _opened(session, endpoint, body)
    decoder = AnswerDecoder(keeps_boxes=keeps_boxes)
    failure: ModelError | Refused | None = None
    try:
        await _refuse_unless_ok(response)
        try:
            async with aclosing(_decoded(response, decoder, endpoint, deadline)) as batches:
                async for batch in batches:
                    for event in batch:
                        yield event
        except (ModelError, Refused) as error:
            failure = error
        for event in decoder.flush():  # what was held back belongs to the person even when the stream broke
            yield event
        if failure is not None:
            raise failure
        await _drained(response)
        for event in decoder.closing():
            yield event
    finally:
        if response.content.at_eof():
            response.release()
        else:
            response.close()


async def _opened(session: aiohttp.ClientSession, endpoint: Endpoint, body: bytes) -> aiohttp.ClientResponse:
    try:
        async with asyncio.timeout(endpoint.first_byte_timeout_s):
            return await session.post(
                endpoint.url,
                data=io.BytesIO(body),  # raw bytes above 1 MB would go out in one piece and hold the loop
                headers=endpoint.headers,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=endpoint.connect_timeout_s),
                allow_redirects=False,  # the key and the pictures go to the configured host or nowhere
            )
    except aiohttp.ClientError as error:
        raise ModelUnreachable(type(error).__name__) from error
    except TimeoutError as error:
        raise ModelTimeout("no answer") from error


async def _refuse_unless_ok(response: aiohttp.ClientResponse) -> None:
    if response.status == 200:
        return
    body = b""
    try:
        async with asyncio.timeout(_ERROR_BODY_S):
            while len(body) < _ERROR_BODY_BYTES and (chunk := await response.content.readany()):
                body += chunk
    except (aiohttp.ClientError, TimeoutError):
        pass  # the status alone has to do
    raise Refused(refusal_of(response.status, body, response.headers.get("Retry-After", "")))


async def _decoded(
    response: aiohttp.ClientResponse, decoder: AnswerDecoder, endpoint: Endpoint, deadline: float
) -> AsyncGenerator[list[ModelEvent], None]:
    lines = SseDecoder()
    timeout_s = max(0.0, deadline - asyncio.get_running_loop().time())
    while not decoder.is_done and (chunk := await _read(response, timeout_s, decoder)):
        for data in lines.feed(chunk):
            if events := decoder.feed(data):
                yield events
        timeout_s = min(_GRACE_S, endpoint.stall_timeout_s) if decoder.finish_reason else endpoint.stall_timeout_s
    for data in lines.end():
        yield decoder.feed(data)
    if lines.plain.strip():
        yield decoder.feed_plain(lines.plain)


async def _read(response: aiohttp.ClientResponse, timeout_s: float, decoder: AnswerDecoder) -> bytes:
    """The next bytes; b"" at the end, which is also where a finished answer falls silent or is dropped."""
    try:
        async with asyncio.timeout(timeout_s):
            return await response.content.readany()
    except aiohttp.ClientError as error:
        if decoder.finish_reason:
            return b""
        raise AnswerCut(type(error).__name__) from error
    except TimeoutError as error:
        if decoder.finish_reason:
            return b""
        raise ModelTimeout(f"no byte for {timeout_s:.0f} s") from error


async def _drained(response: aiohttp.ClientResponse) -> None:
    try:
        async with asyncio.timeout(_DRAIN_S):
            for _ in range(_DRAIN_READS):
                if not await response.content.readany():
                    return
    except (aiohttp.ClientError, TimeoutError):
        return
