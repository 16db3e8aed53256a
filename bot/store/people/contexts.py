"""ViewContexts knows what a person looks at in Slack just now. It holds ids only, as long as they may still be true."""

import json
from typing import Any

from redis.asyncio import Redis

from bot.core.ids import check_id, check_ts
from bot.core.prompt.view_context import ViewContext
from bot.errors import PayloadMalformed
from bot.store.keys import Keys
from bot.store.outage import tells_outage

KEPT_S = 900


class ViewContexts:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    @tells_outage
    async def note(self, team: str, user: str, view: ViewContext | None) -> bool:
        """Note the view; None when Slack tells none. Return whether it differs from the last one."""
        key = self._key(team, user)
        if view is None:
            return bool(await self._redis.delete(key))
        value = json.dumps([view.channel, view.message_ts])
        previous: Any = await self._redis.set(key, value, ex=KEPT_S, get=True)
        return previous is None or previous != value.encode()

    @tells_outage
    async def of(self, team: str, user: str) -> ViewContext | None:
        record: Any = await self._redis.get(self._key(team, user))
        return _view_of(record) if record else None

    def _key(self, team: str, user: str) -> str:
        return self._keys.looking(team, user)


def _view_of(record: bytes) -> ViewContext | None:
    """Return None for a record that can't be read: the next view replaces it."""
    try:
        channel, message_ts = json.loads(record)
        check_id(channel, "channel")
        if message_ts:
            check_ts(message_ts, "message_ts")
    except (ValueError, TypeError, RecursionError, PayloadMalformed):
        return None
    return ViewContext(channel, message_ts)
