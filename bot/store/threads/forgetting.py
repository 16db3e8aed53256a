"""Forgetting deletes what has to go before its time: deleted messages and files, and people who want to be forgotten.

What was made of it goes as well: the thread's summary, which is written again when it is needed, and the cached bytes
of files.
"""

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

from redis.asyncio import Redis

from bot.core.citations.transcript import SPEAKER
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.turn import Turn, TurnMessage
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
        """Delete a message. Its turn goes when it held no other question. What was gathered of the channel for a
        summary goes too, since the message may be a part of it; the next summary gathers it again.
        """
        await self._change(thread, lambda turn: _without(turn, lambda message: message.ts == ts))
        members: Any = await self._redis.smembers(self._keys.summed(thread.team, thread.channel))
        for member in members:
            if summary := _parsed(member.decode(errors="replace")):
                await self._change(summary, lambda turn: _without_talk(turn, thread, ts))

    @tells_outage
    async def file(self, team: str, file_id: str) -> tuple[ThreadId, ...]:
        """Delete a file. Return the threads that knew it."""
        members: Any = await self._redis.smembers(self._keys.filed(team, file_id))
        threads = [thread for member in members if (thread := _parsed(member.decode(errors="replace")))]
        for thread in threads:
            await self._change(thread, lambda turn: _without_file(turn, file_id))
        await self._blobs.drop(team, [file_id], ())
        await self._redis.delete(self._keys.filed(team, file_id))
        return tuple(threads)

    @tells_outage
    async def note_sources(self, thread: ThreadId, turn: Turn, kept_s: int) -> None:
        """Note which files and summarized channels a thread knows, for the day when something of them is deleted."""
        keys = {self._keys.filed(thread.team, file_id) for file_id, _ in _files_of(turn) if file_id}
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
        """Note that nothing the person has said until now may be read any more."""
        await self._redis.hset(self._keys.forgotten(team), user, f"{time.time():.6f}")

    @tells_outage
    async def forgotten_until(self, team: str, user: str) -> float:
        """Return the time until which the person wants to be forgotten; 0 for no wish."""
        value: Any = await self._redis.hget(self._keys.forgotten(team), user)
        try:
            return float(value or 0)
        except ValueError:
            return time.time()  # unreadable: as far as anybody knows, all until now has to be forgotten

    @tells_outage
    async def waiting_of(self, team: str, user: str) -> tuple[Inbound, ...]:
        """Return the messages of a person that are not answered yet."""
        found: list[Inbound] = []
        members: Any = await self._redis.zrange(self._keys.waiting, 0, -1)
        for member in members:
            thread = _parsed(member.decode(errors="replace"))
            if thread and thread.team == team:
                fields: Any = await self._redis.hgetall(self._keys.inbox(thread))
                found += [message for message in await self._records.inbox(thread, fields) if message.user == user]
        return tuple(found)

    @tells_outage
    async def person(self, team: str, user: str, name: str) -> None:
        """Delete all that is known of what a person said, asked and chose. `name` finds records of older versions,
        which knew people by their names.
        """
        async for thread in self.threads(team):
            await self._change(thread, lambda turn: _without(turn, lambda message: _is_by(message, user, name)))
            await self._drop_feedback(thread, user)
            await self._drop_instructions(thread, user)
        for letter in await self._dead_letters.all():
            is_theirs = any(message.user == user for message in letter.messages)
            if letter.thread and letter.thread.team == team and is_theirs:
                await self._redis.hdel(self._keys.dead_letters, letter.reference)
        keys = self._keys
        own = [make(team, user) for make in (keys.prefs, keys.looking, keys.greeted, keys.held, keys.home)]
        await self._redis.delete(*own)

    @tells_outage
    async def place(self, team: str, channel: str) -> None:
        """Delete what was chosen for a channel."""
        await self._redis.delete(self._keys.prefs(team, channel))

    async def threads(self, team: str, channel: str = "") -> AsyncGenerator[ThreadId]:
        async for raw in self._redis.scan_iter(match=self._keys.threads_of(team, channel), count=SCANNED):
            if thread := _parsed(self._keys.thread_in(raw.decode(errors="replace"))):
                yield thread

    # -- turns --------------------------------------------------------------------------------------------------

    async def _change(self, thread: ThreadId, change: Change) -> None:
        """Change the turns of a thread. `change` returns the turn to keep, or None to delete it."""
        key = self._keys.thread(thread)
        fields: Any = await self._redis.hgetall(key)
        async for name, turn in self._records.turns(key, fields):
            changed = change(turn)
            if changed == turn:
                continue
            if changed is None:
                await self._redis.hdel(key, name)
            else:
                await self._redis.hset(key, name, self._seal.pack(changed.to_json(), key, "turn"))
            # The summary may tell of the change, and it counts turns: it is written again when it is needed.
            await self._redis.hdel(key, "folded")
            await self._drop(thread.team, _contents(turn) - (_contents(changed) if changed else set()))

    async def _drop(self, team: str, dropped: set[tuple[str, str]]) -> None:
        await self._blobs.drop(team, [file_id for file_id, _ in dropped if file_id], [sha256 for _, sha256 in dropped])

    async def _drop_instructions(self, thread: ThreadId, user: str) -> None:
        """Delete the instructions of the person who began the thread; those of others stay."""
        key = self._keys.thread(thread)
        value: Any = await self._redis.hget(key, "instructions")
        if not value:
            return
        instructions = await self._records.instructions(value, key)
        remaining = instructions.without(user)
        if not remaining.told:
            await self._redis.hdel(key, "instructions")
        elif remaining != instructions:
            await self._redis.hset(key, "instructions", self._seal.pack(remaining.to_json(), key, "instructions"))

    async def _drop_feedback(self, thread: ThreadId, user: str) -> None:
        key = self._keys.thread(thread)
        names: Any = await self._redis.hkeys(key)
        theirs = [name for name in names if name.startswith(b"feedback:") and name.endswith(f":{user}".encode())]
        if theirs:
            await self._redis.hdel(key, *theirs)


