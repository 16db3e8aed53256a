"""`drift_lines` says what an edit did to a web page: how many places look different, which lines of text went and came,
and whether more changed than was asked for.
"""

from collections import Counter
from collections.abc import Sequence

from bot.core.drawing import Box, Comparison, RenderedPage
from bot.words import clipped, listed, say, text

DRIFT = 0.4  # of the page
CHANGED_ONE_LINE = text("1 place on the page changed ({percent} %).")
CHANGED_LINE = text("{count} places on the page changed ({percent} %).")
SAME_LINE = text("The page looks the same as before.")
DRIFT_LINE = text("More may have changed than you asked for: please compare.")
INSIDE_LINE = text("Nothing changed outside your marks.")
OUTSIDE_ONE_LINE = text("1 place outside your marks changed, too: please compare.")
OUTSIDE_LINE = text("{count} places outside your marks changed, too: please compare.")
GONE_LINE = text("Gone from the page: {words}.")
NEW_LINE = text("New on the page: {words}.")
MOST_LINES, MOST_CHARS = 4, 60

# A picture of the page on which somebody has drawn is so similar to the page, and differs in at most this share of it.
_LEAST_ALIKE, _MOST_MARKED = 0.93, 0.4
_NEAR_PX = 48  # a ring or the tip of an arrow is drawn beside the place that is meant


def drift_lines(
    compared: Comparison, before: RenderedPage, after: RenderedPage, language: str, marked: Sequence[Box] = ()
) -> list[str]:
    """`compared` compares the pages before and after. `marked` are places that somebody marked on the page before, in
    its pixels.
    """
    text_lines = _text_changes(before.text, after.text, language)
    if not compared.boxes:
        return [say(SAME_LINE, language), *text_lines]
    share = _area(compared.boxes)
    percent = max(1, round(share * 100))
    count = len(compared.boxes)
    changed_line = say(CHANGED_ONE_LINE if count == 1 else CHANGED_LINE, language, count=count, percent=percent)
    if marked:
        changed = [_pixels(box, after) for box in compared.boxes]
        outside = sum(not any(_is_near(box, mark) for mark in marked) for box in changed)
        line = say((INSIDE_LINE, OUTSIDE_ONE_LINE, OUTSIDE_LINE)[min(outside, 2)], language, count=outside)
        if outside or share <= DRIFT:
            return [changed_line, line, *text_lines]
    return [changed_line, *([say(DRIFT_LINE, language)] if share > DRIFT else []), *text_lines]


def marked_places(compared: Comparison, page: RenderedPage) -> tuple[Box, ...]:
    """Return the places where somebody drew on a picture of the page, in the page's pixels, or none when the picture
    shows something else. `compared` compares that picture with the page.
    """
    is_page = compared.similarity >= _LEAST_ALIKE and _area(compared.boxes) <= _MOST_MARKED
    return tuple(_pixels(box, page) for box in compared.boxes) if is_page else ()


def _area(boxes: Sequence[Box]) -> float:
    """Return the share of the page that the boxes cover. The boxes do not overlap."""
    return min(1.0, sum((box[2] - box[0]) * (box[3] - box[1]) for box in boxes) / 1_000_000)


def _pixels(box: Box, page: RenderedPage) -> Box:
    across, down = page.width / 1000, page.height / 1000
    return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def _is_near(box: Box, mark: Box) -> bool:
    return (
        box[0] <= mark[2] + _NEAR_PX
        and mark[0] <= box[2] + _NEAR_PX
        and box[1] <= mark[3] + _NEAR_PX
        and mark[1] <= box[3] + _NEAR_PX
    )


def _text_changes(before: str, after: str, language: str) -> list[str]:
    old, new = (Counter(_lines(page)) for page in (before, after))
    changes = (GONE_LINE, list((old - new).elements())), (NEW_LINE, list((new - old).elements()))
    return [say(line, language, words=_listed(words, language)) for line, words in changes if words]


def _lines(page: str) -> list[str]:
    lines = (" ".join(line.replace("`", "'").split()) for line in page.splitlines())
    return [line for line in lines if line]


def _listed(lines: Sequence[str], language: str) -> str:
    short = [clipped(line, MOST_CHARS) for line in lines[:MOST_LINES]]
    rest = len(lines) - len(short)
    return listed([f"`{line}`" for line in short], language) + (f" … +{rest}" if rest else "")
