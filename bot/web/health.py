"""Serves `/healthz`, `/readyz` and `/metrics`. The metrics tell cost and use, so not everybody may read them."""

import asyncio
import hashlib
import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Check = Callable[[], Awaitable[bool]]
CHECK_TIMEOUT_S = 2.0
# Headers that a proxy adds to a request that it passes on.
PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@dataclass(frozen=True, slots=True)
class Reader:
    """Decides who may read `/metrics`: whoever has the token. Without a token: on a port of its own everybody who
    reaches it, on the port that the internet reaches only this machine.
    """

    token: str = ""
    is_own_port: bool = True

    def refusal(self, request: web.Request) -> web.Response | None:
        """Return None when the request may read. A refused one is told nothing more."""
        if self.token:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() == "bearer" and hmac.compare_digest(_digest(token.strip()), _digest(self.token)):
                return None
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return None if self.is_own_port or _is_from_here(request) else web.Response(status=404)


OPEN = Reader()


def health_routes(
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    refresh: Callable[[], Awaitable[None]],
    reader: Reader = OPEN,
) -> list[web.RouteDef]:
    """Return the routes. `/healthz`: the process is alive. `/readyz`: every named check passes, else 503.

    `refresh` updates the gauges before `/metrics` shows them.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_: web.Request) -> web.Response:
        results = {name: await _in_time(check) for name, check in checks.items()}
        ready = all(results.values())
        return web.json_response({"ok": ready, "checks": results}, status=200 if ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        if (refusal := reader.refusal(request)) is not None:
            return refusal
        await refresh()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


async def _in_time(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check()
    except TimeoutError:
        return False


def _digest(token: str) -> bytes:
    """Return a digest of fixed length, so that comparing takes the same time for all tokens."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _is_from_here(request: web.Request) -> bool:
    """Tell whether a program of this machine itself asks, rather than a proxy or a browser for somebody else."""
    if any(name in request.headers for name in PROXY_HEADERS) or "Origin" in request.headers:
        return False
    host = request.host.rpartition(":")[0] if request.host.rpartition("]")[2].count(":") else request.host
    return _is_loopback(request.remote or "") and (host == "localhost" or _is_loopback(host.strip("[]")))


def _is_loopback(address: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address).is_loopback
    return False
