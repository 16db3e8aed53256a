"""How long a reader may go on: one that runs out of time ends with what it has, and is not killed with nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_LOOKS_EVERY = 16  # items: a look at the clock costs as much as a small item


class Deadline:
    """`seconds` from now on, None for ever."""

    def __init__(
        self, seconds: float | None = None, now: Callable[[], float] = time.monotonic, whole: "Deadline | None" = None
    ) -> None:
        self._now = now
        self._until = None if seconds is None else now() + seconds
        self._whole = whole
        self.was_met = False  # whether something was left out because of it

    @property
    def is_over(self) -> bool:
        return self._until is not None and self._now() >= self._until

    def meet(self) -> None:
        """Something is left out because of it."""
        self.was_met = True
        if self._whole is not None:
            self._whole.meet()

    def part(self, share: float) -> "Deadline":
        """One for a step that must leave time for the next ones: this share of what is left."""
        left = None if self._until is None else max(0.0, self._until - self._now()) * share
        return Deadline(left, self._now, self)

    def each(self, items: Iterable[T], looks_every: int = 1) -> Iterator[T]:
        """The items until the time is up. What comes after is left out, and `was_met` says so."""
        for at, item in enumerate(items):
            if at % looks_every == 0 and self.is_over:
                self.meet()
                return
            yield item

    def each_small(self, items: Iterable[T]) -> Iterator[T]:
        """As `each`, for items of some microseconds."""
        return self.each(items, _LOOKS_EVERY)
