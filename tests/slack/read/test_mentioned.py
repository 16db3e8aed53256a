"""People and channels in what somebody typed."""

import pytest

from bot.slack.read.mentioned import Mention, read_mention


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("<@U1>", Mention("person", "U1")),
        ("<@W1|ann b>", Mention("person", "W1")),
        ("<#C1|general>", Mention("channel", "C1")),
        ("<#G1|>", Mention("channel", "G1")),
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
def test_only_what_slack_has_made_a_mention_names_somebody(word: str, expected: Mention | None) -> None:
    assert read_mention(word) == expected
