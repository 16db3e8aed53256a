import json
from typing import Any

import pytest

from bot.tools.make_table import MakeTable
from tests.tools.tool_context import refusal, tool_context

TABLE: dict[str, Any] = {"title": "Costs: 2026", "columns": ["Item", "Price"], "rows": [["Desk", 1.5], ["Lamp", None]]}


async def test_every_cell_becomes_text() -> None:
    rows = [["a", 1], [True, False], [None, 2.5], [["x"], {"k": "值"}]]
    result = await MakeTable().call({**TABLE, "columns": ["A", 2026], "rows": rows}, tool_context())
    (new,) = result.made
    assert json.loads(new.data) == {
        "title": "Costs: 2026",
        "columns": ["A", "2026"],
        "rows": [["a", "1"], ["true", "false"], ["", "2.5"], ['["x"]', '{"k": "值"}']],
    }
    assert (new.kind, new.prefix, new.name, new.about) == ("table", "table", "Costs-2026.csv", "Costs: 2026")
    assert new.is_for_person
    assert not new.is_for_model
    assert "4 rows, 2 columns" in result.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": [["a", 1], ["b"]]}, "Row 2 of `rows` has 1 cells, but there are 2 columns"),
        ({"rows": [["a", 1, 2]]}, "Row 1 of `rows` has 3 cells"),
        ({"rows": [{"Item": "a"}]}, "Row 1 of `rows` must be a list of 2 cells"),
        ({"rows": []}, "`rows` must have 1 to 10,000 entries"),
        ({"rows": [["a", 1]] * 10_001}, "but has 10,001"),
        ({"columns": ["c"] * 101}, "1 to 100 entries"),
        ({"columns": []}, "`columns` must have 1 to 100 entries"),
        ({"title": None}, "`title` is missing"),
    ],
)
async def test_what_is_wrong_is_named(change: dict[str, Any], said: str) -> None:
    assert said in await refusal(MakeTable(), {**TABLE, **change})


async def test_ten_thousand_rows_go() -> None:
    result = await MakeTable().call({**TABLE, "rows": [["a", 1]] * 10_000}, tool_context())
    assert len(json.loads(result.made[0].data)["rows"]) == 10_000
