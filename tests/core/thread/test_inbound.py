"""A message that waits stays the same when it is written and read."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.thread.inbound import FileRef, Inbound, ThreadId
from tests.core.values import STAMP, TEXT, inbound

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


@given(INBOUND)
def test_a_waiting_message_comes_back_as_it_was(before: Inbound) -> None:
    assert Inbound.from_json(json.loads(json.dumps(before.to_json()))) == before


def test_a_thread_id_is_read_back_from_its_key() -> None:
    thread = inbound("2.000001", "1.000001").thread
    assert str(thread) == "T1:C1:1.000001"
    assert ThreadId.parse(str(thread)) == thread


def test_the_twin_with_files_completes_a_mention() -> None:
    mention = inbound(files_known=False)
    whole = mention.with_files((FileRef("F1", "a.png"),))
    assert whole.files_known
    assert [file.name for file in whole.files] == ["a.png"]
    assert not mention.is_reply
    assert inbound("2.0", "1.0").is_reply
