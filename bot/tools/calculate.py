from bot.core.agent.ports import Result, ToolContext
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, string
from bot.tools.arithmetic import LONGEST_EXPRESSION, evaluate
from bot.words import text

CALCULATING = text("is calculating {what}…")


class Calculate:
    spec = ToolSpec(
        "calculate",
        "Calculate exactly: + - * / // % ^, sqrt, log, sin, min, max, sum, mean, round, factorial, pi …",
        {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]},
    )
    step = CALCULATING

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:  # noqa: ARG002 - every tool is called alike
        expression = string(arguments, "expression", LONGEST_EXPRESSION)
        return Result(evaluate(expression))