def _without(turn: Turn, is_gone: Callable[[TurnMessage], bool]) -> Turn | None:
    """Return None when no question is left: an answer without its question belongs to nobody."""
    messages = tuple(message for message in turn.said if not is_gone(message))
    if len(messages) == len(turn.said):
        return turn
    return replace(turn, said=messages) if any(message.role == "question" for message in messages) else None


def _without_file(turn: Turn, file_id: str) -> Turn:
    messages = tuple(
        replace(
            message,
            pictures=tuple(picture for picture in message.pictures if picture.file_id != file_id),
            papers=tuple(paper for paper in message.papers if paper.file_id != file_id),
        )
        for message in turn.said
    )
    return turn if messages == turn.said else replace(turn, said=messages)


def _without_talk(turn: Turn, thread: ThreadId, ts: str) -> Turn:
    """Drop what was gathered for a summary that may hold this message of the thread."""
    spans = turn.brief.spans if turn.brief else ()
    if not any(span.channel == thread.channel and span.root_ts in {"", thread.root_ts} for span in spans):
        return turn
    if ts and not any(float(span.oldest or 0) <= float(ts) <= float(span.until or ts) for span in spans):
        return turn
    return replace(turn, said=tuple(message for message in turn.said if message.speaker != SPEAKER))


def _is_by(message: TurnMessage, user: str, name: str) -> bool:
    if message.role not in {"question", "person"}:
        return False
    return message.user == user if message.user else bool(name) and message.speaker == name


def _files_of(turn: Turn) -> set[tuple[str, str]]:
    """Return (file, sha256) of all that came with the turn's messages."""
    pictures = {(picture.file_id, picture.sha256) for picture in turn.pictures}
    return pictures | {(paper.file_id, paper.sha256) for message in turn.said for paper in message.papers}


def _contents(turn: Turn) -> set[tuple[str, str]]:
    """Return (file, sha256) of all that the turn brought in or made."""
    return _files_of(turn) | {("", sha256) for made in turn.made for sha256 in (made.sha256, made.fallback)}


def _parsed(text: str) -> ThreadId | None:
    try:
        return ThreadId.parse(text)
    except PayloadMalformed:
        return None
