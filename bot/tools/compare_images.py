from bot.core.agent.ports import New, Result, ToolContext, ToolFailed
from bot.core.drawing import Comparison, Painter
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, shown_box, string
from bot.tools.naming import picture_name, stem_of
from bot.tools.trouble import told
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
        with told(first):
            one = await context.artifacts.source(first)
        with told(second):
            other = await context.artifacts.source(second)
        with told(f"{first} and {second}"):
            compared = await self._painter.compare(one.data, other.data)
        picture = compared.picture
        name = picture_name(f"{stem_of(one.name)}-{stem_of(other.name)}", picture.mime)
        about = say(SIDE_BY_SIDE, context.language, first=one.name, second=other.name)
        new = New("picture", "comparison", name, about, picture.mime, picture.data, is_for_person=True)
        return Result(_told(first, second, compared), made=(new,), is_untrusted=True)


def _told(first: str, second: str, compared: Comparison) -> str:
    shown = f"{{0}} shows {first} (left) and {second} (right). The person sees it."
    percent = f"{100 * compared.similarity:.1f} % alike in structure"
    if not compared.boxes:
        return f"{shown} They are {percent}; nothing was found that differs."
    boxes = ", ".join(shown_box(box) for box in compared.boxes[:MOST_BOXES])
    more = len(compared.boxes) - MOST_BOXES
    rest = f", and {more} smaller ones" if more > 0 else ""
    return f"{shown} They are {percent}. What differs, in {second} (0 to 1000), largest first: {boxes}{rest}."
