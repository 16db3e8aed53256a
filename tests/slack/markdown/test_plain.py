"""Words without marks, for notifications."""

import pytest

from bot.slack.markdown.plain import plain_line, to_plain


def test_a_notification_has_no_markup() -> None:
    text = "# Title\n\n**Bold** and _it_ `a_b`, [x](https://y.z).\n- [ ] do"
    text += "\n```py\ncode\n```\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert to_plain(text) == "Title Bold and it a_b, x. do code a, b 1, 2"


def test_it_is_cut_between_words() -> None:
    text = to_plain("word " * 100, 42)
    assert len(text) <= 42
    assert text.endswith("word…")
    assert len(to_plain("x" * 500, 30)) == 30


@pytest.mark.parametrize("text", ["<!channel>", "<<!x|!>here>", "<**!here>**", "`<@U123>`", "<@U1|a<>@U2ABC>"])
def test_it_pings_nobody(text: str) -> None:
    said = to_plain(text)
    assert "<!" not in said
    assert "<@" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [("a_b_c 2*3*4", "a_b_c 2*3*4"), (r"\*x\*", "*x*"), ("***x***", "x"), ("<https://a.b>", "https://a.b")],
)
def test_only_marks_go(text: str, words: str) -> None:
    assert plain_line(text) == words
