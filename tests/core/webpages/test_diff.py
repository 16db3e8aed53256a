"""`drift_lines` says what an edit changed on a page, and whether it changed too much."""

import pytest

from bot.core.drawing import Box, Comparison, EncodedPicture, RenderedPage
from bot.core.webpages.diff import drift_lines, marked_places

BUTTON: Box = (100, 400, 200, 450)  # thousandths of the page
FOOTER: Box = (0, 900, 1000, 1000)


def view(text: str = "", height: int = 1000) -> RenderedPage:
    return RenderedPage(b"", 1000, height, text)


def compared(*boxes: Box, similarity: float = 0.99) -> Comparison:
    return Comparison(similarity, boxes, EncodedPicture("image/png", b"", 1, 1))


def lines(
    changes: Comparison, before: str = "", after: str = "", marked: tuple[Box, ...] = (), height: int = 1000
) -> str:
    return "\n".join(drift_lines(changes, view(before), view(after, height), "en", marked))


def test_places_are_counted_and_much_of_a_page_is_a_drift() -> None:
    assert lines(compared(BUTTON)) == "1 place on the page changed (1 %)."
    assert lines(compared((0, 0, 1000, 500))).endswith("More may have changed than you asked for: please compare.")
    assert lines(compared()) == "The page looks the same as before."


def test_words_that_went_and_came_are_told_with_the_looks() -> None:
    told = lines(compared(BUTTON), "Sign up\nName\nContact `us`\nName", "Sign up\nName\nAbout")
    assert "Gone from the page: `Name`, `Contact 'us'`." in told
    assert "New on the page: `About`." in told
    assert "page:" not in lines(compared(BUTTON), "A\nB  c", "B c\nA")


def test_words_below_what_is_drawn_are_told_though_nothing_looks_different() -> None:
    assert lines(compared(), "a", "a\nb") == "The page looks the same as before.\nNew on the page: `b`."


def test_of_many_words_the_first_are_named() -> None:
    told = lines(compared(BUTTON), "", "\n".join(["x" * 100, *"abcdef"]))
    assert told.endswith(f"New on the page: `{'x' * 59}…`, `a`, `b`, `c` … +3.")


def test_a_change_outside_the_marks_is_reported() -> None:
    ring = (90.0, 380.0, 210.0, 470.0)
    assert lines(compared(BUTTON), marked=(ring,)).endswith("Nothing changed outside your marks.")
    told = lines(compared(BUTTON, FOOTER), marked=(ring,))
    assert told.endswith("1 place outside your marks changed, too: please compare.")


def test_places_are_compared_in_pixels_when_the_page_grew() -> None:
    ring = (90.0, 380.0, 210.0, 470.0)
    grown = compared((100, 200, 200, 225))  # of 2000 pixels: 400 to 450
    assert "Nothing changed outside" in lines(grown, marked=(ring,), height=2000)
    assert "1 place outside your marks changed, too" in lines(compared(BUTTON), marked=(ring,), height=2000)


def test_one_place_that_is_most_of_the_page_is_a_drift_though_the_mark_lies_in_it() -> None:
    assert "More may have changed" in lines(compared((0, 0, 1000, 900)), marked=((90, 380, 210, 470),))


def test_a_marked_picture_of_the_page_tells_where() -> None:
    assert marked_places(compared(BUTTON), view(height=2000)) == ((100, 800, 200, 900),)


@pytest.mark.parametrize(
    "found", [compared(BUTTON, similarity=0.8), compared((0, 0, 1000, 600)), compared(similarity=1.0)]
)
def test_a_picture_of_something_else_or_without_marks_tells_nothing(found: Comparison) -> None:
    assert marked_places(found, view()) == ()
