"""What refusals teach: for a while, for the workspace, and only as much as they tell."""

import pytest

from bot.playground.workspace.clock import ManualClock
from bot.slack.learned_limits import (
    KEPT_S,
    LEAST_BLOCKS,
    LEAST_BYTES,
    MARK_BYTES,
    MOST_KEPT,
    LearnedLimits,
    LearnedRoom,
)
from bot.slack.message_size import LONGEST_MESSAGE, MOST_EXPANSIONS, Room

CHINESE = LONGEST_MESSAGE * 3


def test_a_way_that_is_not_there_is_tried_anew_later() -> None:
    clock = ManualClock()
    learned = LearnedLimits(clock=clock.now)
    assert "*" not in learned
    learned.add("*")
    clock.advance(KEPT_S - 1)
    assert "*" in learned
    clock.advance(2)
    assert "*" not in learned


def test_not_everything_is_kept() -> None:
    learned = LearnedLimits()
    for number in range(3 * MOST_KEPT):
        learned.add(f"C{number}")
    assert sum(f"C{number}" in learned for number in range(3 * MOST_KEPT)) <= MOST_KEPT


@pytest.mark.parametrize("limit", [2_500, 4_000, 8_000, 10_571, 11_000, 13_200, 20_000, 33_000])
def test_a_limit_of_bytes_is_found_after_a_few_refusals(limit: int) -> None:
    learned, refusals = LearnedRoom(), 0
    while (size := min(CHINESE, learned.room.size or CHINESE)) > limit:
        assert learned.refused("msg_too_long", size=size, blocks=0)
        refusals += 1
    assert refusals <= 6
    assert size >= min(limit, 10_500) // 2


def test_what_was_taken_before_has_room() -> None:
    learned = LearnedRoom()
    assert learned.refused("msg_too_long", size=9_000, blocks=0, taken=8_500)
    assert learned.room == Room(size=8_500 - MARK_BYTES)
    assert learned.refused("msg_too_long", size=8_500, blocks=0)
    assert (learned.room.size or 0) < 8_000, "each refusal leaves less"


def test_what_is_small_is_refused_for_something_else() -> None:
    learned = LearnedRoom()
    assert not learned.refused("msg_too_long", size=LEAST_BYTES, blocks=0)
    assert not learned.refused("invalid_blocks", size=9_000, blocks=LEAST_BLOCKS)
    assert learned.room == Room()


def test_a_limit_of_blocks_is_found_too_and_both_are_forgotten() -> None:
    clock = ManualClock()
    learned = LearnedRoom(clock=clock.now)
    blocks = MOST_EXPANSIONS
    while blocks > 20:
        assert learned.refused("invalid_blocks", size=9_000, blocks=blocks)
        blocks = learned.room.blocks
    assert blocks > LEAST_BLOCKS
    assert learned.room.size is None
    clock.advance(KEPT_S + 1)
    assert learned.room == Room()


def test_a_stream_that_ended_by_itself_had_no_more_room() -> None:
    learned = LearnedRoom()
    learned.ended(500)
    assert learned.room == Room(), "whatever ended it, it was not its size"
    learned.ended(13_000)
    assert learned.room.size == 10_500, "where others saw it"
    learned.ended(10_000)
    learned.ended(13_000)
    assert learned.room.size == 9_000
