import pytest

from bot.core.compose import Receipt
from bot.core.receipt import AT_LIMIT, FOLDED, Facts, footer_lines
from tests.core.values import picture


def test_nothing_to_say_is_no_line() -> None:
    assert footer_lines(Facts(Receipt())) == ()


def test_every_file_is_accounted_for() -> None:
    receipt = Receipt(("a.png",), (("b.zip", "a kind of file I can't read"),)) + Receipt(("c.png",))
    assert footer_lines(Facts(receipt)) == ("Read: a.png, c.png · Not read: b.zip (a kind of file I can't read)",)


def test_long_lists_say_how_many_more() -> None:
    receipt = Receipt(tuple(f"{n}.png" for n in range(20)))
    assert footer_lines(Facts(receipt)) == ("Read: 0.png, 1.png, 2.png, 3.png, 4.png, 5.png, 6.png, 7.png and 12 more",)


def test_what_the_answer_leaves_out_is_told_in_its_own_line() -> None:
    lines = footer_lines(Facts(Receipt(), (picture(2), picture(5)), is_folded=True, is_at_limit=True))
    assert lines == ("To make room, I now see img_2, img_5 smaller or by name only.", FOLDED, AT_LIMIT)


@pytest.mark.parametrize(
    ("thought_s", "lines"), [(0.0, ()), (0.2, ("Thought for 1 s",)), (12.6, ("Thought for 13 s",))]
)
def test_the_time_it_thought_is_told_where_there_was_any(thought_s: float, lines: tuple[str, ...]) -> None:
    assert footer_lines(Facts(Receipt(), thought_s=thought_s)) == lines


def test_the_lines_speak_the_reader_s_language() -> None:
    receipt = Receipt(("a.png",), (("b.zip", "a kind of file I can't read"),))
    (line,) = footer_lines(Facts(receipt), "zh-CN")
    assert "a.png" in line
    assert "b.zip" in line
    assert "a kind of file" not in line
