"""HomeMarks keeps a digest of each person's home tab, so that it is only published when it changed."""

import re
import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.replies import texts_of

KEPT_S = 30 * DAY_S
_TIME = re.compile(r"[0-9]{1,12}\.[0-9]{6}")
DIGEST, HASH, AT = "digest", "hash", "at"


@dataclass(frozen=True, slots=True)
class ShownHome:
    """What was published last: its digest, the hash that Slack gave for it, and the time. Empty when nothing was."""

    digest: str = ""
    slack_hash: str = ""
    at: float = 0.0


class HomeMarks:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    @tells_outage
    async def known(self, team: str, user: str) -> ShownHome:
        fields: Any = await self._redis.hgetall(self._keys.home(team, user))
        texts = texts_of(fields)
        at = texts.get(AT, "")
        return ShownHome(texts.get(DIGEST, ""), texts.get(HASH, ""), float(at) if _TIME.fullmatch(at) else 0.0)

    @tells_outage
    async def note(self, team: str, user: str, digest: str, slack_hash: str) -> None:
        key = self._keys.home(team, user)
        async with self._redis.pipeline() as pipe:
            pipe.hset(key, mapping={DIGEST: digest, HASH: slack_hash, AT: f"{time.time():.6f}"})
            pipe.expire(key, KEPT_S)
            pipe.delete(self._keys.home_off)
            await pipe.execute()

    @tells_outage
    async def note_off(self) -> None:
        """Note that Slack refuses to publish: the tab is off in the app's settings."""
        await self._redis.set(self._keys.home_off, "1", ex=KEPT_S)

    @tells_outage
    async def is_off(self) -> bool:
        """Tell what Slack said last."""
        return bool(await self._redis.exists(self._keys.home_off))

    @tells_outage
    async def drop(self, team: str, user: str) -> bool:
        """Forget the person's tab. Return whether something was known."""
        return bool(await self._redis.delete(self._keys.home(team, user)))
