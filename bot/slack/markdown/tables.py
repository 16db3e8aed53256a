"""Reads the model's tables. Small ones stay Markdown; others become Slack's `data_table` with a CSV file.

Limits: facts/slack.md §1.6; an empty cell makes Slack refuse the whole message (§8).
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.markdown.inline import render_inline
from bot.slack.markdown.pings import JOINER
from bot.slack.markdown.plain import plain_line

# A data_table's limits.
MOST_ROWS = 200
MOST_COLUMNS = 20
MOST_CHARS = 20_000
LONGEST_CAPTION = 150
PAGE = 20
# A table up to this size is good to read as Markdown.
SMALL_COLUMNS = 10
SMALL_ROWS = 30
SMALL_CELL = 200
SMALL_CHARS = 3_000
CLIPPED_CELL = 200
# A longer table is shown in parts, since reading it takes more than a few milliseconds.
LARGE_CHARS = 60_000
LARGE_BARS = 8_000
EMPTY = "–"

_DELIMITER = re.compile(r"[ \t]*+\|?+(?=[ \t]*+:?+-)(?:[ \t]*+:?+-++:?+[ \t]*+\|)*+(?:[ \t]*+:?+-++:?+)?+[ \t]*+$")
_TICKS = re.compile(r"`++")
_CODE = re.compile(r"(`++)[^`]++(`++)")
_FORMULA_SPAN = re.compile(r"(?<!\$)\$(?=[^\s$])[^$]*?[^\s$]\$(?![\w$])")
_DIVIDING = re.compile(r"[|\\`$]")
_LINE_END = re.compile(r"\n\s*")
_CUT_TOKEN = re.compile(r"<(?=[@!][A-Za-z0-9^]+\s*$)")
# A number with a sign, a currency or a short unit: `-1,250.50`, `€ 3`, `12 %`, `4.2 MWh`.
_NUMBER = re.compile(r"[-+−]?\s?[$€£¥]?\s?[-+−]?\d{1,3}(?:[,' ]?\d{3})*(?:\.\d+)?(?:\s?(?:%|[^\W\d_]{1,4}|[$€£¥]))?$")
_NOTHING = frozenset({"", "–", "-", "—"})
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,]+%?$)")


Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as Markdown, every row as long as the header."""

    header: tuple[str, ...]
    aligned: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    indent: str = ""


def is_delimiter(line: str) -> bool:
    return "|" in line and _DELIMITER.match(line) is not None


def read_table(lines: list[str]) -> Grid:
    """Read the lines of a table: the header, the delimiter and the rows."""
    header = _cells(lines[0], None)
    rows = [_cells(line, len(header)) for line in lines[2:]]
    width = max(map(len, [header, *rows]))
    aligned = [_alignment(mark) for mark in _split(lines[1], is_code_whole=False)]
    return Grid(
        _padded(header, width),
        _padded(aligned, width, "---")[:width],
        tuple(_padded(row, width) for row in rows),
        lines[0][: len(lines[0]) - len(lines[0].lstrip())],
    )


def is_small(grid: Grid) -> bool:
    cells = [cell for row in (grid.header, *grid.rows) for cell in row]
    fits = len(grid.header) <= SMALL_COLUMNS and len(grid.rows) <= SMALL_ROWS
    return fits and max(map(len, cells)) <= SMALL_CELL and sum(map(len, cells)) <= SMALL_CHARS


def is_large(lines: list[str]) -> bool:
    return sum(map(len, lines)) >= LARGE_CHARS or sum(line.count("|") for line in lines) >= LARGE_BARS


def as_markdown(grid: Grid) -> str:
    lines = [grid.header, grid.aligned, *grid.rows]
    return "".join(
        f"{grid.indent}| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines
    )


def as_block(table: Rows, caption: str) -> tuple[dict[str, Any], bool]:
    """A data_table block, and whether something of the table is missing in it."""
    everything = table if len(table) > 1 else [*table, [EMPTY] * len(table[0])]
    rows = [[cell or EMPTY for cell in row[:MOST_COLUMNS]] for row in everything[: MOST_ROWS + 1]]
    if _chars(rows) > MOST_CHARS:
        rows = [[_clipped(cell) for cell in row] for row in rows]
    while _chars(rows) > MOST_CHARS:
        rows.pop()
    shown = [[cell or EMPTY for cell in row] for row in everything]
    block = {
        "type": "data_table",
        "caption": _clipped(caption.strip() or "Table", LONGEST_CAPTION),
        "page_size": PAGE,
        "rows": _typed(rows),
    }
    return block, rows != shown


