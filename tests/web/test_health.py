from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from bot.web.health import health_routes
from tests.slack.serving import serving


class Weather:
    def __init__(self) -> None:
        self.is_fine = True
        self.looks = 0

    async def look(self) -> None:
        self.looks += 1

    async def check(self) -> bool:
        return self.is_fine


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
