"""Words without marks."""

import pytest

from bot.slack.markdown.plain import plain_line


@pytest.mark.parametrize("text", ["<!channel>", "<<!x|!>here>", "<**!here>**", "`<@U123>`", "<@U1|a<>@U2ABC>"])
def test_it_pings_nobody(text: str) -> None:
    said = plain_line(text, with_links=False)
    assert "<!" not in said
    assert "<@" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [("a_b_c 2*3*4", "a_b_c 2*3*4"), (r"\*x\*", "*x*"), ("***x***", "x"), ("<https://a.b>", "https://a.b")],
)
def test_only_marks_go(text: str, words: str) -> None:
    assert plain_line(text) == words
