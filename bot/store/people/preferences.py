"""PreferenceStore keeps what people have chosen for a workspace, a channel or themselves, until they change it.

Instructions are people's words, so they are sealed like what is said in threads.
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
# A channel's choice, asked for before a message is acknowledged, is cached so long; a change by another process shows
# then.
CHANNEL_CACHE_S = 5.0
MOST_CACHED_CHANNELS = 1_000
_NO_SEAL = Seal()


@dataclass(frozen=True, slots=True)
class _SealedText:
    """The content of a sealed field."""

    text: str


class PreferenceStore:
    def __init__(self, redis: Redis, keys: Keys, default: Choice, seal: Seal = _NO_SEAL) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self.default = default
        self._channel_cache: dict[tuple[str, str], tuple[float, Choice]] = {}

    @tells_outage
    async def choice(self, inbound: Inbound) -> Choice:
        """Return what counts for a message: its asker's choice, else the channel's, the workspace's, or the default."""
        return chosen(await self.by_scope(inbound.team, inbound.user, inbound.channel), self.default)

    @tells_outage
    async def now(self, team: str, scopes: Sequence[str]) -> Choice:
        """Return what counts in these scopes: up to three of person, channel and workspace, in this order, the last
        ones given.
        """
        narrower: list[str | None] = [None] * (3 - len(scopes))
        return chosen(await self._of(team, *narrower, *scopes), self.default)

    @tells_outage
    async def by_scope(self, team: str, user: str, channel: str) -> ScopedPreferences:
        """Return what was chosen for a person at a place; `channel` empty: at no particular place."""
        return await self._of(team, user or None, channel or None, "")

    @tells_outage
    async def language(self, team: str, user: str, channel: str) -> Language:
        """Return the language of the bot's own words for this person at this place; `channel` may be empty."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for scope in filter(None, (user, channel)):
                pipe.hget(self._keys.prefs(team, scope), "language")
            pipe.hget(self._keys.prefs(team), "language")
            found: Any = await pipe.execute()
        languages = (read_preferences({"language": text_of(value)}).language for value in found if value)
        return next(filter(None, languages), self.default.language)

    async def channel_choice(self, team: str, channel: str) -> Choice:
        """Return what counts in a channel for everybody there. It is cached for a few seconds, since it is asked for
        every message before Slack gets its acknowledgement. While Redis is away, the last known value counts.
        """
        cached = self._channel_cache.get((team, channel))
        if cached and cached[0] > time.monotonic():
            return cached[1]
        try:
            found = await self.now(team, (channel, ""))
        except StateError:
            if cached is None:
                raise
            return cached[1]
        if len(self._channel_cache) >= MOST_CACHED_CHANNELS:
            self._channel_cache.clear()
        self._channel_cache[team, channel] = time.monotonic() + CHANNEL_CACHE_S, found
        return found

    @tells_outage
    async def of_person(self, team: str, user: str) -> dict[str, str]:
        """Return all that a person has chosen, by name. Works for a channel's id too."""
        return await self._texts_of(
            self._keys.prefs(team, user), await self._redis.hgetall(self._keys.prefs(team, user))
        )

    @tells_outage
    async def choose(self, team: str, scope: str, name: str, value: str) -> None:
        """`name` is a field of Preferences; `scope` a person's or a channel's id, or empty for the workspace."""
        key = self._keys.prefs(team, scope)
        kept = self._seal.pack({"v": VERSION, "text": value}, key, name) if name == INSTRUCTIONS else value
        await self._redis.hset(key, name, kept)
        self._channel_cache.clear()

    @tells_outage
    async def clear(self, team: str, scope: str, name: str) -> None:
        """Remove a choice, so that the one of the wider scope counts again."""
        await self._redis.hdel(self._keys.prefs(team, scope), name)
        self._channel_cache.clear()

    async def _of(self, team: str, person: str | None, channel: str | None, workspace: str | None) -> ScopedPreferences:
        """Return what was chosen in each scope, by its id; None for a scope that does not count."""
        scopes = (person, channel, workspace)
        keys = [None if scope is None else self._keys.prefs(team, scope) for scope in scopes]
        wanted = [key for key in keys if key is not None]
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in wanted:
                pipe.hgetall(key)
            found = dict(zip(wanted, await pipe.execute(), strict=True))
        own, here, everyone = [
            read_preferences(await self._texts_of(key, found[key])) if key else Preferences() for key in keys
        ]
        return ScopedPreferences(own, here, everyone, user=person or "")

    async def _texts_of(self, key: str, fields: Any) -> dict[str, str]:
        """Return the fields as text. A sealed field that can't be opened is left out."""
        sealed = fields.pop(INSTRUCTIONS.encode(), None)
        texts = texts_of(fields)
        if sealed is not None:
            try:
                texts[INSTRUCTIONS] = read(_SealedText, self._seal.unpack(sealed, key, INSTRUCTIONS)).text
            except RecordUnreadable as error:
                await note(self._redis, self._keys, "instructions", key, error.detail)
        return texts
