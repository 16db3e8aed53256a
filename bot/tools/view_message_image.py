from bot.core.agent.ports import Result, ToolContext
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, string
from bot.tools.tool_errors import tool_errors
from bot.words import text

LOOKING_BACK = text("is looking at {what} again…")


class ViewMessageImage:
    """Shows a picture of an earlier message, which the context may have had to leave out."""

    spec = ToolSpec(
        "view_message_image",
        "See an earlier picture of this thread again.",
        {
            "type": "object",
            "properties": {"image": {"type": "string", "description": "label, like img_1"}},
            "required": ["image"],
        },
    )
    step = LOOKING_BACK

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        label = string(arguments, "image")
        with tool_errors(label):
            source = await context.artifacts.source(label)
        return Result(f"{source.label} is {source.name}.", shown=(source.label,), is_untrusted=True)
