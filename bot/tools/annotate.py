from typing import Any, get_args

from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.drawing import Box, Mark, MarkKind, Painter
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import (
    Arguments,
    check_upright,
    coordinates,
    items,
    optional_string,
    quoted,
    record,
    shown_box,
    string,
)
from bot.tools.naming import picture_name, stem_of
from bot.tools.tool_errors import tool_errors
from bot.words import listed, say, text

DRAWING_ON = text("is drawing on {what}…")
MARKED = text("{name} with marks")
MARKED_WITH = text("{name} with marks: {labels}")

KINDS: tuple[MarkKind, ...] = get_args(MarkKind)
MOST_MARKS = 50
LONGEST_LABEL = 80
# How many numbers `box` may have: a box and an arrow need both corners, a point or a label one place.
_COUNTS: dict[MarkKind, tuple[int, ...]] = {"box": (4,), "arrow": (4,), "point": (2, 4), "label": (2, 4)}


class Annotate:
    spec = ToolSpec(
        "annotate",
        "Draw marks on a picture and show it to the person.",
        {
            "type": "object",
            "properties": {
                "image": {"type": "string", "description": "label, like img_1"},
                "marks": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "kind": {"enum": list(KINDS)},
                            "box": {
                                "type": "array",
                                "items": {"type": "number"},
                                "description": "[x1,y1,x2,y2] 0-1000; arrow: from, to; point: [x,y]",
                            },
                            "label": {"type": "string"},
                        },
                        "required": ["kind", "box"],
                    },
                },
            },
            "required": ["image", "marks"],
        },
    )
    step = DRAWING_ON

    def __init__(self, painter: Painter) -> None:
        self._painter = painter

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        label = string(arguments, "image")
        entries = items(arguments, "marks", MOST_MARKS)
        marks = tuple(_mark(entry, at, len(entries)) for at, entry in enumerate(entries, 1))
        with tool_errors(label):
            source = await context.artifacts.source(label)
            picture = await self._painter.annotate(source.data, source.name, marks)
        name = picture_name(f"annotated-{stem_of(source.name)}", picture.mime)
        about = _about(source.name, marks, context.language)
        new = NewArtifact("picture", "annotated", name, about, picture.mime, picture.data, is_for_person=True)
        legend = "; ".join(_legend(mark) for mark in marks)
        return Result(f"{{0}} is {label} with: {legend}. The person sees it.", made=(new,), is_untrusted=True)


def _mark(entry: Any, at: int, count: int) -> Mark:
    """Read one mark. When there are several, a mark without words is numbered, so that the answer can name it."""
    argument = f"`marks[{at - 1}]`"
    fields = record(entry, argument)
    kind = _kind(fields, argument)
    try:
        label = optional_string(fields, "label", LONGEST_LABEL)
    except ToolFailed as error:
        raise ToolFailed(f"{argument}: {error.detail}") from error
    if kind == "label" and not label:
        raise ToolFailed(f"{argument} is a label without words; give it a `label`.")
    numbers = coordinates(fields.get("box"), f"{argument}.box", _COUNTS[kind])
    return Mark(kind, _place(kind, numbers, f"{argument}.box"), label, at if count > 1 and not label else 0)


def _kind(entry: Arguments, argument: str) -> MarkKind:
    value = entry.get("kind")
    for kind in KINDS:
        if kind == value:
            return kind
    raise ToolFailed(f"{argument}.kind must be one of {', '.join(KINDS)}, but is {quoted(value)}.")


def _place(kind: MarkKind, numbers: tuple[float, ...], argument: str) -> Box:
    if len(numbers) == 2:
        return numbers[0], numbers[1], numbers[0], numbers[1]
    left, top, right, bottom = numbers
    if kind == "point":
        middle, centre = (left + right) / 2, (top + bottom) / 2
        return middle, centre, middle, centre
    if kind == "box":
        check_upright((left, top, right, bottom), argument)
    if kind == "arrow" and (left, top) == (right, bottom):
        raise ToolFailed(
            f"{argument} is {shown_box(numbers)}: the arrow begins where it ends; it goes from x1, y1 to x2, y2."
        )
    return left, top, right, bottom


def _about(name: str, marks: tuple[Mark, ...], language: str) -> str:
    labels = listed([mark.label for mark in marks if mark.label], language)
    return say(MARKED_WITH, language, name=name, labels=labels) if labels else say(MARKED, language, name=name)


def _legend(mark: Mark) -> str:
    number = f" {mark.number}" if mark.number else ""
    words = f" “{mark.label}”" if mark.label else ""
    place = mark.box[:2] if mark.kind == "point" else mark.box
    return f"{mark.kind}{number}{words} at {shown_box(place)}"
