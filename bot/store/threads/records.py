"""What stands in a thread's keys, read one by one: what can't be read stops nothing else from being read."""

import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any

import structlog
from redis.asyncio import Redis

from bot.core.ids import check_ts
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import FoldedTurns, Instructions, Turn
from bot.core.thread.inbound import Inbound, ThreadId
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
    """Raises redis' own errors: for `threads.Threads`."""

    def __init__(self, redis: Redis, keys: Keys, seal: Seal) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self._dead_letters = DeadLetters(redis, keys, seal)
        self._away = redis.register_script(scripts.SET_ASIDE)

    async def inbox(self, thread: ThreadId, fields: Mapping[bytes, bytes]) -> tuple[Inbound, ...]:
        """In Slack's order; what can't be read is set aside, and keeps nothing else waiting."""
        key, messages = self._keys.inbox(thread), []
        for field, value in fields.items():
            try:
                # The first byte is the rank by which the twin that knows the files wins.
                messages.append(_message(self._seal.unpack(value[1:], key, text_of(field)), field))
            except RecordUnreadable as wrong:
                await self._set_aside(thread, field, value, wrong.detail)
        return tuple(sorted(messages, key=lambda message: float(message.ts)))

    async def _set_aside(self, thread: ThreadId, field: bytes, value: bytes, reason: str) -> None:
        reference = secrets.token_hex(4)
        log.error("message.unreadable", reference=reference, conversation=str(thread), reason=reason)
        payload = self._dead_letters.packed_unread(thread, RawMessage.of(field, value), reason)
        await self._away(
            keys=[self._keys.inbox(thread), self._keys.waiting, self._keys.dead_letters],
            args=[field, value, reference, payload, str(thread)],
        )

    async def turns(self, key: str, fields: Mapping[bytes, bytes]) -> AsyncGenerator[tuple[bytes, Turn]]:
        """Those that can be read, by the field they stand in."""
        for name, value in fields.items():
            number = name.removeprefix(b"turn:")
            if number == name:
                continue
            try:
                turn = Turn.from_json(self._seal.unpack(value, key, "turn"))
                yield name, replace(turn, number=_numbered(number))
            except RecordUnreadable as wrong:
                await note(self._redis, self._keys, "turn", f"{key} {text_of(name)}", wrong.detail)

    async def folded(self, value: bytes, key: str) -> FoldedTurns:
        try:
            return FoldedTurns.from_json(self._seal.unpack(value, key, "folded"))
        except RecordUnreadable as wrong:
            await note(self._redis, self._keys, "summary", key, wrong.detail)
            return FoldedTurns()

    async def instructions(self, value: bytes, key: str) -> Instructions:
        """Unreadable: none, as nobody knows any more what was asked for."""
        try:
            return Instructions.from_json(self._seal.unpack(value, key, "instructions"))
        except RecordUnreadable as wrong:
            await note(self._redis, self._keys, "instructions", key, wrong.detail)
            return Instructions()

    async def progress(self, value: bytes, key: str) -> Checkpoint:
        """Unreadable: something may stand on the screen, and nobody knows what."""
        try:
            return Checkpoint.from_json(self._seal.unpack(value, key, "progress"))
        except RecordUnreadable as wrong:
            await note(self._redis, self._keys, "progress", key, wrong.detail)
            return Checkpoint(posting=True)


def _message(data: dict[str, Any], field: bytes) -> Inbound:
    """A commit takes it out by its own ts, so it has to stand there."""
    message = Inbound.from_json(data)
    if message.ts.encode() != field:
        raise RecordUnreadable("in another message's place")
    return message


def _numbered(number: bytes) -> int:
    if not (number.isdigit() and len(number) <= MOST_DIGITS):
        raise RecordUnreadable("no number")
    return int(number)


def since(value: bytes | None) -> str:
    """Unreadable: all until now was to be forgotten, as far as anybody knows."""
    told = text_of(value or "")
    try:
        check_ts(told or "0.0", "since")
    except PayloadMalformed:
        return f"{time.time():.6f}"
    return told
