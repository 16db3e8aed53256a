"""Describes the rows and columns that the author of a sheet has hidden: the file holds them, but the screen doesn't."""

from collections.abc import Callable, Iterable

from bot.documents.pages.notices import SHEET_HIDDEN, SHEET_HIDES
from bot.documents.sheets.xlsx_cells import Grid, column_letters

_MOST_RANGES = 8


def fold_note(name: str, grid: Grid, *, is_hidden: bool) -> str:
    """Return a notice for a sheet that is hidden or hides something, else an empty string. `name` is “sheet Costs”."""
    if is_hidden:
        return SHEET_HIDDEN.format(sheet=name)
    rows = grid.hidden_rows & grid.rows.keys()
    columns: set[int] = set()
    if grid.hidden_columns:
        columns = grid.hidden_columns & {column for cells in grid.rows.values() for column in cells}
    hidden = [_ranges("row", rows, str), _ranges("column", columns, column_letters)]
    return SHEET_HIDES.format(sheet=name, hidden=", ".join(filter(None, hidden))) if rows or columns else ""


def _ranges(word: str, numbers: Iterable[int], called: Callable[[int], str]) -> str:
    """Return “rows 5–7 and 9” for the rows or columns that hold something."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    if not ranges:
        return ""
    names = [called(first) if first == last else f"{called(first)}–{called(last)}" for first, last in ranges]
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    more = f" and {len(names) - _MOST_RANGES} more" if len(names) > _MOST_RANGES else ""
    return f"{word if is_one else word + 's'} {', '.join(names[:_MOST_RANGES])}{more}"
