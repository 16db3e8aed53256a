"""Reads binary Excel workbooks (.xls, .xlsb) with python-calamine, which is fast and detects passwords."""

import datetime as dt
import io
import sys
from collections.abc import Iterator

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

from bot.documents.containers.outlook import is_encrypted_office
from bot.documents.deadline import Deadline
from bot.documents.office.number_format import general
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import BARE_NUMBERS, SHEET_LOST
from bot.documents.refusals import damaged
from bot.documents.sheets.grid import add_sheet
from bot.documents.sheets.xlsx_cells import MOST_CELLS, Grid, Saved
from bot.errors import FileProtected

_DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no time zone
_MOST_AREA = 20_000_000  # calamine allocates the rectangle from the first cell to the last


def read_old_sheets(data: bytes, draft: Draft) -> None:
    """Add the pages of all sheets to the draft. Raises FileProtected for a password, FileBroken for damage."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise FileProtected("calamine") from error
    except (CalamineError, XmlError, ZipError, OSError, ValueError, _panic()) as error:
        if "password" in str(error).lower() or is_encrypted_office(data, "xls"):
            raise FileProtected("calamine") from error
        raise damaged(f"calamine: {type(error).__name__}") from error
    for metadata in draft.deadline.each(book.sheets_metadata):
        if metadata.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.ChartSheet):
            continue
        is_hidden = metadata.visible != SheetVisibleEnum.Visible
        try:
            grid = _grid(book.get_sheet_by_name(metadata.name), draft.deadline)
        except (CalamineError, XmlError, ZipError, OSError, ValueError, _panic()):
            draft.note(SHEET_LOST.format(sheet=f"sheet {metadata.name}"))
            continue
        add_sheet(draft, metadata.name, grid, is_hidden=is_hidden)
    draft.note(BARE_NUMBERS)


def _panic() -> type[BaseException]:
    """Return the exception class of a Rust panic. It is no Exception, and Python can only get it
    after one was raised.
    """
    raised = sys.exc_info()[0]
    is_panic = raised is not None and raised.__name__ == "PanicException"
    return raised if is_panic and raised is not None else CalamineError


def saved_values(data: bytes) -> dict[str, Saved]:
    """Return the stored value of each cell of an old workbook, by sheet, or nothing when it can't be read.

    LibreOffice calculates formulas again, with today's date and without the macros and workbooks they need.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {name: _saved(book.get_sheet_by_name(name)) for name in book.sheet_names}
    except (CalamineError, XmlError, ZipError, PasswordError, OSError, ValueError, _panic()):
        return {}


def _saved(sheet: CalamineSheet) -> Saved:
    found: Saved = {}
    for row, cells in _rows(sheet):
        found.update({(row, column): _serial(value) for column, value in cells if value != ""})
        if len(found) >= MOST_CELLS or row * max(1, sheet.width) > _MOST_AREA:
            break
    return found


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, Iterator[tuple[int, object]]]]:
    """Yield rows and cells with their numbers from 1. Calamine returns all rows from the first, but not all columns."""
    first = (sheet.start or (0, 0))[1] + 1
    for row, cells in enumerate(sheet.iter_rows(), 1):
        yield row, enumerate(cells, first)


def _serial(value: object) -> str | float | bool:
    """Return a date or time as a serial number, so that the format of the cell can show it."""
    if isinstance(value, dt.datetime):
        return (value - _DAY_ZERO) / dt.timedelta(days=1)
    if isinstance(value, dt.date):
        return float((value - _DAY_ZERO.date()).days)
    if isinstance(value, dt.time):
        return (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86_400
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    return value if isinstance(value, str | float | bool) else str(value)


def _grid(sheet: CalamineSheet, deadline: Deadline) -> Grid:
    grid = Grid(last_row=sheet.total_height)
    for row, cells in deadline.each_small(_rows(sheet)):
        for column, value in cells:
            text = _text(value)
            if text:
                grid.put(row, column, text)
        if grid.count >= MOST_CELLS or row * max(1, sheet.width) > _MOST_AREA:
            grid.is_cut = True
            break
    grid.is_cut |= deadline.has_omissions
    return grid


def _text(value: object) -> str:
    """Return the text of a value. Calamine has no formats, so numbers are bare, dates ISO, and times have no invented
    day.
    """
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