def numeric(rows: Sequence[Sequence[str]]) -> tuple[bool, ...]:
    """Which columns hold only numbers. `rows` are without the header."""
    columns = [[cell.strip() for cell in column] for column in zip(*rows, strict=True)]
    return tuple(
        any(map(_NUMBER.match, column)) and all(_NUMBER.match(cell) or cell in _NOTHING for cell in column)
        for column in columns
    )


def _typed(rows: Rows) -> list[list[dict[str, Any]]]:
    """Slack puts numbers to the right."""
    header, *body = rows
    is_number = numeric(body)
    typed = [[_cell_of(cell, is_number=is_number[at]) for at, cell in enumerate(row)] for row in body]
    return [[_cell_of(cell) for cell in header], *typed]


def _cell_of(cell: str, *, is_number: bool = False) -> dict[str, Any]:
    digits = re.sub(r"[^\d.eE-]", "", cell.replace("−", "-"))
    if is_number and _NUMBER.match(cell.strip()):
        try:
            return {"type": "raw_number", "value": float(digits) if "." in digits else int(digits), "text": cell}
        except ValueError:
            pass
    return {"type": "raw_text", "text": cell}


def as_csv(table: Rows) -> str:
    """All of the table for a spreadsheet. Cells that would run there as formulas are marked as text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in table)
    return file.getvalue()


def plain_rows(grid: Grid) -> Rows:
    """The header and the rows as words without markup."""
    return [[plain_line(cell) for cell in row] for row in (grid.header, *grid.rows)]


def _cells(line: str, wanted: int | None) -> list[str]:
    """The cells of a row. A bar in code or in a formula divides no cells, other than in GitHub's rules, unless only so
    the row has the wanted number of cells.
    """
    cells = _split(line, is_code_whole=True)
    if wanted is not None and len(cells) != wanted:
        divided = _split(line, is_code_whole=False)
        cells = divided if len(divided) == wanted else cells
    return [_shown(cell) for cell in cells]


def _split(line: str, *, is_code_whole: bool) -> list[str]:
    cells: list[str] = []
    body = line.strip().removeprefix("|")
    begin = at = 0
    while found := _DIVIDING.search(body, at):
        at = found.start()
        if body[at] == "|":
            cells.append(body[begin:at])
            begin = at = at + 1
        elif body[at] == "\\":
            at += 2
        else:
            at = _past_span(body, at) if is_code_whole else at + 1
    cell = body[begin:]
    return [*cells, cell] if cell.strip() or not cells else cells


def _past_span(body: str, at: int) -> int:
    """The position after the code or the formula that begins here, or after its first sign if it is none."""
    if body[at] == "$":
        formula = _FORMULA_SPAN.match(body, at)
        return formula.end() if formula else at + 1
    ticks, code = _TICKS.match(body, at), _CODE.match(body, at)
    if code and len(code[2]) <= len(code[1]):  # the last ticks of the first run open it
        return code.end()
    return ticks.end() if ticks else at + 1


def _shown(cell: str) -> str:
    """The cell as harmless Markdown on one line. A token that a bar has cut through does not begin again."""
    lines = _LINE_END.split(render_inline(cell.replace("\\|", "|").strip()))
    text = " / ".join([*(line.rstrip() for line in lines[:-1]), lines[-1]]).strip()
    return _CUT_TOKEN.sub(rf"<{JOINER}", text)


def _alignment(mark: str) -> str:
    mark = mark.strip()
    return f"{':' if mark.startswith(':') else ''}---{':' if mark.endswith(':') else ''}"


def _padded(cells: list[str], width: int, filling: str = "") -> tuple[str, ...]:
    return (*cells, *[filling] * (width - len(cells)))


def _chars(rows: list[list[str]]) -> int:
    return sum(len(cell) for row in rows for cell in row)


def _clipped(text: str, longest: int = CLIPPED_CELL) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
