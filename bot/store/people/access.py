"""AccessStore keeps what admins said about who may use the bot, whom we told that they may not, and how often another
bot was answered.
"""

import time
from typing import Any, get_args

from redis.asyncio import Redis

from bot.core.people.access import AccessList, Verdict
from bot.core.thread.inbound import Inbound
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.replies import texts_of

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Within any hour, so many messages of another bot are accepted in one place. An accepted message stays accepted.
# KEYS answers · ARGV ts now within_s most
TAKE_ANSWER = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2] - ARGV[3])
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


class AccessStore:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._take_answer = redis.register_script(TAKE_ANSWER)

    @tells_outage
    async def listed(self, team: str) -> AccessList:
        fields: Any = await self._redis.hgetall(self._keys.access(team))
        texts = texts_of(fields)
        return {id_: verdict for id_ in texts for verdict in VERDICTS if texts[id_] == verdict}

    @tells_outage
    async def put(self, team: str, id_: str, verdict: Verdict) -> None:
        """Note the verdict on a person or a channel, by id. The last one counts."""
        await self._redis.hset(self._keys.access(team), id_, verdict)

    @tells_outage
    async def note_told(self, team: str, channel: str, user: str, kind: str, within_s: int) -> bool:
        key = self._keys.refused(team, channel, user, kind)
        return bool(await self._redis.set(key, "1", ex=within_s, nx=True))

    @tells_outage
    async def forget_told(self, team: str, channel: str, user: str, kind: str) -> None:
        await self._redis.delete(self._keys.refused(team, channel, user, kind))

    @tells_outage
    async def take_answer(self, inbound: Inbound, most: int, within_s: int) -> bool:
        key = self._keys.bot_answers(inbound.team, inbound.channel, inbound.bot)
        return bool(await self._take_answer(keys=[key], args=[inbound.ts, time.time(), within_s, most]))
