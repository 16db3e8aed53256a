"""What people have chosen, per workspace, channel and person. Kept until it is changed."""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from bot.core.inbound import Inbound
from bot.core.people.preferences import COST, REASONING, THINKING, Choice, Preferences, chosen
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.replies import texts_of


class PreferenceStore:
    def __init__(self, redis: Redis, keys: Keys, default: Choice) -> None:
        self._redis = redis
        self._keys = keys
        self._default = default

    @tells_outage
    async def choice(self, inbound: Inbound) -> Choice:
        """What counts for a message: of its asker, else of its channel, else of its workspace, else the default."""
        return await self.now(inbound.team, (inbound.user, inbound.channel, ""))

    @tells_outage
    async def now(self, team: str, scopes: Sequence[str]) -> Choice:
        """What counts in these scopes, the last three at most of a person, a channel and the workspace."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for scope in scopes:
                pipe.hgetall(self._keys.prefs(team, scope))
            found = [_read(fields) for fields in await pipe.execute()]
        person, channel, workspace = [*[Preferences()] * (3 - len(found)), *found]
        return chosen(person, channel, workspace, self._default)

    @tells_outage
    async def of_person(self, team: str, user: str) -> dict[str, str]:
        """All that they have chosen, by its name."""
        fields: Any = await self._redis.hgetall(self._keys.prefs(team, user))
        return texts_of(fields)

    @tells_outage
    async def choose(self, team: str, scope: str, name: str, value: str) -> None:
        """`name` is a field of Preferences; `scope` a person's or a channel's id, or empty for the workspace."""
        await self._redis.hset(self._keys.prefs(team, scope), name, value)


def _read(fields: Any) -> Preferences:
    told = texts_of(fields)
    return Preferences(
        reasoning=next((one for one in REASONING if one == told.get("reasoning")), None),
        thinking=next((one for one in THINKING if one == told.get("thinking")), None),
        cost=next((one for one in COST if one == told.get("cost")), None),
    )
