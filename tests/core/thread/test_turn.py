"""A turn stays the same when it is written and read, and what is shown of it elsewhere."""

import json
from dataclasses import replace

from hypothesis import given

from bot.core.thread.turn import StoredArtifact, Turn, TurnMessage
from tests.core.values import TURNS, picture, turn


@given(TURNS)
def test_a_turn_comes_back_as_it_was(before: Turn) -> None:
    assert Turn.from_json(json.loads(json.dumps(before.to_json()))) == before


def test_a_written_turn_carries_a_version() -> None:
    assert turn("q").to_json()["v"] == 1


def test_a_picture_is_announced_with_its_label_size_and_note() -> None:
    assert picture(3).announcement == "Image 3 (img_3): plan.png, 1280×720"


def test_an_answer_is_read_elsewhere_with_captions_for_what_tools_made() -> None:
    made = (
        StoredArtifact("table_1", "table", "Prices.csv", "Prices", "", "sha"),
        StoredArtifact("zoom_1", "picture", "z", "a part", "", "sha"),
    )
    answer = "See ![](table_1) and ![the valve](zoom_1), not ![x](img_1)."
    one = Turn("2026-11-23", (), answer, made=made)
    assert one.words == "See *Prices* and *the valve*, not ![x](img_1)."


def test_a_bare_turn_has_no_word_of_anybody_and_is_known_to_have_failed() -> None:
    secret = "4711"
    said = TurnMessage("1.0", "Ana", f"the code is {secret}", quoted=secret, notes=(secret,), user="U1")
    before = Turn("2026-11-23", (said,), answer=secret, reasoning=secret, failure=f"It was {secret}.")
    bare = replace(before, versions=(secret,), version_times=(1.0,)).bare
    assert secret not in json.dumps(bare.to_json())
    assert [(one.ts, one.user) for one in bare.said] == [("1.0", "U1")]
    assert (bare.versions, bare.version_times) == ((), ())
    assert bare.failure
