"""How much memory a worker may still take. Readers stop while there is some left: a library in C that gets none ends
the process, and all that was read is lost with it.
"""

import os
import resource
from collections.abc import Callable
from pathlib import Path

_STATM = Path("/proc/self/statm")


def used_bytes() -> int:
    """The address space that this process has; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


def most_bytes() -> int:
    """The address space that this process may have; 0 where there is no limit."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit


def refuse_without(wanted: int) -> None:
    """Raises MemoryError where so many bytes are not left: libxml2 that gets none may crash, or go round for ever."""
    limit = most_bytes()
    if limit and limit - used_bytes() < wanted:
        raise MemoryError


class Room:
    """A share of what is left now. What was read has to be put into pages and to be sent, which takes the rest."""

    def __init__(
        self, share: float, used: Callable[[], int] = used_bytes, most: Callable[[], int] = most_bytes
    ) -> None:
        self._used = used
        used_now, limit = used(), most()
        self._until = used_now + max(0.0, limit - used_now) * share if limit else 0.0

    @property
    def is_full(self) -> bool:
        return bool(self._until) and self._used() >= self._until

    def part(self, share: float) -> "Room":
        """A share of what is left of it now."""
        until = int(self._until)
        return Room(share, self._used, lambda: until)
