"""Progress stays the same when it is written and read."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.thread.checkpoint import Checkpoint
from tests.core.values import STAMP, TURNS


@given(st.builds(Checkpoint, st.lists(STAMP, max_size=3).map(tuple), st.booleans(), st.none() | TURNS, st.booleans()))
def test_progress_comes_back_as_it_was(before: Checkpoint) -> None:
    assert Checkpoint.from_json(json.loads(json.dumps(before.to_json()))) == before
