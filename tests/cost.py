"""What work costs in CPU time of this thread, side by side in one run: what else the machine does changes neither side.

A margin is wide: caches and clocks of a core are shared with others.
"""

import time
from collections.abc import Callable

TIMES = 8
# Half way, on a scale of ratios, between growth in proportion (8) and by the square (64).
EVENLY = TIMES**1.5
TRIES = 4
LEAST_S = 200e-6


def cost_s(work: Callable[[], object], tries: int = 3) -> float:
    """The least of a few tries."""
    return max(LEAST_S, min(_once_s(work) for _ in range(tries)))


def growth(work: Callable[[int], object], small: int) -> float:
    """How much more `TIMES` as much work costs: about 8 in proportion, 64 by the square."""
    work(small)
    little_s, much_s = cost_s(lambda: work(small)), cost_s(lambda: work(small * TIMES), 1)
    for _ in range(TRIES):
        if much_s / little_s < EVENLY:
            break
        much_s = min(much_s, cost_s(lambda: work(small * TIMES), 1))
    return much_s / little_s


def _once_s(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began
