"""How long a reader may go on: one that runs out of time ends with what it has, and is not killed with nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_LOOKS_EVERY = 16  # items: a look at the clock costs as much as a small item


class Deadline:
    """`seconds` from now on, None for ever. Once over, it stays over."""

    def __init__(self, seconds: float | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until = None if seconds is None else now() + seconds
        self.was_met = False  # whether something was left out because of it

    @property
    def is_over(self) -> bool:
        return self._until is not None and (self.was_met or self._now() >= self._until)

    def each(self, items: Iterable[T], looks_every: int = 1) -> Iterator[T]:
        """The items until the time is up. What comes after is left out, and `was_met` says so."""
        for at, item in enumerate(items):
            if at % looks_every == 0 and self.is_over:
                self.was_met = True
                return
            yield item

    def each_small(self, items: Iterable[T]) -> Iterator[T]:
        """As `each`, for items of some microseconds."""
        return self.each(items, _LOOKS_EVERY)
