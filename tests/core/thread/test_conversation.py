"""A conversation stays the same when it is written and read."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation, FoldedTurns, StoredArtifact, Turn, TurnMessage
from bot.core.thread.inbound import FileRef, Inbound, ThreadId
from tests.core.values import STAMP, TEXT, TURNS, inbound, picture, turn

ID = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=40)
INBOUND = st.builds(
    Inbound,
    team=ID,
    channel=ID,
    ts=STAMP,
    root_ts=STAMP,
    user=ID,
    user_team=ID,
    place=st.sampled_from(["dm", "group", "channel"]),
    text=TEXT,
    files=st.lists(st.builds(FileRef, TEXT, TEXT, TEXT, st.integers(0, 2**53), TEXT, TEXT), max_size=2).map(tuple),
    files_known=st.booleans(),
    mentions_bot=st.booleans(),
)


@given(TURNS)
def test_a_turn_comes_back_as_it_was(before: Turn) -> None:
    assert Turn.from_json(json.loads(json.dumps(before.to_json()))) == before


@given(
    st.builds(
        FoldedTurns, st.integers(0, 2**53), TEXT, st.dictionaries(st.integers(1), st.sampled_from(["medium", "named"]))
    )
)
def test_what_was_folded_comes_back_as_it_was(before: FoldedTurns) -> None:
    assert FoldedTurns.from_json(json.loads(json.dumps(before.to_json()))) == before


@given(st.builds(Checkpoint, st.lists(STAMP, max_size=3).map(tuple), st.booleans(), st.none() | TURNS, st.booleans()))
def test_progress_comes_back_as_it_was(before: Checkpoint) -> None:
    assert Checkpoint.from_json(json.loads(json.dumps(before.to_json()))) == before


@given(INBOUND)
def test_a_waiting_message_comes_back_as_it_was(before: Inbound) -> None:
    assert Inbound.from_json(json.loads(json.dumps(before.to_json()))) == before


def test_written_values_carry_a_version() -> None:
    assert turn("q").to_json()["v"] == 1
    assert FoldedTurns().to_json()["v"] == 1


def test_a_thread_id_is_read_back_from_its_key() -> None:
    thread = inbound("2.000001", "1.000001").thread
    assert str(thread) == "T1:C1:1.000001"
    assert ThreadId.parse(str(thread)) == thread


def test_pictures_are_numbered_on_from_the_highest() -> None:
    conversation = Conversation((turn("a", "b", picture(1), picture(4)), turn("c", "d", picture(2))))
    assert conversation.next_picture_number == 5
    assert Conversation().next_picture_number == 1


def test_a_picture_is_announced_with_its_label_size_and_note() -> None:
    assert picture(3).announcement == "Image 3 (img_3): plan.png, 1280×720"


def test_the_twin_with_files_completes_a_mention() -> None:
    mention = inbound(files_known=False)
    whole = mention.with_files((FileRef("F1", "a.png"),))
    assert whole.files_known
    assert [file.name for file in whole.files] == ["a.png"]
    assert not mention.is_reply
    assert inbound("2.0", "1.0").is_reply


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
