"""Figures and the table they are printed in. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    if not ordered:
        return math.nan
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a number for each column, or text where there is nothing to divide. `goal` is design §9's figure."""

    name: str
    ours: float | str
    naive: float | str
    unit: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    how: str
    rows: tuple[Row, ...]
    columns: tuple[str, str] = ("ours", "naive")


def printed(section: Section) -> str:
    first, second = section.columns
    lines = [("", first, second, f"{first}/{second}", "goal"), *(_cells(row) for row in section.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    body = "\n".join("  " + _line(cells, widths) for cells in lines)
    return f"{section.title}\n  ({section.how})\n{body}\n"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = [
        cell.ljust(width) if column in {0, 4} else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join([first, *rest]).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, shown(row.ours, row.unit), shown(row.naive, row.unit), ratio(row.ours, row.naive), row.goal)


def shown(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "–"
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def ratio(ours: float | str, naive: float | str) -> str:
    if isinstance(ours, str) or isinstance(naive, str) or not naive or math.isnan(ours) or math.isnan(naive):
        return ""
    return f"{ours / naive:.2f}"
