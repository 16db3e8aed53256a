"""Tables as Slack takes them, and nothing left out of the CSV."""

import csv
import io

import pytest

from bot.playground.rules.tables import check_data_table
from bot.slack.markdown.tables import (
    EMPTY,
    as_block,
    as_csv,
    as_markdown,
    is_delimiter,
    is_small,
    plain_rows,
    read_table,
)

HEAD = ["| a | b |", "|---|:-:|"]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| 1 | 2 |", ("1", "2")),
        ("| `x|y` | 2 |", ("`x|y`", "2")),
        (r"| 1 \| 2 | 3", ("1 | 2", "3")),
        ("| $|x|$ | 2 |", ("|x|", "2")),
        ("| 1 |", ("1", "")),
        ("| a<br>b | <!here> |", ("a / b", "@here")),
        ("| ![p](https://x/y) | [z](javascript:q) |", ("[p](https://x/y)", "[z] (javascript:q)")),
    ],
)
def test_a_row_is_divided_where_it_was_meant(row: str, cells: tuple[str, ...]) -> None:
    assert read_table([*HEAD, row]).rows == (cells,)


def test_a_small_table_is_written_anew() -> None:
    grid = read_table([*HEAD, "| 1 \\| 2 | |"])
    assert is_small(grid)
    assert as_markdown(grid) == "| a | b |\n| --- | :---: |\n| 1 \\| 2 |  |\n"


def test_a_row_that_is_too_long_widens_the_table() -> None:
    assert read_table([*HEAD, "| 1 | 2 | 3 |"]).header == ("a", "b", "")


@pytest.mark.parametrize(
    ("columns", "rows", "cell", "is_cut"),
    [(3, 31, "x", False), (20, 200, "x", False), (21, 5, "x", True), (3, 201, "x", True), (5, 40, "y" * 400, True)],
)
def test_blocks_pass_slacks_checks(columns: int, rows: int, cell: str, is_cut: bool) -> None:
    lines = ["|" + "h|" * columns, "|" + "-|" * columns, *["|" + f"{cell}|" * (columns - 1) + " |"] * rows]
    grid = read_table(lines)
    assert not is_small(grid)
    block, was_cut = as_block(plain_rows(grid), "Caption")
    check_data_table(block)
    assert was_cut is is_cut
    told = list(csv.reader(io.StringIO(as_csv(plain_rows(grid)))))
    assert len(told) == rows + 1
    assert {len(row) for row in told} == {columns}


def test_cells_of_a_block_are_plain_and_never_empty() -> None:
    grid = read_table([*HEAD, "| **x** `y` | |", "| [z](https://a.b) | ~~w~~ |"])
    block, _ = as_block(plain_rows(grid), "")
    assert [[cell["text"] for cell in row] for row in block["rows"]] == [
        ["a", "b"],
        ["x y", EMPTY],
        ["z (https://a.b)", "w"],
    ]
    assert block["caption"] == "Table"


def test_the_csv_runs_nothing() -> None:
    told = as_csv(plain_rows(read_table([*HEAD, "| =1+1 | -5 |", "| @x | +cmd |"])))
    assert told == "a,b\r\n'=1+1,-5\r\n'@x,'+cmd\r\n"


def test_a_delimiter_row_is_recognised() -> None:
    assert is_delimiter("|---|:-:|")
    assert is_delimiter(" | - ")
    assert not is_delimiter("---")
    assert not is_delimiter("| a |")
