"""A spreadsheet reads the usage file as text and numbers."""

from datetime import date

from bot.core.money.usage_rows import UsageRow, as_csv


def test_neither_a_name_nor_a_models_becomes_a_formula() -> None:
    rows = [UsageRow(date(2026, 11, 29), "U1", "C1", "=HYPERLINK(1)", 1)]
    (_, line) = as_csv(rows, {"U1": "@SUM(1)"}, "USD").decode("utf-8-sig").splitlines()
    assert line.split(",")[1:5] == ["'@SUM(1)", "U1", "C1", "'=HYPERLINK(1)"]
