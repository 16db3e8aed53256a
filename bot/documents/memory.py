"""Room measures how much memory a worker may still use.

Readers stop while some memory is left: when a library in C gets none, the process ends, and everything that was read is
lost.
"""

import os
import resource
from collections.abc import Callable
from pathlib import Path

_STATM = Path("/proc/self/statm")


def used_bytes() -> int:
    """Return the size of the address space of this process; 0 when the system does not tell it."""
    try:
        return int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


def most_bytes() -> int:
    """Return the largest address space that this process may have; 0 when there is no limit."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit


def refuse_without(wanted: int) -> None:
    """Raise MemoryError when fewer than `wanted` bytes are left: without memory libxml2 may crash or loop for ever."""
    limit = most_bytes()
    if limit and limit - used_bytes() < wanted:
        raise MemoryError


class Room:
    """A share (0 to 1) of the memory that is left now. The rest is for making pages of the text and sending them."""

    def __init__(
        self, share: float, used: Callable[[], int] = used_bytes, most: Callable[[], int] = most_bytes
    ) -> None:
        self._used = used
        used_now, limit = used(), most()
        self._until = used_now + max(0.0, limit - used_now) * share if limit else 0.0

    @property
    def is_full(self) -> bool:
        """Whether this process now uses all of the share."""
        return bool(self._until) and self._used() >= self._until

    def part(self, share: float) -> "Room":
        """Return a share of the memory that is left of this room now."""
        until = int(self._until)
        return Room(share, self._used, lambda: until)
