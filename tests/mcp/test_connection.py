"""One server's life, with servers that misbehave: each is a result to the model, and comes back or is left out."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.agent.ports import ToolFailed
from bot.mcp.config import ServerConfig
from bot.mcp.connection import McpLimits
from tests.checks import PATIENCE_S
from tests.mcp.bench import FOR_EVER, READY, bench, go, names, offered, rough, tool, within
from tests.pids import is_alive
from tests.waiting import FOR_EVER_S


async def test_a_server_that_dies_in_a_call_is_told_of_and_started_again_at_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mcp.connection.PAUSES_S", (0.0, FOR_EVER_S))
    log = tmp_path / "starts"
    async with offered(rough("dies", log)) as servers:
        dying = await tool(servers, "rough_go")
        with pytest.raises(ToolFailed, match="did not finish the call: its process ended"):
            await dying.call({}, bench())
        assert log.read_text().count("started") == 1, "the call itself is not repeated"
        assert await names(servers) == ["rough_go"]
        assert log.read_text().count("started") == 2
        with pytest.raises(ToolFailed, match="its process ended"):
            await dying.call({}, bench())
        assert await names(servers) == [], "it failed twice in a row and rests"
        with pytest.raises(ToolFailed, match="is not running just now"):
            await dying.call({}, bench())
        assert log.read_text().count("started") == 2


async def test_a_server_that_hangs_is_given_up_killed_and_started_again(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    async with offered(rough("hangs", log, timeout_s=0.3)) as servers:
        with pytest.raises(ToolFailed, match="did not answer within 0 s"):
            await go(servers)
        assert await names(servers) == ["rough_go"]
        assert log.read_text().count("started") == 2


@pytest.mark.parametrize(
    ("habit", "why"),
    [
        ("flood", "more than 10 MB"),
        ("endless", "more than 10 MB"),
        ("chatter", "more than 10 MB"),
        ("babble", "no MCP messages"),
    ],
)
async def test_a_server_that_floods_is_stopped_and_the_loop_stays_quick(habit: str, why: str) -> None:
    async with offered(rough(habit, timeout_s=2 * PATIENCE_S)) as servers:
        flooding = await tool(servers, "rough_go")
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(ToolFailed, match=why):
                await flooding.call({}, bench())


async def test_a_line_of_log_on_its_output_does_no_harm() -> None:
    async with offered(rough("logs")) as servers:
        assert (await go(servers)).text == "fine"


async def test_a_long_text_is_cut_and_says_so() -> None:
    async with offered(rough("long")) as servers:
        text = (await go(servers)).text
        assert text.startswith("x" * 100_000 + "\n")
        assert "50,000 more characters" in text
        assert len(text) < 100_100


async def test_an_answer_in_a_wrong_form_and_a_refusal_are_told() -> None:
    async with offered(rough("malformed"), rough("refuses", name="other")) as servers:
        with pytest.raises(ToolFailed, match="in a form that cannot be read"):
            await go(servers)
        refusing, turn = await tool(servers, "other_go"), bench()
        with pytest.raises(ToolFailed, match="no such drawer"):
            await refusing.call({}, turn)
        assert turn.is_tainted, "these are the server's words"
        assert await names(servers) == ["rough_go", "other_go"], "neither has broken down"


@pytest.mark.parametrize("habit", ["never", "stillborn"])
async def test_a_server_that_does_not_start_is_left_out_and_rests(
    habit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mcp.connection.PAUSES_S", (3600.0,))
    log = tmp_path / "starts"
    bad = replace(rough(habit, log), channels=frozenset({"C2"}))
    async with offered(bad, rough("well", name="good")) as servers:
        assert await names(servers) == ["good_go"], "it is up"
        servers._connections[0]._limits = McpLimits(patience_s=FOR_EVER_S, start_s=1.0)
        assert await names(servers, channel="C2") == ["good_go"]
        servers._connections[0]._limits = FOR_EVER
        starts = log.read_text() if log.exists() else ""
        async with asyncio.timeout(PATIENCE_S):
            assert await names(servers, channel="C2") == ["good_go"], "nobody waits for it again at once"
        assert (log.read_text() if log.exists() else "") == starts


async def test_a_program_that_does_not_exist_is_left_out() -> None:
    async with offered(ServerConfig("none", "/no/such/program"), rough("well")) as servers:
        assert await names(servers) == ["rough_go"]


async def test_it_sees_no_more_of_our_environment_than_path_and_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    config = rough("environment")
    with_env = ServerConfig(config.name, config.command, config.args, env={"OWN": "1"})
    async with offered(with_env) as servers:
        seen = json.loads((await go(servers)).text)
        assert seen["OWN"] == "1"
        assert seen.keys() <= {"OWN", "PATH", "HOME", "LANG", "LC_CTYPE"}


async def test_its_process_and_all_it_started_are_gone_after_closing() -> None:
    async with offered(rough("family")) as servers:
        pids = [int(pid) for pid in (await go(servers)).text.split()]
        assert all(is_alive(pid) for pid in pids)
    await within(lambda: not any(is_alive(pid) for pid in pids))


async def test_closing_does_not_wait_for_one_that_hangs() -> None:
    async with asyncio.timeout(PATIENCE_S), offered(rough("never"), limits=McpLimits(patience_s=0.2)) as servers:
        assert await names(servers) == []


async def test_a_call_that_is_cancelled_leaves_the_server_running() -> None:
    async with offered(rough("hangs")) as servers:
        hanging = await tool(servers, "rough_go")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await hanging.call({}, bench())
        assert await names(servers) == ["rough_go"]


async def test_one_that_fails_does_not_disturb_another_ones_calls() -> None:
    async with offered(rough("dies"), rough("well", name="good"), limits=READY) as servers:
        good, dying = await tool(servers, "good_go"), await tool(servers, "rough_go")
        first = (await good.call({}, bench())).text
        with pytest.raises(ToolFailed):
            await dying.call({}, bench())
        assert (await good.call({}, bench())).text == first, "the same process"


async def test_a_tool_that_comes_later_is_offered_when_the_server_says_so() -> None:
    async with offered(rough("grows")) as servers:
        await go(servers)
        async with asyncio.timeout(PATIENCE_S):
            while await names(servers) != ["rough_go", "rough_grown"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_server_that_knows_only_the_newer_protocol_is_spoken_to_in_it() -> None:
    async with offered(rough("modern")) as servers:
        assert (await go(servers)).text.isdigit()
