"""People and channels in what somebody typed."""

import pytest

from bot.slack.read.mentioned import Mention, read_mention, without_call, without_mentions


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U1>", ""),
        ("<@U1|glm>: hi", "hi"),
        ("<@U1>, hi", "hi"),
        ("<@U1>，你好", "你好"),
        ("<@U1> <@U1> hi", "hi"),
        (" <@U1>\n```\ncode\n```", "```\ncode\n```"),
        ("<@U1> :wave: hi", ":wave: hi"),
        ("hi <@U1>", "hi"),
        ("hi, <@U1> \n", "hi"),
        ("hi <@U1> <@U1>", "hi"),
        ("one\n<@U1>\ntwo", "one\ntwo"),
        ("<@U1> !think\n<@U1>:\nhi\n<@U1>", "!think\nhi"),
        ("<@U1> is <@U1> cheaper than Claude?", "is <@U1> cheaper than Claude?"),
        ("Should we ask <@U1> or Claude?", "Should we ask <@U1> or Claude?"),
        ("Claude or <@U1>?", "Claude or <@U1>?"),
        ("two things for <@U1>\n- one\n- two", "two things for <@U1>\n- one\n- two"),
        ("<@U12> hi", "<@U12> hi"),
        ("hi,", "hi,"),
        ("", ""),
    ],
)
def test_a_call_is_no_word_of_the_sentence_and_a_name_is(text: str, words: str) -> None:
    assert without_call(text, "U1") == words


@pytest.mark.parametrize("text", ["<@U1> stop", "stop <@U1>", "<@U1|glm>: stop", "<@U1>\nstop\n<@U1>", "stop"])
def test_an_order_is_known_wherever_the_mention_stands(text: str) -> None:
    assert without_mentions(text, "U1") == "stop"
