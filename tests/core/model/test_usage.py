import pytest

from bot.core.model.usage import Price, Usage


def test_usage_adds_up() -> None:
    assert Usage(1, 2, 3, 4) + Usage(10, 20, 30, 40) == Usage(11, 22, 33, 44)


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(1_000_000, 0), 2.0),
        (Usage(1_000_000, 0, 0, 1_000_000), 0.5),
        (Usage(1_000_000, 1_000_000, 0, 500_000), 1.0 + 0.25 + 8.0),
        (Usage(10, 0, 0, 1_000_000), 10 * 0.5 / 1_000_000),
    ],
)
def test_cached_input_costs_its_own_price(usage: Usage, cost: float) -> None:
    assert Price(2.0, 8.0, "CNY", cached=0.5).cost(usage) == pytest.approx(cost)


def test_without_a_cached_price_all_input_costs_the_same() -> None:
    assert Price(2.0, 8.0, "CNY").cost(Usage(1_000_000, 0, 0, 400_000)) == pytest.approx(2.0)
