"""What a person looks at just now, as ids only, for as long as that may still be true."""

import json
from typing import Any

from redis.asyncio import Redis

from bot.core.ids import check_id, check_ts
from bot.core.prompt.view_context import ViewContext
from bot.errors import PayloadMalformed
from bot.store.keys import Keys
from bot.store.outage import tells_outage

KEPT_S = 900


class Contexts:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    @tells_outage
    async def note(self, team: str, user: str, looking: ViewContext | None) -> bool:
        """Whether it is another than before; None: nothing that we could be told of."""
        key = self._key(team, user)
        if looking is None:
            return bool(await self._redis.delete(key))
        value = json.dumps([looking.channel, looking.message_ts])
        before: Any = await self._redis.set(key, value, ex=KEPT_S, get=True)
        return before is None or before != value.encode()

    @tells_outage
    async def of(self, team: str, user: str) -> ViewContext | None:
        kept: Any = await self._redis.get(self._key(team, user))
        return _read(kept) if kept else None

    def _key(self, team: str, user: str) -> str:
        return self._keys.looking(team, user)


def _read(kept: bytes) -> ViewContext | None:
    """None for what can't be read: the next look replaces it."""
    try:
        channel, message_ts = json.loads(kept)
        check_id(channel, "channel")
        if message_ts:
            check_ts(message_ts, "message_ts")
    except (ValueError, TypeError, RecursionError, PayloadMalformed):
        return None
    return ViewContext(channel, message_ts)
