"""What a person has approved is done once in a turn, also when the worker that does it is killed or paused meanwhile.

Before an approved call begins, that is written down; when it has ended, what it told. Whoever takes the turn over finds
it there: what was done is not done again, and of what was only begun nobody can know, so the person is told.
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
class Left:
    """A call that was begun: what the person was asked, and what it told. `told` None: nothing is known of its end."""

    action: str
    detail: Detail
    told: str | None = None


class CallRecords(Protocol):
    """The approved calls of a thread's turn, by a name for each, until its commit. Raise StateError when the store does
    not answer.
    """

    async def left(self, thread: ThreadId) -> Mapping[str, Left]: ...

    async def begin(self, thread: ThreadId, call: str, left: Left) -> Left | None:
        """None: it is ours to do, and counts as begun from here. Else what there is of it already."""
        ...

    async def ended(self, thread: ThreadId, call: str, left: Left) -> None:
        """Never fails: what is not written down stays begun."""
        ...

    async def first_told(self, thread: ThreadId, call: str) -> bool:
        """Whether the person is to be told of it now; True once."""
        ...


Tell = Callable[[Left], Awaitable[None]]


class ApprovedCalls:
    """Those of one attempt at a turn. `tell_unsure` tells the person of a call of which nobody knows whether it was
    done; it never fails.
    """

    def __init__(self, records: CallRecords, lease: Lease, tell_unsure: Tell) -> None:
        self._records = records
        self._thread = lease.thread
        self._lease = lease
        self._tell_unsure = tell_unsure
        self._numbers: Counter[str] = Counter()
        self._left: Mapping[str, Left] = {}

    async def look_back(self) -> tuple[Left, ...]:
        """What an earlier attempt at this turn has left. The person is told at once of what is not known."""
        with suppress(StateError):  # whoever begins a call looks again
            self._left = await self._records.left(self._thread)
        for call, left in self._left.items():
            if left.told is None:
                await self._say_unsure(call, left)
        return tuple(self._left.values())

    async def do(self, ask: Approval, action: str, detail: Detail, work: Work) -> Result | None:
        """Ask, and do it; None after a no. What an earlier attempt has begun is neither asked about nor done again."""
        call = self._name(action, detail)
        left = self._left.get(call)
        if left is None:
            if not await ask(action, detail):
                return None
            await self._lease.check()  # a worker that was paused while the person thought may have lost the turn
            left = await self._records.begin(self._thread, call, Left(action, detail))
        if left is None:
            return await self._done(call, Left(action, detail), work)
        if left.told is None:
            await self._say_unsure(call, left)
            raise ToolFailed(UNSURE)
        return Result(_PICTURE.sub(PICTURE_GONE, left.told), is_untrusted=True)

    async def _done(self, call: str, left: Left, work: Work) -> Result:
        try:
            result = await work()
        except ToolFailed as failed:
            await self._records.ended(self._thread, call, replace(left, told=failed.detail))
            raise
        await self._records.ended(self._thread, call, replace(left, told=result.text))
        return result

    async def _say_unsure(self, call: str, left: Left) -> None:
        try:
            is_first = await self._records.first_told(self._thread, call)
        except StateError:
            is_first = True  # better twice than never
        if is_first:
            await self._tell_unsure(left)

    def _name(self, action: str, detail: Detail) -> str:
        """The same for the same call in another attempt, however the model has ordered its arguments."""
        given = detail if isinstance(detail, str) else sorted([one.name, one.value] for one in detail)
        about = json.dumps([action, given])
        self._numbers[about] += 1
        return hashlib.sha256(f"{self._numbers[about]} {about}".encode()).hexdigest()


def reminded(ask: Ask, left: tuple[Left, ...]) -> Ask:
    """A question that also tells the model what was done before the interruption."""
    if not left:
        return ask
    words = BEFORE.format(calls="\n".join(map(_line, left)))
    return replace(ask, messages=(*ask.messages, Message("user", (Text(words),))))


def _line(left: Left) -> str:
    detail = left.detail if isinstance(left.detail, str) else str({one.name: one.value for one in left.detail})
    if left.told is None:
        return BEGUN.format(action=left.action, detail=detail[:MOST_TOLD])
    return DONE.format(action=left.action, detail=detail[:MOST_TOLD], told=left.told[:MOST_TOLD])
