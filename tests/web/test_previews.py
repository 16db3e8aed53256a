"""A preview is found by its link alone, and cannot do anything but show itself."""

import aiohttp
import fakeredis
import pytest
from aiohttp import web

from bot.core.thread.inbound import ThreadId
from bot.errors import StateError
from bot.serving import serving
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.previews import KEPT_DAYS, Previews
from bot.store.threads.threads import Threads
from bot.web.previews import preview_routes

PAGE = "<!doctype html><html><body>Grüße</body></html>"


def previews(public_url: str = "https://glm.example.com", secret: str | None = None) -> Previews:
    return Previews(fakeredis.FakeAsyncRedis(), Keys(), Seal(secret), public_url)


THREAD = ThreadId("T1", "C1", "1700000000.000001")
FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}


async def fetched(look: object, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
    app = web.Application()
    app.add_routes(preview_routes(look))  # type: ignore[arg-type]
    async with (
        serving(app) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/previews/{path}", headers=headers) as response,
    ):
        return response.status, await response.text(), dict(response.headers)


async def test_a_page_is_shown_in_a_frame_without_scripts_until_somebody_asks_for_them() -> None:
    kept = previews(secret="a passphrase")
    link = await kept.link(PAGE, THREAD)
    assert link.startswith("https://glm.example.com/previews/")
    name = link.rsplit("/", 1)[1]
    for query, sandbox, may_run in (("", "", False), ("?scripts=1", "allow-scripts", True)):
        status, text, headers = await fetched(kept.html, name + query)
        assert (status, PAGE in text) == (200, False)
        assert f'<iframe sandbox="{sandbox}" src="{name}/page{query}"' in text
        assert "frame-src 'self'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
        status, text, headers = await fetched(kept.html, f"{name}/page{query}", FRAMED)
        assert (status, text.endswith(PAGE)) == (200, True)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("sandbox")
        for part in ("default-src 'none'", "connect-src 'none'", "form-action 'none'", "webrtc 'block'"):
            assert part in policy
        assert "allow-same-origin" not in policy
        assert ("script-src 'unsafe-inline'" in policy) is may_run
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Dest": "iframe"},
    ],
)
async def test_what_the_frame_shows_is_refused_to_everything_else(headers: dict[str, str]) -> None:
    kept = previews()
    name = (await kept.link(PAGE, THREAD)).rsplit("/", 1)[1]
    status, text, _ = await fetched(kept.html, f"{name}/page?scripts=1", headers)
    assert (status, "Grüße" in text) == (403, False)


async def test_it_is_told_in_the_readers_language() -> None:
    kept = previews()
    name = (await kept.link(PAGE, THREAD)).rsplit("/", 1)[1]
    _, text, _ = await fetched(kept.html, name, {"Accept-Language": "zh-CN,zh;q=0.9"})
    assert "脚本未运行" in text
    _, text, _ = await fetched(kept.html, name, {"Accept-Language": '"><script>'})
    assert "script>" not in text


async def test_forgetting_a_thread_ends_its_previews_at_once_and_no_others() -> None:
    redis, keys = fakeredis.FakeAsyncRedis(), Keys()
    kept = Previews(redis, keys, Seal(), "https://glm.example.com")
    other = ThreadId("T1", "C1", "1700000000.000002")
    names = [(await kept.link(PAGE, thread)).rsplit("/", 1)[1] for thread in (THREAD, THREAD, other)]
    await Threads(redis, keys, Seal()).erase(THREAD)
    assert [await kept.html(name) for name in names] == [None, None, PAGE]
    assert not await redis.exists(keys.previews(THREAD))


async def test_two_pages_never_share_a_link_and_each_expires() -> None:
    redis = fakeredis.FakeAsyncRedis()
    kept = Previews(redis, Keys(), Seal(), "https://glm.example.com")
    links = {await kept.link(PAGE, THREAD) for _ in range(20)}
    assert len(links) == 20
    name = links.pop().rsplit("/", 1)[1]
    assert 0 < await redis.ttl(Keys().preview(name)) <= KEPT_DAYS * 86_400


@pytest.mark.parametrize("path", ["x" * 32, "short", "..%2f..%2fetc", "a" * 200])
async def test_what_never_was_is_not_found(path: str) -> None:
    status, text, _ = await fetched(previews().html, path)
    assert status == 404
    assert "html" not in text


async def test_without_a_public_address_there_is_no_link() -> None:
    assert await previews("").link(PAGE, THREAD) == ""


async def test_a_store_that_is_away_is_said_to_be() -> None:
    async def away(_name: str) -> str | None:
        raise StateError("away")

    assert (await fetched(away, "x" * 32))[0] == 503
