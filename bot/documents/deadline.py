"""A deadline tells a reader when to stop, so that it returns what it has read before its time or memory runs out.

Without it the worker is killed, and everything that was read is lost.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from bot.documents.memory import Room

T = TypeVar("T")

_LOOKS_EVERY = 16  # items: reading the clock costs as much as one small item
_ROOM_LOOKS_S = 0.002  # measuring the memory costs as much as reading the clock a hundred times
# Shares of the free memory at which a reader stops, one for each try. The last one is for files that need most of the
# memory only to be opened.
AMPLE = (0.75, 0.3, 0.1, 0.95)
TIGHT = AMPLE[1:]  # for a file that has already ended a worker


class Deadline:
    """A limit of time and memory. `seconds` count from now on, None is no limit of time; `room` None is no limit of
    memory. `parent` is the deadline that this one is a part of; it also notes what is left out.
    """

    def __init__(
        self,
        seconds: float | None = None,
        now: Callable[[], float] = time.monotonic,
        parent: "Deadline | None" = None,
        room: Room | None = None,
    ) -> None:
        self._now = now
        self._until = None if seconds is None else now() + seconds
        self._parent = parent
        self._room = room
        self._looks_again = 0.0
        self._is_full = False
        self.has_omissions = False  # whether something was left out for want of time or memory
        self.lacked_memory = False  # whether something was left out for want of memory

    @property
    def is_over(self) -> bool:
        """Whether the time or the memory is used up."""
        if self._until is None and self._room is None:
            return False
        now = self._now()
        return (self._until is not None and now >= self._until) or self._is_room_full(now)

    def _is_room_full(self, now: float) -> bool:
        """Once full, it stays full: the parts that were left out are missing, even if memory becomes free later."""
        if self._room is not None and not self._is_full and now >= self._looks_again:
            self._looks_again = now + _ROOM_LOOKS_S
            self._is_full = self._room.is_full
        return self._is_full

    def note_omission(self, *, for_memory: bool = False) -> None:
        """Note that something was left out because of this deadline."""
        for_memory |= self._is_full
        self.has_omissions = True
        self.lacked_memory |= for_memory
        if self._parent is not None:
            self._parent.note_omission(for_memory=for_memory)

    def part(self, share: float, of_room: float | None = None) -> "Deadline":
        """Return a deadline for a step that must leave time and memory for later steps.

        The step gets this share (0 to 1) of the time and memory that are left. `of_room` is another share for memory.
        """
        seconds_left = None if self._until is None else max(0.0, self._until - self._now()) * share
        room = self._room.part(share if of_room is None else of_room) if self._room else None
        return Deadline(seconds_left, self._now, self, room)

    def within(self, room: Room) -> "Deadline":
        """Return a deadline for another try, with the time that is left and this memory."""
        seconds_left = None if self._until is None else max(0.0, self._until - self._now())
        return Deadline(seconds_left, self._now, None, room)

    def each(self, items: Iterable[T], looks_every: int = 1) -> Iterator[T]:
        """Yield the items until time or memory is used up. The rest is left out, and `has_omissions` becomes true."""
        for at, item in enumerate(items):
            if at % looks_every == 0 and self.is_over:
                self.note_omission()
                return
            yield item

    def each_small(self, items: Iterable[T]) -> Iterator[T]:
        """Do the same as `each`, for items that take only some microseconds."""
        return self.each(items, _LOOKS_EVERY)


def in_room(
    shares: Sequence[float],
    reading: Callable[[Deadline], T],
    seconds: float | None,
    now: Callable[[], float] = time.monotonic,
) -> T:
    """Call `reading`. When it runs out of memory, call it again with a smaller share of the memory.

    Raises MemoryError when the last share was not enough either.
    """
    deadline = Deadline(seconds, now, None, Room(shares[0]))
    for share in shares[1:]:
        with contextlib.suppress(MemoryError):
            return reading(deadline)
        deadline = deadline.within(Room(share))
    return reading(deadline)
