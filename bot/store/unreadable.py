"""Notes which records could not be read, where they stand and why, for doctor and metrics.

The bot goes on without such a conversation, preview or title; a message also becomes a dead letter.
"""

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.core.records import plain, read
from bot.errors import RecordUnreadable
from bot.store.keys import DAY_S, Keys

log = structlog.get_logger(__name__)

KEPT_S = 7 * DAY_S
MOST = 1_000


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """`record` is the kind of the record. `reason` never tells what the record holds."""

    record: str
    key: str
    reason: str
    at_s: float


async def note(redis: Redis, keys: Keys, record: str, key: str, reason: str) -> None:
    """Note a record, once. It never fails, since the bot has already gone on without the record."""
    log.warning("record.unreadable", record=record, key=key, reason=reason)
    name = f"{record}:{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:16]}"
    value = json.dumps(asdict(UnreadableRecord(record, key, reason, time.time())))
    with suppress(RedisError, OSError):
        if await redis.hlen(keys.unreadable) < MOST:
            await redis.hset(keys.unreadable, name, value)
            await redis.expire(keys.unreadable, KEPT_S)


async def noted(redis: Redis, keys: Keys) -> tuple[UnreadableRecord, ...]:
    """Return what was noted, the oldest first."""
    values: Any = await redis.hvals(keys.unreadable)
    return tuple(sorted((_read(value) for value in values), key=lambda record: record.at_s))


def _read(value: bytes) -> UnreadableRecord:
    try:
        return read(UnreadableRecord, plain(value))
    except RecordUnreadable as error:
        return UnreadableRecord("note", "", error.detail, 0.0)
