"""A preview is found by its link alone, and cannot do anything but show itself."""

import aiohttp
import fakeredis
import pytest
from aiohttp import web

from bot.errors import StateError
from bot.store.keys import Keys
from bot.store.previews import KEPT_DAYS, Previews
from bot.store.seal import Seal
from bot.web.previews import preview_routes
from tests.ports import free_port

PAGE = "<!doctype html><html><body>Grüße</body></html>"


def previews(public_url: str = "https://glm.example.com", secret: str | None = None) -> Previews:
    return Previews(fakeredis.FakeAsyncRedis(), Keys(), Seal(secret), public_url)


async def fetched(look: object, path: str) -> tuple[int, str, dict[str, str]]:
    app = web.Application()
    app.add_routes(preview_routes(look))  # type: ignore[arg-type]
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/previews/{path}") as response,
        ):
            return response.status, await response.text(), dict(response.headers)
    finally:
        await runner.cleanup()


async def test_a_page_is_shown_in_a_box_of_its_own() -> None:
    kept = previews(secret="a passphrase")
    link = await kept.link(PAGE)
    assert link.startswith("https://glm.example.com/previews/")
    status, text, headers = await fetched(kept.html, link.rsplit("/", 1)[1])
    assert (status, text) == (200, PAGE)
    policy = headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_two_pages_never_share_a_link_and_each_expires() -> None:
    redis = fakeredis.FakeAsyncRedis()
    kept = Previews(redis, Keys(), Seal(), "https://glm.example.com")
    links = {await kept.link(PAGE) for _ in range(20)}
    assert len(links) == 20
    name = links.pop().rsplit("/", 1)[1]
    assert 0 < await redis.ttl(Keys().preview(name)) <= KEPT_DAYS * 86_400


@pytest.mark.parametrize("path", ["x" * 32, "short", "..%2f..%2fetc", "a" * 200])
async def test_what_never_was_is_not_found(path: str) -> None:
    status, text, _ = await fetched(previews().html, path)
    assert status == 404
    assert "html" not in text


async def test_without_a_public_address_there_is_no_link() -> None:
    assert await previews("").link(PAGE) == ""


async def test_a_store_that_is_away_is_said_to_be() -> None:
    async def away(_name: str) -> str | None:
        raise StateError("away")

    assert (await fetched(away, "x" * 32))[0] == 503
