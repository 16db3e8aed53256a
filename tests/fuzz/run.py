"""Sends requests and says what they came to."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, islice

from tests.fuzz.mutations import Request, random_ones, raw_ones, systematic
from tests.fuzz.target import Target

AT_ONCE = 8
BATCH = 2_000


@dataclass
class Found:
    """`failed`: the names of requests that were answered with 500 or more, or not at all."""

    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.statuses.total()

    def __add__(self, other: "Found") -> "Found":
        return Found(self.statuses + other.statuses, self.failed + other.failed)


def requests(count: int, seed: int) -> list[Request]:
    """What is no payload, then the fields of every kind, spread over them as the count allows; the rest by chance."""
    raw, fields = list(raw_ones()), list(systematic())
    left = max(count - len(raw), 0)
    few = min(left * 2 // 3, len(fields))
    spread = [fields[index * len(fields) // few] for index in range(few)] if few else []
    return list(islice(chain(raw, spread, random_ones(seed)), count))


def batches(sent: list[Request]) -> list[list[Request]]:
    return [sent[start : start + BATCH] for start in range(0, len(sent), BATCH)]


async def send_all(target: Target, sent: Iterable[Request]) -> Found:
    found, waiting = Found(), iter(sent)

    async def one_after_the_other() -> None:
        for request in waiting:
            status = await target.send(request)
            found.statuses[status] += 1
            if status >= 500 or not status:
                found.failed.append(f"{status} {request.name}")

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_the_other())
    return found
