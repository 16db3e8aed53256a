import pytest

from bot.tools.calculate import Calculate
from tests.tools.tool_context import refusal, tool_context


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("3*(2.5+1)^2", "3*(2.5+1)^2 = 36.75"),
        ("20% of 80", "20% of 80 = 16 (read as (20/100)* 80)"),
    ],
)
async def test_the_result_repeats_the_expression_and_how_a_percent_was_read(expression: str, result: str) -> None:
    assert (await Calculate().call({"expression": expression}, tool_context())).text.replace("  ", " ") == result


async def test_it_is_limited_in_size() -> None:
    assert "at most 500" in await refusal(Calculate(), {"expression": "1+" * 250 + "1"})
    assert "too large" in await refusal(Calculate(), {"expression": "9**9**9"})
    assert "`expression` is missing" in await refusal(Calculate(), {})
    assert "must be a text" in await refusal(Calculate(), {"expression": ["1+1"]})
