"""Draws table and data_table blocks as HTML with all rows; the page turns the pages of a table."""

from typing import Any

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.elements import render_element
from bot.playground.browser.rendering.html import NOTHING, Html, join, tag, text
from bot.playground.browser.rendering.mrkdwn import plain
from bot.playground.browser.rendering.rich_text import render_rich_text
from bot.playground.workspace.records import Json

_ALIGNMENTS = {"left", "center", "right"}
_DEFAULT_PAGE = 5


def render_table(block: Json, context: RenderContext) -> Html:
    rows = _rows(block)
    settings = block.get("column_settings") if isinstance(block.get("column_settings"), list) else []
    classes = [_column_class(setting) for setting in settings or []]
    head = [_row(row, context, "th", classes) for row in rows[:1]]
    body = [_row(row, context, "td", classes) for row in rows[1:]]
    return _framed(tag("table", tag("thead", *head), tag("tbody", *body)), "Table")


def render_data_table(block: Json, context: RenderContext) -> Html:
    rows = _rows(block)
    size = block.get("page_size")
    page = size if isinstance(size, int) and size > 0 else _DEFAULT_PAGE
    header_column = block.get("row_header_column_index")
    head = [_row(row, context, "th", []) for row in rows[:1]]
    body = [
        _row(row, context, "td", [], header_column=header_column, is_hidden=index >= page)
        for index, row in enumerate(rows[1:])
    ]
    caption = tag("caption", plain(block.get("caption")))
    table = tag("table", caption, tag("thead", *head), tag("tbody", *body))
    pager = _pager(len(body), page) if len(body) > page else NOTHING
    return tag("div", _framed(table, str(block.get("caption") or "Table")), pager, class_="data-table", data_page=page)


def _pager(count: int, page: int) -> Html:
    return tag(
        "div",
        tag("button", text("‹"), type="button", data_do="page-back", aria_label="Previous rows", disabled=True),
        tag("span", text(f"1–{page} of {count}"), class_="pager-at", aria_live="polite"),
        tag("button", text("›"), type="button", data_do="page-on", aria_label="Next rows"),
        class_="pager",
    )


def _framed(table: Html, label: str) -> Html:
    return tag("div", table, class_="table-wrap", tabindex="0", role="region", aria_label=label)


def _rows(block: Json) -> list[list[Any]]:
    rows = block.get("rows")
    return [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []


def _row(
    cells: list[Any],
    context: RenderContext,
    kind: str,
    classes: list[str],
    *,
    header_column: object = None,
    is_hidden: bool = False,
) -> Html:
    children = []
    for index, cell in enumerate(cells):
        style = classes[index] if index < len(classes) else ""
        if isinstance(cell, dict) and cell.get("type") == "raw_number":
            style = f"{style} number"
        name = "th" if index == header_column else kind
        scope = "col" if kind == "th" else ("row" if name == "th" else None)
        children.append(tag(name, _cell(cell, context), class_=style.strip() or None, scope=scope))
    return tag("tr", *children, hidden=is_hidden)


def _cell(cell: Any, context: RenderContext) -> Html:
    if not isinstance(cell, dict):
        return text(cell)
    match cell.get("type"):
        case "rich_text":
            return render_rich_text(cell.get("elements"), context)
        case "raw_number":
            return text(cell.get("text") or cell.get("value"))
        case "action_cell":
            found = [cell.get("element"), *(cell.get("elements") or [])]
            return join(render_element(element, context) for element in found if isinstance(element, dict))
    return plain(cell.get("text"))


def _column_class(setting: Any) -> str:
    if not isinstance(setting, dict):
        return ""
    align = setting.get("align")
    names = [str(align)] if align in _ALIGNMENTS else []
    return " ".join([*names, "wrapped"] if setting.get("is_wrapped") else names)
