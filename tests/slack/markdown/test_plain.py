"""Words without marks."""

import pytest

from bot.slack.markdown.plain import plain_line, readable


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


@pytest.mark.parametrize("enough", [0, 1, 5, 6, 7, 30, 10_000])
def test_of_a_long_text_so_much_is_made_readable_as_is_shown(enough: int) -> None:
    """`**` goes away: so many characters of the Markdown would be too few."""
    markdown = "**one**\n\n# two\n- three\n" * 100
    whole, some = readable(markdown, len(markdown)), readable(markdown, enough)
    assert whole.startswith("one\n\ntwo\n• three\none")
    assert whole.startswith(some)
    assert len(some) > enough or some == whole
    assert len(some) <= enough + len("\n• three")
