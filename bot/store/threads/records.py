"""ThreadRecords reads what stands in a thread's keys, one record at a time: an unreadable one stops no other."""

import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any

import structlog
from redis.asyncio import Redis

from bot.core.ids import check_ts
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import FoldedTurns, Instructions
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.turn import Turn
from bot.errors import PayloadMalformed, RecordUnreadable
from bot.store import scripts
from bot.store.dead_letters import DeadLetters, RawMessage
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.replies import text_of
from bot.store.unreadable import note

log = structlog.get_logger(__name__)

MOST_DIGITS = 9


class ThreadRecords:
    """For `threads.Threads`. Raises the errors of redis."""

    def __init__(self, redis: Redis, keys: Keys, seal: Seal) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self._dead_letters = DeadLetters(redis, keys, seal)
        self._set_aside_script = redis.register_script(scripts.SET_ASIDE)

    async def inbox(self, thread: ThreadId, fields: Mapping[bytes, bytes]) -> tuple[Inbound, ...]:
        """Return the waiting messages in Slack's order. One that can't be read is set aside, so that it blocks no
        other.
        """
        key, messages = self._keys.inbox(thread), []
        for field, value in fields.items():
            try:
                # The first byte is the rank by which the twin that knows the files wins (scripts.ADMIT).
                messages.append(_message(self._seal.unpack(value[1:], key, text_of(field)), field))
            except RecordUnreadable as error:
                await self._set_aside(thread, field, value, error.detail)
        return tuple(sorted(messages, key=lambda message: float(message.ts)))

    async def _set_aside(self, thread: ThreadId, field: bytes, value: bytes, reason: str) -> None:
        reference = secrets.token_hex(4)
        log.error("message.unreadable", reference=reference, conversation=str(thread), reason=reason)
        payload = self._dead_letters.packed_unread(thread, RawMessage.of(field, value), reason)
        await self._set_aside_script(
            keys=[self._keys.inbox(thread), self._keys.waiting, self._keys.dead_letters],
            args=[field, value, reference, payload, str(thread)],
        )

    async def turns(self, key: str, fields: Mapping[bytes, bytes]) -> AsyncGenerator[tuple[bytes, Turn]]:
        """Yield the turns that can be read, with the field that each stands in."""
        for name, value in fields.items():
            number = name.removeprefix(b"turn:")
            if number == name:
                continue
            try:
                turn = Turn.from_json(self._seal.unpack(value, key, "turn"))
                yield name, replace(turn, number=_numbered(number))
            except RecordUnreadable as error:
                await note(self._redis, self._keys, "turn", f"{key} {text_of(name)}", error.detail)

    async def folded(self, value: bytes, key: str) -> FoldedTurns:
        try:
            return FoldedTurns.from_json(self._seal.unpack(value, key, "folded"))
        except RecordUnreadable as error:
            await note(self._redis, self._keys, "summary", key, error.detail)
            return FoldedTurns()

    async def instructions(self, value: bytes, key: str) -> Instructions:
        """Return the instructions; none when they can't be read, since nobody knows any more what was asked for."""
        try:
            return Instructions.from_json(self._seal.unpack(value, key, "instructions"))
        except RecordUnreadable as error:
            await note(self._redis, self._keys, "instructions", key, error.detail)
            return Instructions()

    async def progress(self, value: bytes, key: str) -> Checkpoint:
        """Return the checkpoint. When it can't be read, an unknown message may stand on the screen."""
        try:
            return Checkpoint.from_json(self._seal.unpack(value, key, "progress"))
        except RecordUnreadable as error:
            await note(self._redis, self._keys, "progress", key, error.detail)
            return Checkpoint(posting=True)


def _message(data: dict[str, Any], field: bytes) -> Inbound:
    """Read a message. It must stand in the field of its own ts, by which the commit removes it."""
    message = Inbound.from_json(data)
    if message.ts.encode() != field:
        raise RecordUnreadable("in another message's place")
    return message


def _numbered(number: bytes) -> int:
    if not (number.isdigit() and len(number) <= MOST_DIGITS):
        raise RecordUnreadable("no number")
    return int(number)


def since(value: bytes | None) -> str:
    """Return the time before which nothing is read. Unreadable: as far as anybody knows, all until now is forgotten."""
    ts = text_of(value or "")
    try:
        check_ts(ts or "0.0", "since")
    except PayloadMalformed:
        return f"{time.time():.6f}"
    return ts
