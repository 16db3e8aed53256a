"""Makes one HTTP exchange with the model: sends a request body, yields events. client.py decides about retries."""

import asyncio
import io
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import aiohttp

from bot.core.model.events import ModelEvent, joined
from bot.core.model.messages import ToolSpec
from bot.core.model.usage import Usage
from bot.errors import AnswerCut, ModelBusy, ModelError, ModelTimeout, ModelUnreachable
from bot.glm.catalog.providers import ProviderProfile
from bot.glm.catalog.sampling import Sampling
from bot.glm.refusals.provider_errors import Refused, refusal_of
from bot.glm.refusals.retry_hints import retry_after_s
from bot.glm.silence import Silence, SilenceLimits
from bot.glm.stream.sse import SseDecoder
from bot.glm.stream.wire import AnswerDecoder

_DRAIN_S = 0.05  # after [DONE], so that the connection can be used again
_DRAIN_READS = 8
# The screen shows an answer a few times a second, so what comes within this time is read together. Waking up for every
# token costs more CPU than all other work on it.
_GATHER_S = 0.025
# Beyond this many bytes, in one event or in several, other tasks get a turn in between.
_MUCH_BYTES = 16 * 1024
_ERROR_BODY_S = 10.0
_ERROR_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is, how it is asked, and how long it may be silent (SilenceLimits says what the times mean)."""

    base_url: str
    api_key: str = field(repr=False)
    model: str
    profile: ProviderProfile
    sampling: Sampling = field(default_factory=Sampling)
    connect_timeout_s: float = 10.0
    first_byte_timeout_s: float = 120.0
    stall_timeout_s: float = 60.0
    text_stall_timeout_s: float = 20.0
    longest_stall_timeout_s: float = 300.0

    @property
    def url(self) -> str:
        return f"{self.base_url.rstrip('/')}/chat/completions"

    @property
    def silence_limits(self) -> SilenceLimits:
        stalls = self.stall_timeout_s, self.text_stall_timeout_s, self.longest_stall_timeout_s
        return SilenceLimits(self.first_byte_timeout_s, *stalls)

    @property
    def headers(self) -> Mapping[str, str]:
        # A compressing gateway collects events before it sends them, so we ask for no compression.
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        return headers | dict(self.profile.headers)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the answer before it comes. `tools` were offered; `after` is the text that this answer
    continues.
    """

    keeps_boxes: bool = False
    tools: tuple[ToolSpec, ...] = ()
    after: str = ""


class StreamBrokenOff(Exception):
    """An answer that has begun is incomplete. `held` are its events that were held back, `usage` is known if not
    None.
    """

    def __init__(self, failure: ModelError | Refused, held: list[ModelEvent], usage: Usage | None) -> None:
        super().__init__()
        self.failure = failure
        self.held = held
        self.usage = usage


async def exchange(
    session: aiohttp.ClientSession, endpoint: Endpoint, body: bytes, expected: Expected
) -> AsyncGenerator[ModelEvent, None]:
    """Yield events up to and with Finished.

    Before the answer begins, it raises Refused for what the provider said and ModelError for what the network did;
    after that, StreamBrokenOff. Closing the generator, or cancelling its task, closes the connection.
    """
    silence = Silence(endpoint.silence_limits, asyncio.get_running_loop().time(), may_call=bool(expected.tools))
    response = await _opened(session, endpoint, body)
    decoder = AnswerDecoder(keeps_boxes=expected.keeps_boxes, tools=expected.tools, after=expected.after)
    try:
        await _refuse_unless_ok(response)
        stream = _Stream(response, decoder, silence)
        try:
            async with aclosing(stream.decoded()) as batches:
                async for batch in batches:
                    for event in batch:
                        yield event
        except (ModelError, Refused) as error:
            raise StreamBrokenOff(
                _timed(error, response), await _run_decoder(decoder, decoder.flush), decoder.usage
            ) from error
        await _drained(response)
        held = await _run_decoder(decoder, decoder.flush)
        try:
            last = await _run_decoder(decoder, decoder.closing)
        except ModelError as error:
            raise StreamBrokenOff(error, held, decoder.usage) from error
        for event in [*held, *last]:
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
    raise Refused(refusal_of(response.status, body, retry_after_s(response.headers)))


