"""How long a reader may go on: one that runs out of time or memory ends with what it has, and is not killed with
nothing.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from bot.documents.memory import Room

T = TypeVar("T")

_LOOKS_EVERY = 16  # items: a look at the clock costs as much as a small item
_ROOM_LOOKS_S = 0.002  # a look at the memory costs as much as a hundred at the clock
# Of the memory there is: where readers stop, at each try. The last is for files that take most of it to be opened.
AMPLE = (0.75, 0.3, 0.1, 0.95)
TIGHT = AMPLE[1:]  # for a file whose reading ended a worker


class Deadline:
    """`seconds` from now on, None for ever, and as long as there is `room`."""

    def __init__(
        self,
        seconds: float | None = None,
        now: Callable[[], float] = time.monotonic,
        whole: "Deadline | None" = None,
        room: Room | None = None,
    ) -> None:
        self._now = now
        self._until = None if seconds is None else now() + seconds
        self._whole = whole
        self._room = room
        self._looks_again = 0.0
        self._is_full = False
        self.was_met = False  # whether something was left out because of it
        self.was_full = False  # and that for want of memory

    @property
    def is_over(self) -> bool:
        if self._until is None and self._room is None:
            return False
        now = self._now()
        return (self._until is not None and now >= self._until) or self._is_room_full(now)

    def _is_room_full(self, now: float) -> bool:
        """Once full, always full: what was left out is missing, however much is free later."""
        if self._room is not None and not self._is_full and now >= self._looks_again:
            self._looks_again = now + _ROOM_LOOKS_S
            self._is_full = self._room.is_full
        return self._is_full

    def meet(self, *, for_memory: bool = False) -> None:
        """Something is left out because of it."""
        for_memory |= self._is_full
        self.was_met = True
        self.was_full |= for_memory
        if self._whole is not None:
            self._whole.meet(for_memory=for_memory)

    def part(self, share: float, of_room: float | None = None) -> "Deadline":
        """One for a step that must leave time and memory for the next ones: this share of what is left of each, or
        `of_room` of the memory.
        """
        left = None if self._until is None else max(0.0, self._until - self._now()) * share
        return Deadline(
            left, self._now, self, self._room.part(share if of_room is None else of_room) if self._room else None
        )

    def within(self, room: Room) -> "Deadline":
        """One for another try, in less memory and the time that is left."""
        left = None if self._until is None else max(0.0, self._until - self._now())
        return Deadline(left, self._now, None, room)

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


def in_room(
    shares: Sequence[float],
    reading: Callable[[Deadline], T],
    seconds: float | None,
    now: Callable[[], float] = time.monotonic,
) -> T:
    """Where stopping before the memory ends was too late, again with an earlier stop."""
    deadline = Deadline(seconds, now, None, Room(shares[0]))
    for share in shares[1:]:
        with contextlib.suppress(MemoryError):
            return reading(deadline)
        deadline = deadline.within(Room(share))
    return reading(deadline)
