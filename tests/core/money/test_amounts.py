"""Amounts of money are read from what people type, and shown to them."""

import pytest

from bot.core.model.usage import Price, Usage
from bot.core.money.amounts import millionths, read_amount, shown


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("5", 5_000_000),
        ("2.50", 2_500_000),
        ("2,5", 2_500_000),
        ("$5", 5_000_000),
        ("¥20", 20_000_000),
        ("20元", 20_000_000),
        ("5usd", 5_000_000),
        (" 0.000001 ", 1),
        ("0", None),
        ("0.0", None),
        ("-5", None),
        ("five", None),
        ("5 6", None),
        ("1e5", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("1000000000", None),
        ("５", 5_000_000),
        ("1,000", 1_000_000_000),
        ("1,234,567.5", 1_234_567_500_000),
        ("1,00,0", None),
        ("0,5", 500_000),
    ],
)
def test_a_typed_amount_is_read(words: str, amount: int | None) -> None:
    assert read_amount(words) == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (4_200, "$0.0042"),
        (9_999, "$0.01"),
        (10_000, "$0.01"),
        (1_234_567, "$1.23"),
        (1_234_567_890_000, "$1,234,567.89"),
    ],
)
def test_an_amount_is_shown_with_its_currency(amount: int, words: str) -> None:
    assert shown(amount, "USD") == words


def test_a_cost_is_rounded_up_but_not_by_what_floating_point_leaves() -> None:
    assert millionths(Price(3.75, 11.5, "CNY").cost(Usage(1_000, 100))) == 4_900
    assert millionths(0.1 + 0.2) == 300_000
    assert millionths(1e-7) == 1
    assert millionths(0.0) == 0
