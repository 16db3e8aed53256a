"""TextFilters takes web pages and boxes out of the text for the screen."""

import pytest

from bot.core.turn.output import TextFilters


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Done.", "Done.\n\n![](zoom_1)"),
        ("```python\nx = 1\n```\nDone.", "```python\nx = 1\n```\nDone.\n\n![](zoom_1)"),
        ("See:\n~~~~\ncut off", "See:\n~~~~\ncut off\n~~~~\n\n![](zoom_1)"),
        ("```\n~~~\n```\nDone.", "```\n~~~\n```\nDone.\n\n![](zoom_1)"),
    ],
)
def test_added_text_stands_outside_an_open_code_block(said: str, shown: str) -> None:
    filters = TextFilters()
    filters.feed(said)
    filters.end()
    filters.add("\n\n![](zoom_1)")
    assert filters.text == shown


def test_a_page_and_its_numbers_are_not_shown() -> None:
    filters = TextFilters(has_picture=True)
    filters.feed("Here:\n```html\n<!doctype html><html><p>[[1, 2, 300, 400]]</p></html>\n```\nat [[10, 20, 300, 400]].")
    filters.end()
    assert "<html" not in filters.text
    assert "[[1, 2, 300, 400]]" in filters.page.html
    assert [mark.box for mark in filters.boxes.marks] == [(10, 20, 300, 400)]
    assert "300" not in filters.text
