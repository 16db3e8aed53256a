"""Nobody can make the bot think long with few words: what twice as much text costs is about twice as much.

Measured is CPU time of this thread, the least of several tries, and growth only where there is enough to be measured:
what else the machine does changes nothing.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from tests.growth.hostile import HOSTILE, WORST, Hostile
from tests.growth.parts import WHOLE
from tests.growth.streams import STREAMS

# What a tracer costs is not the bot's.
pytestmark = pytest.mark.no_cover

MOST_GROWTH = 2.5
TRIES = 8
SHORT, LONG = (2_500, 5_000, 10_000), (4_000, 8_000, 16_000)
# Below this nothing is said of growth: a square that stays below does no harm. The last is for 16,000 calls.
SHORT_FLOOR_S, LONG_FLOOR_S, SINGLES_FLOOR_S = 0.02, 0.04, 0.16
# So many single characters, a few times, tell what the next one costs at a place.
SINGLE, PLACES = 40, 3
SINGLE_FLOOR_S = 20e-6 * SINGLE
Costs = tuple[float, ...]


@pytest.mark.parametrize("name", WHOLE)
def test_what_comes_whole(name: str) -> None:
    assert not _grown(WORST, lambda hostile, length: _whole_s(name, hostile.of(length)), SHORT, SHORT_FLOOR_S)


@pytest.mark.parametrize("name", STREAMS)
def test_what_the_next_character_costs(name: str) -> None:
    """After four times as many no more: else all together cost squares."""
    lengths = (SHORT[0], SHORT[-1])
    assert not _grown(WORST, lambda hostile, length: _next_s(name, hostile, length), lengths, SINGLE_FLOOR_S)


@pytest.mark.processes  # it starts none, but it takes its time
@pytest.mark.parametrize("name", WHOLE)
def test_what_comes_whole_and_is_long(name: str) -> None:
    assert not _grown(HOSTILE, lambda hostile, length: _whole_s(name, hostile.of(length)), LONG, LONG_FLOOR_S)


@pytest.mark.processes  # it starts none, but it takes its time
@pytest.mark.parametrize("name", STREAMS)
def test_what_comes_in_single_characters(name: str) -> None:
    grown = {}
    for kind, hostile in WORST.items():
        growth = _growth(lambda hostile=hostile: _streamed_s(name, hostile), SINGLES_FLOOR_S)  # type: ignore[misc]
        if growth > MOST_GROWTH:
            grown[kind] = growth
    assert not grown


def test_the_measure_finds_what_grows_by_the_square() -> None:
    def squared(hostile: Hostile, length: int) -> float:
        text = hostile.of(length)
        return _cost_s(lambda: [text.count(sign, at) for at, sign in enumerate(text)])

    def even(hostile: Hostile, length: int) -> float:
        return _cost_s(lambda: [sign for sign in hostile.of(length) for _ in range(100)])

    some = {"letters": HOSTILE["letters"]}
    assert _grown(some, squared, SHORT, 0.002)
    assert not _grown(some, even, SHORT, 0.002)


def _grown(
    texts: Mapping[str, Hostile], cost_s: Callable[[Hostile, int], float], lengths: Costs, floor_s: float
) -> dict[str, float]:
    """The texts whose cost grows by too much, and by how much."""
    grown = {}
    for kind, hostile in texts.items():
        growth = _growth(lambda hostile=hostile: _costs_s(partial(cost_s, hostile), lengths, floor_s), floor_s)  # type: ignore[misc]
        if growth > MOST_GROWTH:
            grown[kind] = growth
    return grown


def _costs_s(cost_s: Callable[[int], float], lengths: Costs, floor_s: float) -> Costs:
    """From the shortest on. None, where it is so cheap that not even a cube reaches the floor."""
    costs: list[float] = []
    for length in lengths:
        costs.append(cost_s(int(length)))
        if costs[-1] < floor_s * (length / lengths[-1]) ** 3:
            return ()
    return tuple(costs)


def _growth(costs_s: Callable[[], Costs], floor_s: float) -> float:
    """From one length to its double, by the least of some tries."""
    tries: list[Costs] = []
    while len(tries) < TRIES:
        tries.append(costs_s())
        if not tries[-1]:
            return 0.0
        if _doubling(tries, floor_s) <= MOST_GROWTH:
            break
    return _doubling(tries, floor_s)


def _doubling(tries: list[Costs], floor_s: float) -> float:
    """The mean over the steps: one alone is at the mercy of what else the machine does. A square grows by 4 in each."""
    steps = len(tries[0]) - 1
    least_s = [max(min(costs), floor_s / 4**steps) for costs in zip(*tries, strict=True)]
    return (least_s[-1] / least_s[0]) ** (1 / steps) if least_s[-1] >= floor_s else 0.0


def _cost_s(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _whole_s(name: str, text: str) -> float:
    return _cost_s(lambda: WHOLE[name](text))


def _next_s(name: str, hostile: Hostile, length: int) -> float:
    """The least of some places, for now and then a character ends a table or a line, which is then shown."""
    text = hostile.of(length + PLACES * SINGLE)
    stream = STREAMS[name]()
    stream.feed(text[:length])
    costs = []
    for at in range(length, length + PLACES * SINGLE, SINGLE):
        began = time.thread_time()
        for character in text[at : at + SINGLE]:
            stream.feed(character)
        costs.append(time.thread_time() - began)
    return min(costs)


def _streamed_s(name: str, hostile: Hostile) -> Costs:
    """What the first so many characters cost."""
    stream, costs, text, at = STREAMS[name](), [], hostile.of(LONG[-1]), 0
    began = time.thread_time()
    for length in LONG:
        for character in text[at:length]:
            stream.feed(character)
        at = length
        costs.append(time.thread_time() - began)
    return tuple(costs)
