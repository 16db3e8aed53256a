"""What leaves memory before its time: a message or a file deleted in Slack, a person who wants to be forgotten.

With what was said goes what was made of it: the thread's summary, which is made anew when it is next needed, and the
bytes of its files in the cache.
"""

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

from redis.asyncio import Redis

from bot.core.citations.transcript import SPEAKER
from bot.core.thread.conversation import Turn, TurnMessage
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import PayloadMalformed
from bot.store.blobs import Blobs
from bot.store.dead_letters import DeadLetters
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.threads.records import ThreadRecords

SCANNED = 500
Change = Callable[[Turn], Turn | None]


class Forgetting:
    def __init__(self, redis: Redis, keys: Keys, seal: Seal) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self._blobs = Blobs(redis, keys, seal=seal)
        self._dead_letters = DeadLetters(redis, keys, seal)
        self._records = ThreadRecords(redis, keys, seal)

    @tells_outage
    async def message(self, thread: ThreadId, ts: str) -> None:
        """Its turn goes when nothing else was asked in it. What was gathered of its channel for a summary goes too: it
        may be among it, and is gathered anew when the summary is written anew.
        """
        await self._change(thread, lambda turn: _without(turn, lambda said: said.ts == ts))
        members: Any = await self._redis.smembers(self._keys.summed(thread.team, thread.channel))
        for member in members:
            if summary := _parsed(member.decode(errors="replace")):
                await self._change(summary, lambda turn: _without_talk(turn, thread, ts))

    @tells_outage
    async def file(self, team: str, file_id: str) -> tuple[ThreadId, ...]:
        """Gives the threads that knew it."""
        members: Any = await self._redis.smembers(self._keys.filed(team, file_id))
        threads = [thread for member in members if (thread := _parsed(member.decode(errors="replace")))]
        for thread in threads:
            await self._change(thread, lambda turn: _without_file(turn, file_id))
        await self._blobs.drop(team, [file_id], ())
        await self._redis.delete(self._keys.filed(team, file_id))
        return tuple(threads)

    @tells_outage
    async def note_sources(self, thread: ThreadId, turn: Turn, kept_s: int) -> None:
        """In which threads files are known and channels summed up, for the day when something of them is deleted."""
        keys = {self._keys.filed(thread.team, file_id) for file_id, _ in _brought(turn) if file_id}
        if turn.brief:
            keys |= {self._keys.summed(thread.team, span.channel) for span in turn.brief.spans}
        if not keys:
            return
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.sadd(key, str(thread))
                pipe.expire(key, kept_s)
            await pipe.execute()

    # -- a person ---------------------------------------------------------------------------------------------------

    @tells_outage
    async def note_forgotten(self, team: str, user: str) -> None:
        """From now on nothing is read of what they have said until now."""
        await self._redis.hset(self._keys.forgotten(team), user, f"{time.time():.6f}")

    @tells_outage
    async def forgotten_until(self, team: str, user: str) -> float:
        """As a time; 0 for who has not asked for it."""
        told: Any = await self._redis.hget(self._keys.forgotten(team), user)
        try:
            return float(told or 0)
        except ValueError:
            return time.time()  # unreadable: all until now was to be forgotten, as far as anybody knows

    @tells_outage
    async def waiting_of(self, team: str, user: str) -> tuple[Inbound, ...]:
        """What they have asked and is not answered yet."""
        found: list[Inbound] = []
        members: Any = await self._redis.zrange(self._keys.waiting, 0, -1)
        for member in members:
            thread = _parsed(member.decode(errors="replace"))
            if thread and thread.team == team:
                fields: Any = await self._redis.hgetall(self._keys.inbox(thread))
                found += [one for one in await self._records.inbox(thread, fields) if one.user == user]
        return tuple(found)

    @tells_outage
    async def person(self, team: str, user: str, name: str) -> None:
        """All that is known of what they said, asked and chose. `name` is for what older versions wrote down, which
        knew people by their names.
        """
        async for thread in self.threads(team):
            await self._change(thread, lambda turn: _without(turn, lambda said: _is_by(said, user, name)))
            await self._drop_feedback(thread, user)
            await self._drop_instructions(thread, user)
        for one in await self._dead_letters.all():
            if one.thread and one.thread.team == team and any(message.user == user for message in one.messages):
                await self._redis.hdel(self._keys.dead_letters, one.reference)
        keys = self._keys
        own = [make(team, user) for make in (keys.prefs, keys.looking, keys.greeted, keys.held, keys.home)]
        await self._redis.delete(*own)

    @tells_outage
    async def place(self, team: str, channel: str) -> None:
        """What was chosen for it."""
        await self._redis.delete(self._keys.prefs(team, channel))

    async def threads(self, team: str, channel: str = "") -> AsyncGenerator[ThreadId]:
        async for raw in self._redis.scan_iter(match=self._keys.threads_of(team, channel), count=SCANNED):
            if thread := _parsed(self._keys.thread_in(raw.decode(errors="replace"))):
                yield thread

    # -- turns --------------------------------------------------------------------------------------------------

    async def _change(self, thread: ThreadId, change: Change) -> None:
        """`change` gives the turn as it is to be kept, None for one that goes."""
        key = self._keys.thread(thread)
        fields: Any = await self._redis.hgetall(key)
        async for name, turn in self._records.turns(key, fields):
            left = change(turn)
            if left == turn:
                continue
            if left is None:
                await self._redis.hdel(key, name)
            else:
                await self._redis.hset(key, name, self._seal.pack(left.to_json(), key, "turn"))
            # A summary may tell of it, and counts turns: it is written anew when it is next needed.
            await self._redis.hdel(key, "folded")
            await self._drop(thread.team, _contents(turn) - (_contents(left) if left else set()))

    async def _drop(self, team: str, gone: set[tuple[str, str]]) -> None:
        await self._blobs.drop(team, [one for one, _ in gone if one], [sha256 for _, sha256 in gone])

    async def _drop_instructions(self, thread: ThreadId, user: str) -> None:
        """Those of the person who began the thread; others' stay."""
        key = self._keys.thread(thread)
        value: Any = await self._redis.hget(key, "instructions")
        if not value:
            return
        left = (told := await self._records.instructions(value, key)).without(user)
        if not left.told:
            await self._redis.hdel(key, "instructions")
        elif left != told:
            await self._redis.hset(key, "instructions", self._seal.pack(left.to_json(), key, "instructions"))

    async def _drop_feedback(self, thread: ThreadId, user: str) -> None:
        key = self._keys.thread(thread)
        names: Any = await self._redis.hkeys(key)
        theirs = [one for one in names if one.startswith(b"feedback:") and one.endswith(f":{user}".encode())]
        if theirs:
            await self._redis.hdel(key, *theirs)


