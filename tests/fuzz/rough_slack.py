"""A Slack whose answers are made wrong: the local one, through a door that spoils what comes out."""

import copy
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.playground.server import LocalSlack
from tests.fuzz.mutations import spoiled
from tests.slack.serving import serving

PAGE = "<html><title>Access denied</title></html>"
BODIES: tuple[tuple[str, str], ...] = (
    (PAGE, "text/html"),
    (PAGE, "application/json"),
    ("", "application/json"),
    ("null", "application/json"),
    ("[]", "application/json"),
    ("5", "application/json"),
    ("{}", "application/json"),
    ('{"ok": true}', "application/json"),
    ('{"ok": false}', "application/json"),
    ('{"ok": false, "error": null}', "application/json"),
    ('{"ok": false, "error": {"a": 1}}', "application/json"),
    ('{"ok": "yes"}', "application/json"),
    ("[" * 5_000, "application/json"),
    ('{"ok": true, "messages": null, "user": null, "file": null, "channel": null, "ts": null}', "application/json"),
    ("ok", "text/plain"),
    ('{"ok": true}', "text/plain; charset=nonsense"),
)


@dataclass
class RoughSlack:
    """`answer` is given to every call; else the local Slack's, of which so many are spoiled as `spoils` says."""

    url: str = ""
    local: LocalSlack | None = None
    answer: tuple[str | bytes, str] | None = None
    spoils: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    spoiled: int = 0
    calls: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        if self.answer is not None:
            return _response(*self.answer)
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name in {"Authorization", "Content-Type"}}
        assert self.local is not None
        url = f"{self.local.api_url}{request.match_info['method']}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, url, params=request.query, data=body, headers=headers) as answer,
        ):
            text, kind = await answer.text(), answer.content_type
        if kind == "application/json" and self.chance.random() < self.spoils:
            self.spoiled += 1
            return _response(*self._spoil(json.loads(text)))
        return web.Response(text=text, content_type=kind, status=answer.status)

    def _spoil(self, value: Any) -> tuple[str, str]:
        if self.chance.random() < 0.2:
            return self.chance.choice(BODIES)
        return spoiled(copy.deepcopy(value), self.chance), "application/json"


def _response(body: str | bytes, kind: str) -> web.Response:
    raw = body.encode(errors="surrogatepass") if isinstance(body, str) else body
    return web.Response(body=raw, headers={"Content-Type": kind})


@asynccontextmanager
async def rough_slack(local: LocalSlack | None = None) -> AsyncIterator[RoughSlack]:
    rough, http = RoughSlack(local=local), web.Application(client_max_size=2**26)
    http.add_routes([web.route("*", "/api/{method}", rough.handle)])
    async with serving(http) as origin:
        rough.url = f"{origin}/api/"
        yield rough
