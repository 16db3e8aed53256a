"""Tables of as many columns as there are set-ups side by side. Pure; `bench.figures` has the two-column kind."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """`head` names the columns, the first of them the lines'."""

    title: str
    how: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def printed(table: Table) -> str:
    lines = [table.head, *table.lines]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    body = "\n".join("  " + _line(cells, widths) for cells in lines)
    return f"{table.title}\n  ({table.how})\n{body}\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()