def _without(turn: Turn, is_gone: Callable[[TurnMessage], bool]) -> Turn | None:
    """None when no question is left of it: what was answered is nobody's any more."""
    left = tuple(said for said in turn.said if not is_gone(said))
    if len(left) == len(turn.said):
        return turn
    return replace(turn, said=left) if any(said.role == "question" for said in left) else None


def _without_file(turn: Turn, file_id: str) -> Turn:
    said = tuple(
        replace(
            one,
            pictures=tuple(picture for picture in one.pictures if picture.file_id != file_id),
            papers=tuple(paper for paper in one.papers if paper.file_id != file_id),
        )
        for one in turn.said
    )
    return turn if said == turn.said else replace(turn, said=said)


def _without_talk(turn: Turn, thread: ThreadId, ts: str) -> Turn:
    """Without what was gathered for its summary, where the message of this thread may be a part of that."""
    spans = turn.brief.spans if turn.brief else ()
    if not any(span.channel == thread.channel and span.root_ts in {"", thread.root_ts} for span in spans):
        return turn
    if ts and not any(float(span.oldest or 0) <= float(ts) <= float(span.until or ts) for span in spans):
        return turn
    return replace(turn, said=tuple(said for said in turn.said if said.speaker != SPEAKER))


def _is_by(said: TurnMessage, user: str, name: str) -> bool:
    if said.role not in {"question", "person"}:
        return False
    return said.user == user if said.user else bool(name) and said.speaker == name


def _brought(turn: Turn) -> set[tuple[str, str]]:
    """(file, sha256) of all that came with its messages."""
    pictures = {(one.file_id, one.sha256) for one in turn.pictures}
    return pictures | {(one.file_id, one.sha256) for said in turn.said for one in said.papers}


def _contents(turn: Turn) -> set[tuple[str, str]]:
    """(file, sha256) of all that it brought in or made."""
    return _brought(turn) | {("", sha256) for made in turn.made for sha256 in (made.sha256, made.fallback)}


def _parsed(told: str) -> ThreadId | None:
    try:
        return ThreadId.parse(told)
    except PayloadMalformed:
        return None
