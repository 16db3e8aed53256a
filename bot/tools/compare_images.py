from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.drawing import Comparison, Painter
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, shown_box, string
from bot.tools.naming import picture_name, stem_of
from bot.tools.tool_errors import tool_errors
from bot.words import say, text

COMPARING = text("is comparing two pictures…")
SIDE_BY_SIDE = text("{first} and {second} side by side")
MOST_BOXES = 30


class CompareImages:
    spec = ToolSpec(
        "compare_images",
        "Measure and show where two pictures differ.",
        {
            "type": "object",
            "properties": {
                "first": {"type": "string", "description": "label"},
                "second": {"type": "string", "description": "label"},
            },
            "required": ["first", "second"],
        },
    )
    step = COMPARING

    def __init__(self, painter: Painter) -> None:
        self._painter = painter

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        first, second = string(arguments, "first"), string(arguments, "second")
        if first == second:
            raise ToolFailed("`first` and `second` are the same picture; give two different labels.")
        with tool_errors(first):
            first_source = await context.artifacts.source(first)
        with tool_errors(second):
            second_source = await context.artifacts.source(second)
        with tool_errors(f"{first} and {second}"):
            comparison = await self._painter.compare(first_source.data, second_source.data)
        picture = comparison.picture
        name = picture_name(f"{stem_of(first_source.name)}-{stem_of(second_source.name)}", picture.mime)
        about = say(SIDE_BY_SIDE, context.language, first=first_source.name, second=second_source.name)
        new = NewArtifact("picture", "comparison", name, about, picture.mime, picture.data, is_for_person=True)
        return Result(_result(first, second, comparison), made=(new,), is_untrusted=True)


def _result(first: str, second: str, comparison: Comparison) -> str:
    sentence = f"{{0}} shows {first} (left) and {second} (right). The person sees it."
    percent = f"{100 * comparison.similarity:.1f} % alike in structure"
    if not comparison.boxes:
        return f"{sentence} They are {percent}; nothing was found that differs."
    boxes = ", ".join(shown_box(box) for box in comparison.boxes[:MOST_BOXES])
    more = len(comparison.boxes) - MOST_BOXES
    rest = f", and {more} smaller ones" if more > 0 else ""
    return f"{sentence} They are {percent}. What differs, in {second} (0 to 1000), largest first: {boxes}{rest}."
