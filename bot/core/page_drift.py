"""What an edit did to a page: how many places look different, which words went and came, and whether more changed than
what was asked for.
"""

from collections import Counter
from collections.abc import Sequence

from bot.core.drawing import Box, Compared, Rendered
from bot.words import say, text

DRIFT = 0.4  # of the page
CHANGED_LINE = text("Places of the page that look different now: {count} ({percent} % of it).")
SAME_LINE = text("The page looks as it did before.")
DRIFT_LINE = text("More than what you asked for may have changed: please compare.")
INSIDE_LINE = text("Outside of what you marked nothing looks different.")
OUTSIDE_LINE = text("Outside of what you marked this many places look different, too: {count}. Please compare.")
GONE_LINE = text("No longer on the page: {words}.")
NEW_LINE = text("New on the page: {words}.")
MOST_LINES, MOST_CHARS = 4, 60

# A picture of the page that somebody drew on; a part of it, or another window, is less like it and differs everywhere.
_LEAST_ALIKE, _MOST_MARKED = 0.93, 0.4
_NEAR_PX = 48  # a ring or the tip of an arrow stands beside what is meant


def drift_lines(
    compared: Compared, before: Rendered, after: Rendered, language: str, marked: Sequence[Box] = ()
) -> list[str]:
    """`compared` is of before and after; `marked` are places of the former, in its pixels."""
    worded = _worded(before.text, after.text, language)
    if not compared.boxes:
        return [say(SAME_LINE, language), *worded]
    share = _area(compared.boxes)
    percent = max(1, round(share * 100))
    told = say(CHANGED_LINE, language, count=len(compared.boxes), percent=percent)
    if marked:
        changed = [_pixels(box, after) for box in compared.boxes]
        outside = sum(not any(_is_near(box, mark) for mark in marked) for box in changed)
        line = say(OUTSIDE_LINE if outside else INSIDE_LINE, language, count=outside)
        if outside or share <= DRIFT:
            return [told, line, *worded]
    return [told, *([say(DRIFT_LINE, language)] if share > DRIFT else []), *worded]


def marked_places(compared: Compared, page: Rendered) -> tuple[Box, ...]:
    """Where somebody drew on a picture of the page, in its pixels; none when the picture is of something else.
    `compared` is of that picture and the page.
    """
    is_page = compared.similarity >= _LEAST_ALIKE and _area(compared.boxes) <= _MOST_MARKED
    return tuple(_pixels(box, page) for box in compared.boxes) if is_page else ()


def _area(boxes: Sequence[Box]) -> float:
    """The share of the page, where they do not overlap."""
    return min(1.0, sum((box[2] - box[0]) * (box[3] - box[1]) for box in boxes) / 1_000_000)


def _pixels(box: Box, page: Rendered) -> Box:
    across, down = page.width / 1000, page.height / 1000
    return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def _is_near(box: Box, mark: Box) -> bool:
    return (
        box[0] <= mark[2] + _NEAR_PX
        and mark[0] <= box[2] + _NEAR_PX
        and box[1] <= mark[3] + _NEAR_PX
        and mark[1] <= box[3] + _NEAR_PX
    )


def _worded(before: str, after: str, language: str) -> list[str]:
    old, new = (Counter(_lines(page)) for page in (before, after))
    found = (GONE_LINE, list((old - new).elements())), (NEW_LINE, list((new - old).elements()))
    return [say(line, language, words=_listed(words)) for line, words in found if words]


def _lines(page: str) -> list[str]:
    lines = (" ".join(line.replace("`", "'").split()) for line in page.splitlines())
    return [line for line in lines if line]


def _listed(lines: Sequence[str]) -> str:
    short = [line if len(line) <= MOST_CHARS else line[: MOST_CHARS - 1] + "…" for line in lines[:MOST_LINES]]
    rest = len(lines) - len(short)
    return ", ".join(f"`{line}`" for line in short) + (f" … +{rest}" if rest else "")
