"""How far the reading of a file has come: plain values, for whoever shows it (“Reading report.pdf, page 7 of 40”)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["reading", "rendering"]


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """`done` of `of` pages of the file `name` are read as text, or rendered as pictures (`of` those that are)."""

    name: str
    stage: Stage
    done: int
    of: int


ProgressCallback = Callable[[ReadProgress], None]
PageCounter = Callable[[int, int], None]  # pages done, pages in all


def unwatched(_reading: ReadProgress) -> None:
    return


def steps(watch: ProgressCallback, name: str, stage: Stage) -> PageCounter:
    """What a reader calls with bare counts, telling `watch` whose they are."""
    return lambda done, of: watch(ReadProgress(name, stage, done, of))
