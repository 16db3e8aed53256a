"""Checks tables and charts: the limits of table, data_table and data_visualization (facts/slack.md §1.6)."""

from typing import Any

from bot.playground.rules.elements import RuleBroken, items, kind_of
from bot.playground.workspace.records import Json
from bot.playground.workspace.rich_text import text_of

_COLUMNS_MAX = 20
_CHARTS = {"line", "bar", "area", "pie"}
_SERIES_MAX = 12
_POINTS_MAX = 20
_LABEL_MAX = 20
_CELLS = {"raw_text", "raw_number", "rich_text", "action_cell"}


def check_table(block: Json) -> None:
    rows = items(block, "rows", 1, 100)
    if _cell_chars(rows) > 10_000:
        raise RuleBroken("table cells have more than 10000 characters", "/rows")
    settings = block.get("column_settings")
    if settings is not None and (not isinstance(settings, list) or len(settings) > _COLUMNS_MAX):
        raise RuleBroken(f"no more than {_COLUMNS_MAX} items allowed", "/column_settings")


def check_data_table(block: Json) -> None:
    if not isinstance(block.get("caption"), str) or not block["caption"]:
        raise RuleBroken("missing required field: caption")
    rows = items(block, "rows", 1, 201)
    if _cell_chars(rows) > 20_000:
        raise RuleBroken("table cells have more than 20000 characters", "/rows")
    if len({len(row) for row in rows}) > 1:
        raise RuleBroken("rows must have the same number of cells", "/rows")
    size = block.get("page_size", 5)
    if not isinstance(size, int) or not 1 <= size <= 100:
        raise RuleBroken("page_size must be 1 to 100", "/page_size")


def check_chart(block: Json) -> None:
    _label(block.get("title"), 50, "/title")
    chart = block.get("chart")
    if not isinstance(chart, dict) or kind_of(chart) not in _CHARTS:
        raise RuleBroken("unsupported chart type", "/chart/type")
    if chart["type"] == "pie":
        _points(items(chart, "segments", 1, _SERIES_MAX), "/chart/segments")
        return
    for series in items(chart, "series", 1, _SERIES_MAX):
        _label(series.get("name") if isinstance(series, dict) else None, _LABEL_MAX, "/chart/series/name")
        _points(items(series, "data", 1, _POINTS_MAX), "/chart/series/data")
    _check_axes(chart)


def _check_axes(chart: Json) -> None:
    axes = chart.get("axis_config", {})
    for name in ("x_label", "y_label"):
        if name in axes:
            _label(axes[name], 50, f"/chart/axis_config/{name}")
    categories = axes.get("categories")
    if categories is None:
        return
    wanted = set(categories)
    for series in chart["series"]:
        if any(point["label"] not in wanted for point in series["data"]):
            raise RuleBroken("data labels must be among the categories", "/chart/series/data")


def _points(points: list[Any], at: str) -> None:
    for point in points:
        if not isinstance(point, dict):
            raise RuleBroken("must be an object", at)
        _label(point.get("label"), _LABEL_MAX, f"{at}/label")
        value = point.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RuleBroken("must be a number", f"{at}/value")


def _label(value: Any, most: int, at: str) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise RuleBroken(f"must be 1 to {most} characters", at)


def _cell_chars(rows: list[Any]) -> int:
    total = 0
    for row in rows:
        if not isinstance(row, list) or not 1 <= len(row) <= _COLUMNS_MAX:
            raise RuleBroken(f"a row has 1 to {_COLUMNS_MAX} cells", "/rows")
        total += sum(_cell(cell) for cell in row)
    return total


def _cell(cell: Any) -> int:
    """Return the characters of a cell. An empty text is refused (facts/slack.md §8 tables)."""
    kind = kind_of(cell)
    if kind not in _CELLS:
        raise RuleBroken("unsupported cell type", "/rows")
    if kind == "raw_number":
        if isinstance(cell.get("value"), bool) or not isinstance(cell.get("value"), int | float):
            raise RuleBroken("must be a number", "/rows")
        return len(str(cell["value"]))
    if kind == "raw_text":
        if not isinstance(cell.get("text"), str) or not cell["text"]:
            raise RuleBroken("must be more than 0 characters", "/rows")
        return len(cell["text"])
    return len(text_of(cell.get("elements", [])))
