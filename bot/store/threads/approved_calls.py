"""ApprovedCallRecords keeps the approved calls of a running turn: what each does, that it began, and its result.

The commit deletes them (`scripts.COMMIT`), so the next turn may do the same again when it is approved again.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.agent.approved_calls import Left
from bot.core.agent.ports import Argument
from bot.core.records import VERSION, read
from bot.core.thread.inbound import ThreadId
from bot.errors import RecordUnreadable, StateError
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.unreadable import note

# Begins the field that says that the person was told of a call.
TOLD = "told:"


@dataclass(frozen=True, slots=True)
class _CallRecord:
    """`words` is a detail that is one text, `arguments` any other detail. `told` None: the call has not ended."""

    action: str = ""
    words: str = ""
    arguments: tuple[Argument, ...] = ()
    told: str | None = None


class ApprovedCallRecords:
    """A `core.agent.approved_calls.CallRecords` in Redis."""

    def __init__(self, redis: Redis, keys: Keys, seal: Seal) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal

    @tells_outage
    async def left(self, thread: ThreadId) -> Mapping[str, Left]:
        record: Any = await self._redis.hgetall(self._keys.approved_calls(thread))
        named = {name.decode(): value for name, value in record.items()}
        return {call: await self._read(thread, call, value) for call, value in named.items() if _is_call(call)}

    @tells_outage
    async def begin(self, thread: ThreadId, call: str, left: Left) -> Left | None:
        """Return None to the first who begins this call: only that one may do it. Return the earlier record to
        others.
        """
        key = self._keys.approved_calls(thread)
        if await self._redis.hsetnx(key, call, self._packed(thread, call, left)):
            await self._redis.expire(key, DAY_S)
            return None
        record: Any = await self._redis.hget(key, call)
        return await self._read(thread, call, record) if record else left

    async def ended(self, thread: ThreadId, call: str, left: Left) -> None:
        with suppress(StateError):
            await self._put(thread, call, left)

    @tells_outage
    async def first_told(self, thread: ThreadId, call: str) -> bool:
        return bool(await self._redis.hsetnx(self._keys.approved_calls(thread), f"{TOLD}{call}", b"1"))

    @tells_outage
    async def _put(self, thread: ThreadId, call: str, left: Left) -> None:
        key = self._keys.approved_calls(thread)
        if await self._redis.hexists(key, call):  # not after the commit of a worker that took the turn over
            await self._redis.hset(key, call, self._packed(thread, call, left))

    def _packed(self, thread: ThreadId, call: str, left: Left) -> bytes:
        words = left.detail if isinstance(left.detail, str) else ""
        arguments = () if isinstance(left.detail, str) else left.detail
        record = _CallRecord(left.action, words, arguments, left.told)
        return self._seal.pack({"v": VERSION, **asdict(record)}, self._keys.approved_calls(thread), call)

    async def _read(self, thread: ThreadId, call: str, value: bytes) -> Left:
        key = self._keys.approved_calls(thread)
        try:
            record = read(_CallRecord, self._seal.unpack(value, key, call))
        except RecordUnreadable as error:
            await note(self._redis, self._keys, "approved call", f"{key} {call}", error.detail)
            return Left("", "")  # the call was begun, and its result is unknown
        return Left(record.action, record.words or record.arguments, record.told)


def _is_call(field: str) -> bool:
    return not field.startswith(TOLD)
