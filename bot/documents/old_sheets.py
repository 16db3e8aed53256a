"""Old and binary Excel workbooks (.xls, .xlsb) through python-calamine, which is quick and asks for passwords."""

import datetime as dt
import io

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from bot.documents.draft import Draft
from bot.documents.notes import SHEET_LOST
from bot.documents.number_format import general
from bot.documents.refusals import damaged
from bot.documents.sheets import add_sheet
from bot.documents.xlsx_cells import MOST_CELLS, Grid
from bot.errors import FileProtected

_MOST_AREA = 20_000_000  # calamine lays out the whole rectangle that a far cell spans


def read_old_sheets(data: bytes, draft: Draft) -> None:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise FileProtected("calamine") from error
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as error:
        if "password" in str(error).lower():
            raise FileProtected("calamine") from error
        raise damaged(f"calamine: {type(error).__name__}") from error
    for about in book.sheets_metadata:
        if about.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.ChartSheet):
            continue
        is_hidden = about.visible != SheetVisibleEnum.Visible
        try:
            grid = _grid(book.get_sheet_by_name(about.name))
        except (CalamineError, XmlError, ZipError, OSError, ValueError):
            draft.note(SHEET_LOST.format(sheet=f"sheet {about.name}"))
            continue
        add_sheet(draft, about.name, grid, is_hidden=is_hidden)


def _grid(sheet: CalamineSheet) -> Grid:
    grid = Grid()
    start = sheet.start or (0, 0)
    for row, cells in enumerate(sheet.iter_rows(), start[0] + 1):
        for column, value in enumerate(cells, 1):
            text = _text(value)
            if text:
                grid.put(row, column, text)
        if grid.count >= MOST_CELLS or row * max(1, sheet.width) > _MOST_AREA:
            grid.is_cut = True
            break
    return grid


def _text(value: object) -> str:
    """Formats are not told by calamine: numbers bare, dates in ISO, times without an invented day."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return general(float(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == dt.time() else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(value)
