"""ApprovedCallRecords keeps the approved calls of a running turn: what each does, that it began, and its result.

The commit deletes them (`scripts.COMMIT`), so the next turn may do the same again when it is approved again.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.agent.approved_calls import ApprovedCall
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
    async def recorded(self, thread: ThreadId) -> Mapping[str, ApprovedCall]:
        fields: Any = await self._redis.hgetall(self._keys.approved_calls(thread))
        named = {name.decode(): value for name, value in fields.items()}
        return {key: await self._read(thread, key, value) for key, value in named.items() if _is_call(key)}

    @tells_outage
    async def begin(self, thread: ThreadId, key: str, call: ApprovedCall) -> ApprovedCall | None:
        """Return None to the first who begins this call: only that one may do it. Return the earlier record to
        others.
        """
        calls = self._keys.approved_calls(thread)
        if await self._redis.hsetnx(calls, key, self._packed(thread, key, call)):
            await self._redis.expire(calls, DAY_S)
            return None
        record: Any = await self._redis.hget(calls, key)
        return await self._read(thread, key, record) if record else call

    async def ended(self, thread: ThreadId, key: str, call: ApprovedCall) -> None:
        with suppress(StateError):
            await self._put(thread, key, call)

    @tells_outage
    async def first_told(self, thread: ThreadId, key: str) -> bool:
        return bool(await self._redis.hsetnx(self._keys.approved_calls(thread), f"{TOLD}{key}", b"1"))

    @tells_outage
    async def _put(self, thread: ThreadId, key: str, call: ApprovedCall) -> None:
        calls = self._keys.approved_calls(thread)
        if await self._redis.hexists(calls, key):  # not after the commit of a worker that took the turn over
            await self._redis.hset(calls, key, self._packed(thread, key, call))

    def _packed(self, thread: ThreadId, key: str, call: ApprovedCall) -> bytes:
        words = call.detail if isinstance(call.detail, str) else ""
        arguments = () if isinstance(call.detail, str) else call.detail
        record = _CallRecord(call.action, words, arguments, call.result)
        return self._seal.pack({"v": VERSION, **asdict(record)}, self._keys.approved_calls(thread), key)

    async def _read(self, thread: ThreadId, key: str, value: bytes) -> ApprovedCall:
        calls = self._keys.approved_calls(thread)
        try:
            record = read(_CallRecord, self._seal.unpack(value, calls, key))
        except RecordUnreadable as error:
            await note(self._redis, self._keys, "approved call", f"{calls} {key}", error.detail)
            return ApprovedCall("", "")  # the call was begun, and its result is unknown
        return ApprovedCall(record.action, record.words or record.arguments, record.told)


def _is_call(field: str) -> bool:
    return not field.startswith(TOLD)
