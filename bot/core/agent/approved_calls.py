"""What a person has approved is done once, also when the worker that does it is killed or paused in the middle.

Before an approved call begins, that is written down; when it has ended, what it told. Whoever takes the turn over finds
it there: what was done is not done again, and of what was only begun nobody can know, so the person is told.
"""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.agent.ports import Approval, Detail, Result, Tool, ToolFailed, Workbench
from bot.core.inbound import ThreadId
from bot.core.messages import ToolSpec

UNSURE = (
    "The person approved this, and it was begun before an interruption in this turn; whether it was done is not known. "
    "It was not called again, and must not be: tell the person that they have to look for themselves."
)

_begun: ContextVar[list[str] | None] = ContextVar("_begun", default=None)


@dataclass(frozen=True, slots=True)
class Left:
    """What an earlier attempt left of a call. `told` None: it was begun, and nothing is known of its end."""

    told: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A question by its id. `ts` of its message, empty where it is not known; `is_old`: it was asked before."""

    question: str
    ts: str = ""
    is_old: bool = False


async def _always() -> None:
    """Nobody else could have the turn."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The hold of an attempt on its turn. `allowed` raises when another worker has it; `is_over` is asked when the turn
    is cancelled: False means that somebody else goes on with it.
    """

    allowed: Callable[[], Awaitable[None]] = _always
    is_over: Callable[[], bool] = lambda: True


ALWAYS = Holding()


class Deeds(Protocol):
    """Of one thread's turn, until its commit. Raise StateError when the store does not answer."""

    async def found(self, thread: ThreadId, deed: str) -> Left | None: ...

    async def begin(self, thread: ThreadId, deed: str) -> Left | None:
        """None: it is ours to do; it counts as begun from here."""
        ...

    async def ended(self, thread: ThreadId, deed: str, told: str) -> None: ...


class Person(Approval, Protocol):
    """Who is asked in a turn."""

    async def tell_unsure(self, action: str, detail: Detail) -> None:
        """Nobody can know whether this was done. Never fails."""
        ...


class _DoneBefore(Exception):  # it is no error: it leaves the tool where it would have begun
    def __init__(self, left: Left) -> None:
        super().__init__("done before")
        self.left = left


class OnceOnly:
    """Of one attempt at a turn. `allowed` raises when the right to write is gone."""

    def __init__(
        self, deeds: Deeds, thread: ThreadId, person: Person, ask: Approval, allowed: Callable[[], Awaitable[None]]
    ) -> None:
        self._deeds = deeds
        self._thread = thread
        self._person = person
        self._ask = ask
        self._allowed = allowed
        self._asked: Counter[str] = Counter()

    async def approve(self, action: str, detail: Detail) -> bool:
        subject = f"{action}\n{detail}"
        self._asked[subject] += 1
        deed = hashlib.sha256(f"{self._asked[subject]}\n{subject}".encode()).hexdigest()
        await self._allowed()
        left = await self._deeds.found(self._thread, deed)
        if left is None:
            if not await self._ask(action, detail):
                return False
            await self._allowed()
            left = await self._deeds.begin(self._thread, deed)
        if left is not None:
            if left.told is None:
                await self._person.tell_unsure(action, detail)
            raise _DoneBefore(left)
        if (begun := _begun.get()) is not None:
            begun.append(deed)
        return True

    def around(self, tool: Tool) -> "OnceTool":
        return OnceTool(tool, self._ended)

    async def _ended(self, deed: str, told: str) -> None:
        await self._deeds.ended(self._thread, deed, told)


class OnceTool:
    def __init__(self, tool: Tool, ended: Callable[[str, str], Awaitable[None]]) -> None:
        self._tool = tool
        self._ended = ended

    @property
    def spec(self) -> ToolSpec:
        return self._tool.spec

    @property
    def doing(self) -> str:
        return self._tool.doing

    async def call(self, arguments: Mapping[str, Any], bench: Workbench) -> Result:
        begun: list[str] = []
        token = _begun.set(begun)
        try:
            result = await self._tool.call(arguments, bench)
        except _DoneBefore as before:
            if before.left.told is None:
                raise ToolFailed(UNSURE) from None
            return Result(before.left.told, is_untrusted=True)
        except ToolFailed as failed:
            await self._all_ended(begun, failed.detail)  # it has an end, and is not to be done again unasked
            raise
        finally:
            _begun.reset(token)
        await self._all_ended(begun, result.text)
        return result

    async def _all_ended(self, begun: list[str], told: str) -> None:
        for deed in begun:
            await self._ended(deed, told)
