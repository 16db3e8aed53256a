"""Servers written with the official SDK, over standard input and output and over HTTP: what is offered, and called."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from bot.core.agent.ports import Argument, ToolFailed
from bot.mcp.config import ServerConfig
from bot.mcp.servers import McpServers
from tests.mcp import sdk_server
from tests.mcp.bench import Asking, bench, go, names, offered, rough, tool, within
from tests.ports import free_port
from tests.waiting import FOR_EVER_S

ALL = ["add", "note", "look", "read", "structured", "break_down"]


class _Quiet(uvicorn.Server):
    """Runs beside a test in its own loop; signals are the test's."""

    def install_signal_handlers(self) -> None:
        pass


@asynccontextmanager
async def web_server(port: int, *, is_json: bool = False) -> AsyncIterator[str]:
    app = sdk_server.build().streamable_http_app(json_response=is_json)
    server = _Quiet(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        await within(lambda: server.started)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.should_exit = True
        await within(lambda: not thread.is_alive())


@pytest.fixture(params=["process", "events", "json"])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[McpServers]:
    """The SDK's own server under the name `desk`, reached in each way there is."""
    if request.param == "process":
        async with offered(ServerConfig("desk", sys.executable, ("-m", "tests.mcp.sdk_server"))) as servers:
            yield servers
    else:
        async with (
            web_server(free_port(), is_json=request.param == "json") as url,
            offered(ServerConfig("desk", url=url)) as servers,
        ):
            yield servers


async def are_offered_at_once(servers: McpServers) -> bool:
    """Without waiting for anything outside: a few turns of the loop are enough."""
    async with asyncio.TaskGroup() as tasks:
        offering = tasks.create_task(servers.tools("T1", "C1", "member"))
        for _ in range(10):
            await asyncio.sleep(0)
        return offering.done()


async def test_everything_a_server_can_do(desk: McpServers) -> None:
    assert await names(desk) == [f"desk_{name}" for name in ALL]
    assert await are_offered_at_once(desk), "listed once, offered at once"

    add = await tool(desk, "desk_add")
    assert add.spec.description == "The sum of two numbers."
    assert add.spec.parameters["required"] == ["a", "b"]
    asking = Asking()
    turn = bench(asking)
    summed = await add.call({"a": 2, "b": 3}, turn)
    assert (summed.text, summed.is_untrusted, asking.asked) == ("5", True, []), "reading is not asked about"
    assert turn.is_tainted

    seen = await (await tool(desk, "desk_look")).call({}, turn)
    assert seen.text == "before\n[picture {0}]\nafter"
    (picture,) = seen.made
    assert (picture.kind, picture.prefix, picture.mime, picture.data) == ("picture", "mcp", "image/png", sdk_server.PNG)
    assert picture.is_for_model

    assert (await (await tool(desk, "desk_read")).call({}, turn)).text == "see\n[memo://1]\nfrom the memo"
    assert (await (await tool(desk, "desk_structured")).call({}, turn)).text == '{"degrees": 21}'
    with pytest.raises(ToolFailed, match="the drawer is stuck"):
        await (await tool(desk, "desk_break_down")).call({}, turn)
    with pytest.raises(ToolFailed, match="required"):
        await add.call({"a": 2}, turn)


async def test_writing_is_asked_about_first_and_done_once(desk: McpServers) -> None:
    note, yes, no = await tool(desk, "desk_note"), Asking(), Asking(says=False)
    with pytest.raises(ToolFailed, match="The person said no to this"):
        await note.call({"words": "never"}, bench(no))
    assert (await note.call({"words": "bonjour"}, bench(yes))).text == "1: bonjour", "what was denied was not done"
    ((action, detail),) = yes.asked
    assert action == "use “note” of “desk”"
    assert detail == (Argument("words", "bonjour"),)


async def test_a_web_server_that_was_restarted_is_found_again() -> None:
    port = free_port()
    async with offered(ServerConfig("desk", url=f"http://127.0.0.1:{port}/mcp")) as servers:
        async with web_server(port):
            add = await tool(servers, "desk_add")
        with pytest.raises(ToolFailed):
            await add.call({"a": 1, "b": 1}, bench())
        async with web_server(port):
            assert (await (await tool(servers, "desk_add")).call({"a": 1, "b": 1}, bench())).text == "2"


async def test_a_server_is_offered_only_where_it_is_allowed(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    private = rough("well", log, name="private")
    private = ServerConfig("private", private.command, private.args, channels=frozenset({"C2"}))
    async with offered(rough("well"), private) as servers:
        assert await names(servers, "T1", "C1") == ["rough_go"]
        assert not log.exists(), "and started only where it is wanted"
        assert await names(servers, "T1", "C2") == ["rough_go", "private_go"]


async def test_names_that_come_out_the_same_are_told_apart() -> None:
    async with offered(rough("well", name="my files"), rough("well", name="my/files")) as servers:
        assert await names(servers) == ["my_files_go", "2_my_files_go"]


async def test_warming_starts_all_and_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.mcp.connection.PAUSES_S", (FOR_EVER_S,))
    async with offered(rough("well"), ServerConfig("none", "/no/such/program")) as servers:
        await servers.warm()
        assert await are_offered_at_once(servers)
        assert await names(servers) == ["rough_go"]
        assert (await go(servers)).text.isdigit()
