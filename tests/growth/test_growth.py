"""Nobody can make the bot think long with few words: what twice as much text costs is about twice as much.

Measured is CPU time of this thread: short and long side by side, so what else the machine does changes nothing, and
growth only where there is enough to be measured.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median

import pytest

from tests.cost import once_s
from tests.growth.hostile import HOSTILE, WORST, Hostile
from tests.growth.parts import WHOLE
from tests.growth.streams import STREAMS, Stream

# What a tracer costs is not the bot's.
pytestmark = pytest.mark.no_cover

MOST_GROWTH = 2.5
TRIES, LONGER = 5, 4
SHORT, LONG, NEXT = (2_500, 5_000, 10_000), (4_000, 8_000, 16_000), (2_500, 10_000)
# Below this nothing is said of growth: a square that stays below does no harm.
SHORT_FLOOR_S, LONG_FLOOR_S = 0.02, 0.04
# So many pieces of so many single characters tell what the next character costs.
PIECES, PIECE = 15, 40
PIECE_FLOOR_S = 10e-6 * PIECE
Lengths = Sequence[int]


@pytest.mark.parametrize("name", WHOLE)
def test_a_text_that_comes_whole_costs_in_proportion(name: str) -> None:
    assert not _grown(WORST, lambda hostile, length: _whole_s(name, hostile.of(length)), SHORT, SHORT_FLOOR_S)


@pytest.mark.parametrize("name", STREAMS)
def test_the_next_character_costs_no_more_late_than_early(name: str) -> None:
    """After four times as many no more: else all together cost squares."""
    growths = {kind: _growth_of_the_next(STREAMS[name], hostile) for kind, hostile in WORST.items()}
    assert not {kind: growth for kind, growth in growths.items() if growth > MOST_GROWTH}


@pytest.mark.processes  # it starts none, but it takes its time
@pytest.mark.parametrize("name", WHOLE)
def test_a_long_text_that_comes_whole_costs_in_proportion(name: str) -> None:
    assert not _grown(HOSTILE, lambda hostile, length: _whole_s(name, hostile.of(length)), LONG, LONG_FLOOR_S)


class _CountedTime:
    """A clock that shows what was done, and so goes alike on each machine."""

    def __init__(self) -> None:
        self._done_s = 0.0

    def do(self, steps: int) -> None:
        self._done_s += steps * 1e-6

    def thread_time(self) -> float:
        return self._done_s


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> _CountedTime:
    counted = _CountedTime()
    monkeypatch.setattr("tests.cost.time", counted)
    return counted


def test_the_measure_finds_what_grows_by_the_square(counted: _CountedTime) -> None:
    def squared_s(hostile: Hostile, length: int) -> float:
        return once_s(lambda: counted.do(len(hostile.of(length)) ** 2))

    def even_s(hostile: Hostile, length: int) -> float:
        return once_s(lambda: counted.do(len(hostile.of(length)) * 1_000))

    some = {"letters": HOSTILE["letters"]}
    assert _grown(some, squared_s, SHORT, SHORT_FLOOR_S)
    assert not _grown(some, even_s, SHORT, SHORT_FLOOR_S)


class _LooksBack:
    """It counts anew, with every character, the last of what came."""

    def __init__(self, counted: _CountedTime, characters: int) -> None:
        self._counted, self._came, self._characters = counted, 0, characters

    def feed(self, text: str) -> int:
        self._came += len(text)
        looked_at = min(self._came, self._characters)
        self._counted.do(looked_at)
        return looked_at

    def end(self) -> None:
        return None


def test_the_measure_finds_a_stream_that_looks_back(counted: _CountedTime) -> None:
    assert _growth_of_the_next(lambda: _LooksBack(counted, 200_000), HOSTILE["letters"]) > MOST_GROWTH
    assert _growth_of_the_next(lambda: _LooksBack(counted, 2_000), HOSTILE["letters"]) <= MOST_GROWTH


def _grown(
    texts: Mapping[str, Hostile], cost_s: Callable[[Hostile, int], float], lengths: Lengths, floor_s: float
) -> dict[str, float]:
    """The texts whose cost grows by too much, and by how much."""
    growths = {kind: _growth(partial(cost_s, hostile), lengths, floor_s) for kind, hostile in texts.items()}
    return {kind: growth for kind, growth in growths.items() if growth > MOST_GROWTH}


def _growth(cost_s: Callable[[int], float], lengths: Lengths, floor_s: float) -> float:
    """From one length to its double. Where it is not even, longer texts decide: a beginning may be cheap."""
    growth = _doubling(_costs_s(cost_s, lengths, floor_s), floor_s)
    if growth <= MOST_GROWTH:
        return growth
    longer = [length * LONGER for length in lengths]
    return median(_doubling(_costs_s(cost_s, longer, floor_s), floor_s) for _ in range(TRIES))


def _costs_s(cost_s: Callable[[int], float], lengths: Lengths, floor_s: float) -> list[float]:
    """From the shortest on. None, where it is so cheap that not even a cube reaches the floor."""
    costs: list[float] = []
    for length in lengths:
        costs.append(cost_s(length))
        if costs[-1] < floor_s * (length / lengths[-1]) ** 3:
            return []
    return costs


def _doubling(costs: list[float], floor_s: float) -> float:
    """The mean over the steps: one alone is at the mercy of what else the machine does. A square grows by 4 in each."""
    if not costs or costs[-1] < floor_s:
        return 0.0
    steps = len(costs) - 1
    return math.pow(costs[-1] / max(costs[0], floor_s / 4**steps), 1 / steps)


def _whole_s(name: str, text: str) -> float:
    return once_s(lambda: WHOLE[name](text))


def _growth_of_the_next(new: Callable[[], Stream], hostile: Hostile) -> float:
    """What a character costs late in the text, over what it costs early. Longer texts decide as for `_growth`."""
    growth = _late_over_early(new, hostile, NEXT)
    return growth if growth <= MOST_GROWTH else _late_over_early(new, hostile, [length * LONGER for length in NEXT])


def _late_over_early(new: Callable[[], Stream], hostile: Hostile, begins: Lengths) -> float:
    """Two streams run side by side, a few characters at a time, so what slows the machine slows both. The median of the
    pieces counts, for now and then a character ends a table or a line, which is then shown.
    """
    text = hostile.of(begins[-1] + PIECES * PIECE)
    streams = [(new(), begin) for begin in begins]
    for stream, begin in streams:
        stream.feed(text[:begin])
    costs = [
        [_fed_s(stream, text[begin + done : begin + done + PIECE]) for stream, begin in streams]
        for done in range(0, PIECES * PIECE, PIECE)
    ]
    if median(late for _, late in costs) < PIECE_FLOOR_S:
        return 0.0
    return median(late / max(early, PIECE_FLOOR_S / 4) for early, late in costs)


def _fed_s(stream: Stream, characters: str) -> float:
    def fed() -> None:
        for character in characters:
            stream.feed(character)

    return once_s(fed)
