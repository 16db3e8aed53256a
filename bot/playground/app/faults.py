"""Faults makes the next calls of a method fail, crawl or lose their answer, as a test asks for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.app.arguments import Args


@dataclass(slots=True)
class Fault:
    """What happens to a call. `is_after`: the call is carried out, and only its answer is lost or replaced.

    `times` None: always. `when` looks at the arguments. `retry_after` is a 429 with so many seconds. `gate`: the call
    waits until the event is set.
    """

    method: str
    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    delay_s: float = 0.0
    gate: asyncio.Event | None = None
    drop_connection: bool = False
    is_after: bool = False
    times: int | None = 1
    when: Callable[[Args], bool] | None = None
    hits: int = 0

    @property
    def is_busy(self) -> bool:
        return self.status == 429 or self.error == "ratelimited" or self.retry_after is not None

    async def hold(self) -> None:
        """Wait as long as the fault says."""
        await asyncio.sleep(self.delay_s)
        if self.gate is not None:
            await self.gate.wait()

    def fits(self, method: str, args: Args) -> bool:
        if self.method not in {method, "*"} or self.times == self.hits:
            return False
        return self.when is None or self.when(args)


@dataclass(slots=True)
class Faults:
    planned: list[Fault] = field(default_factory=list)

    def add(self, method: str, **effect: Any) -> Fault:
        """`method` is a Web API method, `*` for all, `response_url`, `download`, or `upload` for an upload's bytes."""
        fault = Fault(method, **effect)
        self.planned.append(fault)
        return fault

    def next_for(self, method: str, args: Args) -> Fault | None:
        for fault in self.planned:
            if fault.fits(method, args):
                fault.hits += 1
                return fault
        return None

    def clear(self) -> None:
        self.planned.clear()
