from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from prometheus_client import CollectorRegistry, Counter

from bot.web.health import PROXY_HEADERS, Reader, health_routes
from tests.slack.serving import serving

TOKEN = "a-token-that-nobody-guesses"


class Weather:
    def __init__(self) -> None:
        self.is_fine = True
        self.looks = 0

    async def look(self) -> None:
        self.looks += 1

    async def check(self) -> bool:
        return self.is_fine


@asynccontextmanager
async def told(reader: Reader) -> AsyncIterator[aiohttp.ClientSession]:
    registry, weather = CollectorRegistry(), Weather()
    Counter("seen", "Things seen", registry=registry).inc()
    http = web.Application()
    http.add_routes(health_routes({}, registry, weather.look, reader))
    async with serving(http) as origin, aiohttp.ClientSession(origin) as session:
        yield session


@pytest.fixture
async def site() -> AsyncIterator[tuple[aiohttp.ClientSession, Weather]]:
    weather, registry = Weather(), CollectorRegistry()
    Counter("seen", "Things seen", registry=registry).inc()
    http = web.Application()

    async def fine() -> bool:
        return True

    http.add_routes(health_routes({"redis": weather.check, "slack": fine}, registry, weather.look))
    async with serving(http) as origin, aiohttp.ClientSession(origin) as session:
        yield session, weather


async def test_alive_is_alive_whatever_is_away(site: tuple[aiohttp.ClientSession, Weather]) -> None:
    session, weather = site
    weather.is_fine = False
    async with session.get("/healthz") as response:
        assert (response.status, await response.json()) == (200, {"ok": True})


@pytest.mark.parametrize(("is_fine", "status"), [(True, 200), (False, 503)])
async def test_ready_names_what_is_away(
    site: tuple[aiohttp.ClientSession, Weather], status: int, *, is_fine: bool
) -> None:
    session, weather = site
    weather.is_fine = is_fine
    async with session.get("/readyz") as response:
        assert response.status == status
        assert await response.json() == {"ok": is_fine, "checks": {"redis": is_fine, "slack": True}}


async def test_metrics_are_in_prometheus_text(site: tuple[aiohttp.ClientSession, Weather]) -> None:
    session, weather = site
    async with session.get("/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        assert "seen_total 1.0" in await response.text()
    assert weather.looks == 1


@pytest.mark.parametrize("is_own_port", [True, False])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"X-Forwarded-For": "127.0.0.1"},
    ],
)
async def test_without_the_token_nothing_is_told(headers: dict[str, str], *, is_own_port: bool) -> None:
    async with told(Reader(TOKEN, is_own_port=is_own_port)) as session:
        async with session.get("/metrics", headers=headers) as response:
            assert (response.status, await response.read()) == (401, b"")
            assert response.headers["WWW-Authenticate"] == "Bearer"
        async with session.get("/healthz", headers=headers) as response:
            assert response.status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("is_own_port", [True, False])
async def test_the_token_opens_it_on_both_ports(scheme: str, *, is_own_port: bool) -> None:
    headers = {"Authorization": f"{scheme} {TOKEN}", "X-Forwarded-For": "203.0.113.7"}
    async with (
        told(Reader(TOKEN, is_own_port=is_own_port)) as session,
        session.get("/metrics", headers=headers) as response,
    ):
        assert response.status == 200
        assert "seen_total 1.0" in await response.text()


@pytest.mark.parametrize("name", [*PROXY_HEADERS, "Origin"])
async def test_without_a_token_what_a_proxy_passes_on_is_refused_on_the_port_of_the_world(name: str) -> None:
    async with told(Reader(is_own_port=False)) as session:
        async with session.get("/metrics", headers={name: "127.0.0.1"}) as response:
            assert (response.status, await response.read()) == (404, b"")
        async with session.get("/metrics") as response:
            assert response.status == 200


@pytest.mark.parametrize("host", ["bot.example.com", "bot.example.com:3000", "evil.example", "10.0.0.1:3000", ""])
async def test_it_is_asked_for_by_a_name_of_this_machine(host: str) -> None:
    async with told(Reader(is_own_port=False)) as session, session.get("/metrics", headers={"Host": host}) as response:
        assert response.status in {404, 400}


@pytest.mark.parametrize("host", ["localhost", "localhost:3000", "127.0.0.1", "[::1]:3000", "[::1]"])
async def test_every_name_of_this_machine_is_one(host: str) -> None:
    async with told(Reader(is_own_port=False)) as session, session.get("/metrics", headers={"Host": host}) as response:
        assert response.status == 200


async def test_another_machine_is_refused() -> None:
    """As aiohttp tells who asks."""
    asked = make_mocked_request("GET", "/metrics", headers={"Host": "127.0.0.1:3000"}).clone(remote="203.0.113.7")
    refused = Reader(is_own_port=False).refusal(asked)
    assert refused is not None
    assert refused.status == 404
