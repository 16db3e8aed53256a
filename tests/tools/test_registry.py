import json
import string
from typing import Any

import pytest

from bot.core.model.messages import ToolSpec
from bot.tools.registry import built_in
from bot.words import REGISTERED
from tests.tools.test_search_slack import Search
from tests.tools.tool_context import Painter, Web
from tests.tools.web.test_render_page import Browser

TOOLS = built_in(Painter(), Web(), Browser(), Search())
SPECS = {tool.spec.name: tool.spec for tool in TOOLS}


def wire(spec: ToolSpec) -> str:
    function = {"name": spec.name, "description": spec.description, "parameters": spec.parameters}
    return json.dumps({"type": "function", "function": function}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("zoom", ["image", "box"]),
        ("view_page", ["document", "page"]),
        ("find_in_document", ["document", "query"]),
        ("view_message_image", ["image"]),
        ("annotate", ["image", "marks"]),
        ("compare_images", ["first", "second"]),
        ("make_chart", ["type", "title", "labels", "series"]),
        ("make_table", ["title", "columns", "rows"]),
        ("make_file", ["name", "content"]),
        ("fetch_url", ["url"]),
        ("render_page", []),
        ("search_slack", ["query"]),
        ("calculate", ["expression"]),
        ("now", []),
    ],
)
def test_names_and_arguments_are_a_contract(name: str, arguments: list[str]) -> None:
    parameters = SPECS[name].parameters
    assert parameters["type"] == "object"
    assert parameters.get("required", []) == arguments
    assert set(arguments) <= set(parameters["properties"])


def test_there_are_fourteen_and_no_two_alike() -> None:
    assert len(SPECS) == len(TOOLS) == 14
    assert set(SPECS["render_page"].parameters["properties"]) == {"html", "url"}
    marks: Any = SPECS["annotate"].parameters["properties"]["marks"]
    assert set(marks["items"]["properties"]) == {"kind", "box", "label"}
    series: Any = SPECS["make_chart"].parameters["properties"]["series"]
    assert set(series["items"]["properties"]) == {"name", "values"}


def test_all_specs_together_are_short_because_they_go_with_every_request() -> None:
    assert sum(len(wire(spec)) for spec in SPECS.values()) < 6_500


def test_without_a_web_or_browser_their_tools_are_offered_still_but_a_search_is_not() -> None:
    names = {tool.spec.name for tool in built_in(Painter(), None, None, None)}
    assert set(SPECS) - names == {"search_slack"}


def test_what_they_are_doing_is_a_marked_text_with_nothing_but_what_to_fill_in() -> None:
    for tool in TOOLS:
        assert tool.step in REGISTERED
        assert {field for _, field, _, _ in string.Formatter().parse(tool.step) if field is not None} <= {"what"}
        assert tool.step.startswith("is ")
