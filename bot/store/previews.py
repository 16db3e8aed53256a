"""Previews keeps web pages for some days behind links that nobody can guess."""

import secrets
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.records import read
from bot.core.thread.inbound import ThreadId
from bot.errors import RecordUnreadable
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.threads.retention import Retention
from bot.store.unreadable import note

KEPT_DAYS = 7
ID_BYTES = 24


@dataclass(frozen=True, slots=True)
class PreviewPage:
    html: str


class Previews:
    """`public_url` is this app's address on the internet."""

    def __init__(
        self, redis: Redis, keys: Keys, seal: Seal, public_url: str = "", retention: Retention | None = None
    ) -> None:
        self._retention = retention
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self._public_url = public_url

    @tells_outage
    async def link(self, html: str, thread: ThreadId) -> str:
        """Return a new link to this page, valid until the thread is forgotten; "" when no public address is
        configured.
        """
        if not self._public_url:
            return ""
        name = secrets.token_urlsafe(ID_BYTES)
        key = self._keys.preview(name)
        names, kept_s = self._keys.previews(thread), KEPT_DAYS * DAY_S
        if self._retention is not None:
            kept_s = min(kept_s, await self._retention.seconds(thread.team, thread.channel))
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, self._seal.pack({"v": 1, "html": html}, key), ex=kept_s)
            pipe.sadd(names, name)
            pipe.expire(names, kept_s)
            await pipe.execute()
        return f"{self._public_url}/previews/{name}"

    @tells_outage
    async def html(self, name: str) -> str | None:
        """Return the page; None when it has expired or can't be read."""
        key = self._keys.preview(name)
        record: Any = await self._redis.get(key)
        if not record:
            return None
        try:
            return read(PreviewPage, self._seal.unpack(record, key)).html
        except RecordUnreadable as error:
            await note(self._redis, self._keys, "preview", key, error.detail)
            return None
