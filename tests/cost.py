"""What work costs in CPU time of this thread, side by side in one run: what else the machine does changes neither side.

A margin is wide: caches and clocks of a core are shared with others. No garbage is collected meanwhile: what the tests
before left in memory would be charged to whoever happens to run.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

TIMES = 8
# Half way, on a scale of ratios, between growth in proportion (8) and by the square (64).
EVENLY = TIMES**1.5
TRIES = 5
LEAST_S = 200e-6


def cost_s(work: Callable[[], object], tries: int = 3) -> float:
    """The least of a few tries."""
    return max(LEAST_S, min(once_s(work) for _ in range(tries)))


def growth(work: Callable[[int], object], small: int) -> float:
    """How much more `TIMES` as much work costs: about 8 in proportion, 64 by the square.

    What one try finds even is even, and else the median of the tries counts. Each try measures both sides.
    """
    work(small)
    growths: list[float] = []
    while len(growths) < TRIES:
        little_s, much_s = cost_s(lambda: work(small)), cost_s(lambda: work(small * TIMES), 1)
        growths.append(much_s / little_s)
        if growths[0] < EVENLY:
            break
    return median(growths)


def once_s(work: Callable[[], object]) -> float:
    with uncollected():
        began = time.thread_time()
        work()
        return time.thread_time() - began


@contextmanager
def uncollected() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
