"""Numbers that are written as words are read."""

import pytest

from bot.core.citations.numerals import chinese, english


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("十", [10]),
        ("十二", [12]),
        ("二十", [20]),
        ("一百零五", [105]),
        ("两千三百", [2_300]),
        ("一万零五十", [10_050]),
        ("三百二十万", [3_200_000]),
        ("一亿二千万", [120_000_000]),
        ("二〇二四年", [2024]),
        ("壹仟贰佰元", [1_200]),
        ("三和四", [3, 4]),
        ("万一", []),
        ("", []),
    ],
)
def test_chinese(words: str, numbers: list[int]) -> None:
    assert list(chinese(words)) == numbers


def test_only_what_is_surely_a_number_counts() -> None:
    assert list(chinese("千万不要，一起去三百米，十分好", is_sure=True)) == [300]


def test_english() -> None:
    assert list(english("thirty days, twenty-five or ninety nine; someone; fourteen")) == [30, 25, 99, 14]
