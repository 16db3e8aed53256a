"""Web pages that can be looked at by a link nobody can guess, for some days."""

import secrets
from typing import Any

from redis.asyncio import Redis

from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.seal import Seal

KEPT_DAYS = 7
ID_BYTES = 24


class Previews:
    """`public_url` is where the world reaches this app."""

    def __init__(self, redis: Redis, keys: Keys, seal: Seal, public_url: str = "") -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self._public_url = public_url

    @tells_outage
    async def link(self, html: str) -> str:
        """A new link to this page; empty when no public address is configured."""
        if not self._public_url:
            return ""
        name = secrets.token_urlsafe(ID_BYTES)
        key = self._keys.preview(name)
        await self._redis.set(key, self._seal.pack({"v": 1, "html": html}, key), ex=KEPT_DAYS * DAY_S)
        return f"{self._public_url}/previews/{name}"

    @tells_outage
    async def html(self, name: str) -> str | None:
        """None once it has expired."""
        key = self._keys.preview(name)
        kept: Any = await self._redis.get(key)
        return str(self._seal.unpack(bytes(kept), key)["html"]) if kept else None
