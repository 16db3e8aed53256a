"""A conversation stays the same when it is written and read."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.thread.conversation import Conversation, FoldedTurns
from bot.core.thread.turn import Turn, TurnMessage
from tests.core.values import TEXT, picture, turn


@given(
    st.builds(
        FoldedTurns, st.integers(0, 2**53), TEXT, st.dictionaries(st.integers(1), st.sampled_from(["medium", "named"]))
    )
)
def test_what_was_folded_comes_back_as_it_was(before: FoldedTurns) -> None:
    assert FoldedTurns.from_json(json.loads(json.dumps(before.to_json()))) == before


def test_a_written_summary_carries_a_version() -> None:
    assert FoldedTurns().to_json()["v"] == 1


def test_pictures_are_numbered_on_from_the_highest() -> None:
    conversation = Conversation((turn("a", "b", picture(1), picture(4)), turn("c", "d", picture(2))))
    assert conversation.next_picture_number == 5
    assert Conversation().next_picture_number == 1


def test_a_message_belongs_to_the_turn_that_answers_it_and_not_to_one_that_has_its_late_preview() -> None:
    first = Turn("2026-11-23", (TurnMessage("1.0", "Ana", "what is it?"),), number=1)
    late = TurnMessage("1.0", "Ana", "", quoted="Preview", role="person")
    second = Turn("2026-11-23", (late, TurnMessage("2.0", "Ana", "and now?")), number=2)
    assert Conversation((first, second)).turn_of("1.0") == first
    assert Conversation((second,)).turn_of("1.0") == second
    assert Conversation((first, second)).turn_of("3.0") is None
