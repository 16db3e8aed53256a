"""The one reading of what is typed behind a word of `/glm`."""

import pytest

from handlers.glm.typed import Typed, read_typed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Typed()),
        ("off", Typed("off")),
        ("off here", Typed("off", "here")),
        ("  OFF   Everyone ", Typed("OFF", "everyone")),
        ("here", Typed("", "here")),
        ("here off", Typed("here off")),
        ("Answer everyone", Typed("Answer", "everyone")),
        ('"Answer everyone"', Typed("Answer everyone", is_quoted=True)),
        ('"Answer everyone" here', Typed("Answer everyone", "here", is_quoted=True)),
        ("“Answer everyone” everyone", Typed("Answer everyone", "everyone", is_quoted=True)),
        ("「请用中文」 here", Typed("请用中文", "here", is_quoted=True)),
        ('"here"', Typed("here", is_quoted=True)),
        ('Say "yes" here', Typed('Say "yes"', "here")),
        ("Answer everyone.", Typed("Answer everyone.")),
        ("two\nlines  kept here", Typed("two\nlines  kept", "here")),
        ('"', Typed('"')),
        ("there", Typed("there")),
    ],
)
def test_the_scope_is_the_last_word_and_quotes_keep_a_text_whole(text: str, expected: Typed) -> None:
    assert read_typed(text) == expected


def test_words_are_small_and_as_they_were_typed() -> None:
    read = read_typed("5 <@U1|Ben> DAY")
    assert read.typed == ("5", "<@U1|Ben>", "DAY")
    assert read.words == ("5", "<@u1|ben>", "day")
