"""ApprovedCalls makes a call that a person has approved only once in a turn, also when its worker is killed meanwhile.

The store records a call before it begins, and its result after it has ended. A worker that takes the turn over reads
these records. It does not repeat a call that has ended. Nobody can know whether a call that only began was done, so the
person is told.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.agent.ports import Approval, Detail, Result, ToolFailed, Work
from bot.core.model.messages import Ask, Message, Text
from bot.core.thread.inbound import ThreadId
from bot.core.thread.lease import Lease
from bot.errors import StateError

UNSURE = (
    "The person approved this, and it was begun before an interruption in this turn; whether it was done is not known. "
    "It was not called again, and must not be: tell the person that they have to look for themselves."
)
BEFORE = (
    "(This turn was interrupted and begins again. Before that the person approved the calls below. They are not to be "
    "made again.\n{calls})"
)
DONE = "- {action} {detail}: done. It told: {told}"
BEGUN = "- {action} {detail}: begun; whether it was done is not known."
MOST_TOLD = 2_000
_PICTURE = re.compile(r"\{\d+\}")
PICTURE_GONE = "(a picture that is no longer at hand)"


@dataclass(frozen=True, slots=True)
class ApprovedCall:
    """A call that was begun. `action` and `detail` are what the person was asked. `result` is None when it is not known
    whether the call has ended.
    """

    action: str
    detail: Detail
    result: str | None = None


class CallRecords(Protocol):
    """The store of the approved calls of a thread's running turn. `key` identifies a call. Raises StateError."""

    async def recorded(self, thread: ThreadId) -> Mapping[str, ApprovedCall]:
        """Return the recorded calls of the turn, by key."""
        ...

    async def begin(self, thread: ThreadId, key: str, call: ApprovedCall) -> ApprovedCall | None:
        """Record that the call begins, and return None. When it was recorded before, return that record."""
        ...

    async def ended(self, thread: ThreadId, key: str, call: ApprovedCall) -> None:
        """Record the result. Never fails: without the record, the call counts as begun."""
        ...

    async def first_told(self, thread: ThreadId, key: str) -> bool:
        """Return True the first time, when the person has to be told about the call."""
        ...


Tell = Callable[[ApprovedCall], Awaitable[None]]


class ApprovedCalls:
    """The approved calls of one attempt at a turn. `tell_unsure` tells the person about a call that may or may not have
    been done; it never fails.
    """

    def __init__(self, records: CallRecords, lease: Lease, tell_unsure: Tell) -> None:
        self._records = records
        self._thread = lease.thread
        self._lease = lease
        self._tell_unsure = tell_unsure
        self._numbers: Counter[str] = Counter()
        self._earlier: Mapping[str, ApprovedCall] = {}

    async def look_back(self) -> tuple[ApprovedCall, ...]:
        """Return the calls of earlier attempts at this turn. Tell the person about those that may have been done."""
        with suppress(StateError):  # `begin` looks again before each call
            self._earlier = await self._records.recorded(self._thread)
        for key, call in self._earlier.items():
            if call.result is None:
                await self._say_unsure(key, call)
        return tuple(self._earlier.values())

    async def do(self, ask: Approval, action: str, detail: Detail, work: Work) -> Result | None:
        """Ask the person, and make the call. Return None when they say no. A call that an earlier attempt has begun is
        neither asked about nor made again.
        """
        key = self._key(action, detail)
        call = self._earlier.get(key)
        if call is None:
            if not await ask(action, detail):
                return None
            await self._lease.check()  # a worker that was paused while the person thought may have lost the turn
            call = await self._records.begin(self._thread, key, ApprovedCall(action, detail))
        if call is None:
            return await self._make(key, ApprovedCall(action, detail), work)
        if call.result is None:
            await self._say_unsure(key, call)
            raise ToolFailed(UNSURE)
        return Result(_PICTURE.sub(PICTURE_GONE, call.result), is_untrusted=True)

    async def _make(self, key: str, call: ApprovedCall, work: Work) -> Result:
        try:
            result = await work()
        except ToolFailed as error:
            await self._records.ended(self._thread, key, replace(call, result=error.detail))
            raise
        await self._records.ended(self._thread, key, replace(call, result=result.text))
        return result

    async def _say_unsure(self, key: str, call: ApprovedCall) -> None:
        try:
            is_first = await self._records.first_told(self._thread, key)
        except StateError:
            is_first = True  # to tell a person twice is better than never
        if is_first:
            await self._tell_unsure(call)

    def _key(self, action: str, detail: Detail) -> str:
        """Return the key of a call. Another attempt gets the same key, also when the model orders the arguments in
        another way.
        """
        given = detail if isinstance(detail, str) else sorted([argument.name, argument.value] for argument in detail)
        about = json.dumps([action, given])
        self._numbers[about] += 1
        return hashlib.sha256(f"{self._numbers[about]} {about}".encode()).hexdigest()


def reminded(ask: Ask, calls: tuple[ApprovedCall, ...]) -> Ask:
    """Add to the request which approved calls were made before the interruption."""
    if not calls:
        return ask
    words = BEFORE.format(calls="\n".join(map(_line, calls)))
    return replace(ask, messages=(*ask.messages, Message("user", (Text(words),))))


def _line(call: ApprovedCall) -> str:
    arguments = (
        call.detail
        if isinstance(call.detail, str)
        else str({argument.name: argument.value for argument in call.detail})
    )
    if call.result is None:
        return BEGUN.format(action=call.action, detail=arguments[:MOST_TOLD])
    return DONE.format(action=call.action, detail=arguments[:MOST_TOLD], told=call.result[:MOST_TOLD])
