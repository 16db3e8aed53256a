"""Downloads an address: it follows redirects itself, checks every hop, limits time and size, uses no cookies or
proxy.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import aiohttp
from yarl import URL

from bot.internet.guard import Guard, refusal, web_url
from bot.internet.refusals import AddressRefused, PageTooLarge, PageTooSlow, PageUnreachable

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
HOP_S = 10.0
CHUNK = 64 * 1024
MOST_HEADER_BYTES = 32 * 1024
ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,image/*;q=0.8,*/*;q=0.7"


@dataclass(frozen=True, slots=True)
class Body:
    """What was downloaded. `url` is where redirects ended; `content_type` is the header as it came."""

    url: str
    status: int
    content_type: str
    data: bytes


@contextlib.asynccontextmanager
async def web_session(guard: Guard, user_agent: str) -> AsyncGenerator[aiohttp.ClientSession, None]:
    async with aiohttp.ClientSession(
        connector=guard.connector(),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"},
        trust_env=False,  # a proxy would connect where we can't check
        max_line_size=MOST_HEADER_BYTES,
        max_field_size=MOST_HEADER_BYTES,
    ) as session:
        yield session


async def download(session: aiohttp.ClientSession, guard: Guard, url: str, most_bytes: int) -> Body:
    """Return the body at an address. Raises a WebError."""
    address = web_url(url)
    for _ in range(MOST_REDIRECTS + 1):
        try:
            async with asyncio.timeout(HOP_S):
                body_or_redirect = await _hop(session, guard, address, most_bytes)
        except TimeoutError as error:
            raise PageTooSlow(f"{address.host} did not answer in time.") from error
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            if guard.was_led_inward:
                raise refusal(str(address.host)) from error
            raise PageUnreachable(f"{address.host} could not be reached ({type(error).__name__}).") from error
        if isinstance(body_or_redirect, Body):
            return body_or_redirect
        address = body_or_redirect
    raise PageUnreachable(f"The address redirects more than {MOST_REDIRECTS} times.")


async def _hop(session: aiohttp.ClientSession, guard: Guard, url: URL, most_bytes: int) -> Body | URL:
    """Return the body, or the address that it redirects to."""
    await guard.look_at(url)
    async with session.get(url, allow_redirects=False) as response:
        location = response.headers.get("Location", "")
        if response.status in REDIRECTS and location:
            return _next(url, location)
        data = await _read(response, most_bytes)
        return Body(str(url), response.status, response.headers.get("Content-Type", ""), data)


def _next(url: URL, location: str) -> URL:
    try:
        return web_url(str(url.join(URL(location.strip()))))
    except ValueError as error:
        raise AddressRefused("The address redirects to something that is not a web address.") from error


async def _read(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    too_large = f"What is there is larger than {most_bytes / 1_000_000:.0f} MB."
    if (response.content_length or 0) > most_bytes:
        raise PageTooLarge(too_large)
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > most_bytes:
            raise PageTooLarge(too_large)
        chunks.append(chunk)
    return b"".join(chunks)
