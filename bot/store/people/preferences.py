"""What people have chosen, per workspace, channel and person. ByScope until it is changed.

Instructions are people's words: they are sealed as what is said in threads is.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.people.preferences import Choice, Language, Preferences, ScopedPreferences, chosen, read_preferences
from bot.core.records import VERSION, read
from bot.core.thread.inbound import Inbound
from bot.errors import RecordUnreadable, StateError
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.replies import text_of, texts_of
from bot.store.unreadable import note

INSTRUCTIONS = "instructions"
# What is asked before a message is acknowledged is known for so long; other processes know of a change after that.
HEARING_S = 5.0
MOST_HEARINGS = 1_000
_NO_SEAL = Seal()


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands sealed."""

    text: str


class PreferenceStore:
    def __init__(self, redis: Redis, keys: Keys, default: Choice, seal: Seal = _NO_SEAL) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self.default = default
        self._hearings: dict[tuple[str, str], tuple[float, Choice]] = {}

    @tells_outage
    async def choice(self, inbound: Inbound) -> Choice:
        """What counts for a message: of its asker, else of its channel, else of its workspace, else the default."""
        return chosen(await self.by_scope(inbound.team, inbound.user, inbound.channel), self.default)

    @tells_outage
    async def now(self, team: str, scopes: Sequence[str]) -> Choice:
        """What counts in these scopes, the last three at most of a person, a channel and the workspace."""
        narrower: list[str | None] = [None] * (3 - len(scopes))
        return chosen(await self._of(team, *narrower, *scopes), self.default)

    @tells_outage
    async def by_scope(self, team: str, user: str, channel: str) -> ScopedPreferences:
        """What was chosen for a person at a place; `channel` empty: of no place in particular."""
        return await self._of(team, user or None, channel or None, "")

    @tells_outage
    async def language(self, team: str, user: str, channel: str) -> Language:
        """Of the bot's own words, to this person at this place; `channel` may be empty."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for scope in filter(None, (user, channel)):
                pipe.hget(self._keys.prefs(team, scope), "language")
            pipe.hget(self._keys.prefs(team), "language")
            found: Any = await pipe.execute()
        told = (read_preferences({"language": text_of(one)}).language for one in found if one)
        return next((one for one in told if one), self.default.language)

    async def channel_choice(self, team: str, channel: str) -> Choice:
        """Of a channel, for everybody there. Known for a few seconds: it is asked of every message before Slack is told
        that it arrived. What was known last counts while the store is away.
        """
        known = self._hearings.get((team, channel))
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            found = await self.now(team, (channel, ""))
        except StateError:
            if known is None:
                raise
            return known[1]
        if len(self._hearings) >= MOST_HEARINGS:
            self._hearings.clear()
        self._hearings[team, channel] = time.monotonic() + HEARING_S, found
        return found

    @tells_outage
    async def of_person(self, team: str, user: str) -> dict[str, str]:
        """All that they have chosen, by its name; also of a channel, by its id."""
        return await self._told(self._keys.prefs(team, user), await self._redis.hgetall(self._keys.prefs(team, user)))

    @tells_outage
    async def choose(self, team: str, scope: str, name: str, value: str) -> None:
        """`name` is a field of Preferences; `scope` a person's or a channel's id, or empty for the workspace."""
        key = self._keys.prefs(team, scope)
        kept = self._seal.pack({"v": VERSION, "text": value}, key, name) if name == INSTRUCTIONS else value
        await self._redis.hset(key, name, kept)
        self._hearings.clear()

    @tells_outage
    async def clear(self, team: str, scope: str, name: str) -> None:
        """What is wider counts again."""
        await self._redis.hdel(self._keys.prefs(team, scope), name)
        self._hearings.clear()

    async def _of(self, team: str, person: str | None, channel: str | None, workspace: str | None) -> ScopedPreferences:
        """Of each scope by its id; None for one that does not count."""
        names = [None if one is None else self._keys.prefs(team, one) for one in (person, channel, workspace)]
        wanted = [name for name in names if name is not None]
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in wanted:
                pipe.hgetall(name)
            found = dict(zip(wanted, await pipe.execute(), strict=True))
        kept = [read_preferences(await self._told(one, found[one])) if one else Preferences() for one in names]
        return ScopedPreferences(kept[0], kept[1], kept[2], user=person or "")

    async def _told(self, key: str, fields: Any) -> dict[str, str]:
        """As plain words; what can't be opened counts as nothing."""
        sealed = fields.pop(INSTRUCTIONS.encode(), None)
        told = texts_of(fields)
        if sealed is not None:
            try:
                told[INSTRUCTIONS] = read(_Words, self._seal.unpack(sealed, key, INSTRUCTIONS)).text
            except RecordUnreadable as wrong:
                await note(self._redis, self._keys, "instructions", key, wrong.detail)
        return told
