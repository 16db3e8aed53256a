from bot.core.agent.ports import Result, ToolContext
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, box, shown_box, string
from bot.tools.tool_errors import tool_errors
from bot.words import text

LOOKING_CLOSER = text("is looking closer at {what}…")


class Zoom:
    """Cuts a part from the original, for the small print that a smaller picture lost."""

    spec = ToolSpec(
        "zoom",
        "See a part of a picture or page at full resolution, for small print and details.",
        {
            "type": "object",
            "properties": {
                "image": {"type": "string", "description": "label, like img_1 or report.pdf#7"},
                "box": {
                    "type": "array",
                    "items": {"type": "number"},
                    "description": "[x1,y1,x2,y2], 0-1000 of its width and height",
                },
            },
            "required": ["image", "box"],
        },
    )
    step = LOOKING_CLOSER

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        label, part = string(arguments, "image"), box(arguments, "box")
        with tool_errors(label):
            new = await context.artifacts.crop(label, part)
        place = f"the part {shown_box(part)} of {label}"
        if new.crop is not None and new.crop.label != label:
            place += f", which is {shown_box(new.crop.box)} of {new.crop.label}"
        return Result(f"{{0}} is {place}, cut from the original.", made=(new,), is_untrusted=True)