async def _run_decoder(decoder: AnswerDecoder, work: Callable[[], list[ModelEvent]]) -> list[ModelEvent]:
    """Run the decoder's work, in a thread where it may take long."""
    return await asyncio.to_thread(work) if decoder.holds_much else work()


def _timed(error: ModelError | Refused, response: aiohttp.ClientResponse) -> ModelError | Refused:
    """Add the wait to a refusal in the body of a 200: its headers may tell it, as those of any refusal."""
    refused = error.refusal.error if isinstance(error, Refused) else None
    if isinstance(refused, ModelBusy) and refused.retry_after_s is None:
        refused.retry_after_s = retry_after_s(response.headers)
    return error


@dataclass(frozen=True, slots=True)
class _Stream:
    """The bytes of one answer, on their way into its decoder."""

    response: aiohttp.ClientResponse
    decoder: AnswerDecoder
    silence: Silence

    async def decoded(self) -> AsyncGenerator[list[ModelEvent], None]:
        decoder, lines, loop = self.decoder, SseDecoder(), asyncio.get_running_loop()
        has_begun = False
        while not decoder.is_done and (chunk := await self._read()):
            for number, batch in enumerate(self._batches(lines.feed(chunk))):
                if number:  # much has come at once: other tasks get a turn in between
                    await asyncio.sleep(0)
                has_begun = True
                yield batch
            self.silence.heard(now := loop.time(), decoder, is_within_event=lines.is_within_event)
            if now >= self.silence.until:  # what comes without a pause is read without waiting, so it never times out
                self._fall_silent()
                break
            if has_begun and not decoder.is_done:
                await asyncio.sleep(_GATHER_S)
        for batch in self._batches(lines.end()):
            await asyncio.sleep(0)
            yield batch
        if lines.plain.strip():
            for batch in decoder.feed_plain(lines.plain):
                await asyncio.sleep(0)
                yield batch

    def _batches(self, found: list[bytes]) -> Iterator[list[ModelEvent]]:
        """Yield the events of data that was read together. Much text comes in several batches, and a batch may be
        empty. Events before an error are yielded before it is raised.
        """
        batch: list[ModelEvent] = []
        length = 0
        try:
            for data in found:
                for events in self.decoder.feed(data):
                    batch += events
                    length += len(data)
                    if length > _MUCH_BYTES:
                        yield joined(batch)
                        batch, length = [], 0
        except (ModelError, Refused):
            yield joined(batch)
            raise
        if batch:
            yield joined(batch)

    async def _read(self) -> bytes:
        """Return the next bytes; b"" at the end. A finished answer also ends where it falls silent or the connection
        breaks.
        """
        try:
            come = await self._come_in_time()
        except aiohttp.ClientError as error:
            if self.decoder.finish_reason:
                return b""
            raise AnswerCut(type(error).__name__) from error
        if come is None:
            self._fall_silent()
        return come or b""

    async def _come_in_time(self) -> bytes | None:
        """Return the next bytes, b"" at the end, and None where the server is silent for too long."""
        content = self.response.content
        try:
            async with asyncio.timeout_at(self.silence.until):
                return await content.readany()
        except TimeoutError:
            # A process that was paused finds the time over and the bytes there.
            come = content.read_nowait()
            return come if come or content.at_eof() else None

    def _fall_silent(self) -> None:
        if not self.decoder.finish_reason:
            raise ModelTimeout("the answer fell silent")


async def _drained(response: aiohttp.ClientResponse) -> None:
    try:
        async with asyncio.timeout(_DRAIN_S):
            for _ in range(_DRAIN_READS):
                if not await response.content.readany():
                    return
    except (aiohttp.ClientError, TimeoutError):
        return
