import json
from typing import Any

from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, checked_text, items, quoted, string
from bot.tools.naming import file_name
from bot.words import text

MAKING_TABLE = text("is making a table…")

MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_TITLE = 150
LONGEST_CELL = 10_000


class MakeTable:
    spec = ToolSpec(
        "make_table",
        "Show the person a table, with all rows as a CSV file.",
        {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "columns": {"type": "array", "items": {"type": "string"}},
                "rows": {"type": "array", "items": {"type": "array", "description": "a cell for each column"}},
            },
            "required": ["title", "columns", "rows"],
        },
    )
    step = MAKING_TABLE

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:  # noqa: ARG002 - every tool is called alike
        title = string(arguments, "title", LONGEST_TITLE)
        columns = [_cell(name, f"`columns[{at}]`") for at, name in enumerate(items(arguments, "columns", MOST_COLUMNS))]
        rows = [_row(row, at, columns) for at, row in enumerate(items(arguments, "rows", MOST_ROWS), 1)]
        data = json.dumps({"title": title, "columns": columns, "rows": rows}, ensure_ascii=False).encode()
        new = NewArtifact(
            "table",
            "table",
            file_name(title, ".csv"),
            title,
            "application/json",
            data,
            is_for_person=True,
            is_for_model=False,
        )
        size = (
            f"{len(rows):,} row{'' if len(rows) == 1 else 's'}, {len(columns)} column{'' if len(columns) == 1 else 's'}"
        )
        return Result(
            f"{{0}} is the table “{title}” ({size}). The person sees it, with a CSV of all rows.", made=(new,)
        )


def _row(row: Any, at: int, columns: list[str]) -> list[str]:
    if not isinstance(row, list):
        raise ToolFailed(f"Row {at} of `rows` must be a list of {len(columns)} cells, but is {quoted(row)}.")
    if len(row) != len(columns):
        raise ToolFailed(
            f"Row {at} of `rows` has {len(row)} cells, but there are {len(columns)} columns; "
            "give one cell for each, an empty text where there is nothing."
        )
    return [_cell(cell, f"`{columns[place]}` in row {at}") for place, cell in enumerate(row)]


def _cell(value: Any, argument: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return checked_text(value, argument, LONGEST_CELL)
