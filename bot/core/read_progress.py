"""ReadProgress says how far the reading of a file has come, for a status such as “Reading report.pdf, page 7 of 40”."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["reading", "rendering"]


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """`done` of `of` pages of the file `name` are read as text, or drawn as pictures. `of` counts only pages that are
    to be drawn.
    """

    name: str
    stage: Stage
    done: int
    of: int


ProgressCallback = Callable[[ReadProgress], None]
PageCounter = Callable[[int, int], None]  # pages done, pages in all


def ignore_progress(_progress: ReadProgress) -> None:
    return


def page_counter(callback: ProgressCallback, name: str, stage: Stage) -> PageCounter:
    """Return the callback of a reader, which knows only counts. It calls `callback` with the file's name and stage."""
    return lambda done, of: callback(ReadProgress(name, stage, done, of))
