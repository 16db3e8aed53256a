"""The one reading of what is typed behind a word of `/glm`."""

import pytest

from handlers.glm.typed import TypedWords, read_typed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", TypedWords()),
        ("off", TypedWords("off")),
        ("off here", TypedWords("off", "here")),
        ("  OFF   Everyone ", TypedWords("OFF", "everyone")),
        ("here", TypedWords("", "here")),
        ("here off", TypedWords("here off")),
        ("Answer everyone", TypedWords("Answer", "everyone")),
        ('"Answer everyone"', TypedWords("Answer everyone", is_quoted=True)),
        ('"Answer everyone" here', TypedWords("Answer everyone", "here", is_quoted=True)),
        ("“Answer everyone” everyone", TypedWords("Answer everyone", "everyone", is_quoted=True)),
        ("「请用中文」 here", TypedWords("请用中文", "here", is_quoted=True)),
        ('"here"', TypedWords("here", is_quoted=True)),
        ('Say "yes" here', TypedWords('Say "yes"', "here")),
        ("Answer everyone.", TypedWords("Answer everyone.")),
        ("two\nlines  kept here", TypedWords("two\nlines  kept", "here")),
        ('"', TypedWords('"')),
        ("there", TypedWords("there")),
    ],
)
def test_the_scope_is_the_last_word_and_quotes_keep_a_text_whole(text: str, expected: TypedWords) -> None:
    assert read_typed(text) == expected


def test_words_are_small_and_as_they_were_typed() -> None:
    read = read_typed("5 <@U1|Ben> DAY")
    assert read.typed == ("5", "<@U1|Ben>", "DAY")
    assert read.words == ("5", "<@u1|ben>", "day")
