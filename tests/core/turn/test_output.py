"""What of the model's text is for the screen."""

import pytest

from bot.core.turn.output import Visible


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Done.", "Done.\n\n![](zoom_1)"),
        ("```python\nx = 1\n```\nDone.", "```python\nx = 1\n```\nDone.\n\n![](zoom_1)"),
        ("See:\n~~~~\ncut off", "See:\n~~~~\ncut off\n~~~~\n\n![](zoom_1)"),
        ("```\n~~~\n```\nDone.", "```\n~~~\n```\nDone.\n\n![](zoom_1)"),
    ],
)
def test_our_own_is_never_added_inside_a_code_block(said: str, shown: str) -> None:
    visible = Visible(points=False)
    visible.feed(said)
    visible.end()
    visible.add("\n\n![](zoom_1)")
    assert visible.text == shown


def test_a_page_and_its_numbers_are_for_a_file() -> None:
    visible = Visible(points=True)
    visible.feed("Here:\n```html\n<!doctype html><html><p>[[1, 2, 300, 400]]</p></html>\n```\nat [[10, 20, 300, 400]].")
    visible.end()
    assert "<html" not in visible.text
    assert "[[1, 2, 300, 400]]" in visible.page.html
    assert [mark.box for mark in visible.pointing.marks] == [(10, 20, 300, 400)]
    assert "300" not in visible.text
