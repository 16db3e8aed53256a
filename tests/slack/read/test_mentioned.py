"""People and channels in what somebody typed."""

import pytest

from bot.slack.read.mentioned import Mentioned, mentioned


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("<@U1>", Mentioned("person", "U1")),
        ("<@W1|ann b>", Mentioned("person", "W1")),
        ("<#C1|general>", Mentioned("channel", "C1")),
        ("<#G1|>", Mentioned("channel", "G1")),
        ("@ann", None),
        ("#general", None),
        ("<@C1>", None),
        ("<#U1>", None),
        ("<!here>", None),
        ("<!subteam^S1|@team>", None),
        ("<@U1", None),
        ("<@u1>", None),
        ("x<@U1>", None),
        ("", None),
    ],
)
def test_only_what_slack_has_made_a_mention_names_somebody(word: str, expected: Mentioned | None) -> None:
    assert mentioned(word) == expected
