"""Converts grids of cells to Markdown: one page for a sheet, several for a long one."""

from bot.documents.pages.builder import Draft, cell_text, table
from bot.documents.pages.notices import SHEET_CUT, SHEET_CUT_SOMEWHERE
from bot.documents.sheets.folded import fold_note
from bot.documents.sheets.xlsx_cells import Grid, column_letters

_PAGE_LETTERS = 9000


def add_sheet(draft: Draft, title: str, grid: Grid, beside: str = "", *, is_hidden: bool = False) -> None:
    """Add a sheet to the draft. `beside` is the text of charts, comments and text boxes; it goes on the sheet's first
    page.
    """
    name = f"sheet {title}{' (hidden)' if is_hidden else ''}"
    head = f"# {title}{' (hidden sheet)' if is_hidden else ''}"
    draft.note(fold_note(name, grid, is_hidden=is_hidden))
    beside = "\n\n".join(part for part in (*grid.edges, beside) if part)
    parts = _parts(grid)
    last = max(grid.rows, default=0)
    if len(parts) < 2:
        body = parts[0][1] if parts else ""
        draft.add("\n\n".join(part for part in (head, body, beside) if part), label=name)
        parts = []
    for at, (rows, body) in enumerate(parts):
        text = f"{head}\n\n{body}" if at == 0 else body
        draft.add(f"{text}\n\n{beside}" if at == 0 and beside else text, label=f"{name}, rows {rows}")
        if draft.is_full and at < len(parts) - 1:
            last, grid.is_cut, grid.last_row = int(rows.rpartition("–")[2]), True, max(grid.last_row, last)
            break
    if grid.is_cut and grid.rows:
        draft.note(_cut_note(name, grid, last))


def _cut_note(name: str, grid: Grid, last: int) -> str:
    first = f"{min(grid.rows):,}"
    if grid.last_row > last:
        return SHEET_CUT.format(sheet=name, first=first, last=f"{last:,}", rows=f"{grid.last_row:,}")
    return SHEET_CUT_SOMEWHERE.format(sheet=name, first=first, last=f"{last:,}")


def _parts(grid: Grid) -> list[tuple[str, str]]:
    """Return (rows, Markdown) of each part. Every part begins with the sheet's first row."""
    if not grid.rows:
        return []
    numbers = sorted(grid.rows)
    columns = sorted({column for cells in grid.rows.values() for column in cells})
    if len(numbers) * len(columns) > max(20 * grid.count, 20_000):
        return _scattered(grid, numbers)
    parts: list[tuple[str, str]] = []
    rows: list[list[str]] = []
    size, begin = 0, numbers[0]
    first = _row(grid, numbers[0], columns)
    for number in numbers:
        row = _row(grid, number, columns)
        if size > _PAGE_LETTERS:
            parts.append((f"{begin}–{number - 1}", table(rows)))
            rows, size, begin = [first], 0, number
        rows.append(row)
        size += sum(map(len, row)) + 3 * len(row)
    parts.append((f"{begin}–{numbers[-1]}", table(rows)))
    return parts


def _row(grid: Grid, number: int, columns: list[int]) -> list[str]:
    cells = grid.rows[number]
    return [cells.get(column, "") for column in columns]


def _scattered(grid: Grid, numbers: list[int]) -> list[tuple[str, str]]:
    """Return the cells one by one with their places. It is for a few cells far apart, whose table would be mostly
    empty.
    """
    parts: list[tuple[str, str]] = []
    lines: list[str] = []
    size, begin = 0, numbers[0]
    for number in numbers:
        if size > _PAGE_LETTERS:
            parts.append((f"{begin}–{number - 1}", "\n".join(lines)))
            lines, size, begin = [], 0, number
        cells = grid.rows[number]
        lines += [f"- {column_letters(column)}{number}: {cell_text(cells[column])}" for column in sorted(cells)]
        size += sum(len(line) for line in lines[-len(cells) :])
    parts.append((f"{begin}–{numbers[-1]}", "\n".join(lines)))
    return parts
