"""What a turn gives a tool, as far as tools of other servers need it; and servers to try."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from bot.core.agent.ports import Detail, Result, Tool, ToolContext
from bot.core.people.standing import Standing
from bot.core.thread.inbound import ThreadId
from bot.mcp.config import ServerConfig
from bot.mcp.connection import McpLimits
from bot.mcp.servers import McpServers
from tests.checks import PATIENCE_S
from tests.waiting import FOR_EVER_S

ROUGH = Path(__file__).with_name("rough_server.py")
READY = McpLimits(
    patience_s=PATIENCE_S, restart_patience_s=PATIENCE_S, start_s=PATIENCE_S, list_s=PATIENCE_S, relist_s=0.01
)

# Who waits with these waits for ever.
FOR_EVER = McpLimits(patience_s=FOR_EVER_S, restart_patience_s=FOR_EVER_S, start_s=FOR_EVER_S, list_s=FOR_EVER_S)


class Asking:
    """A person who always says the same, and remembers what they were asked."""

    def __init__(self, *, says: bool = True) -> None:
        self.says = says
        self.asked: list[tuple[str, Detail]] = []

    async def __call__(self, action: str, detail: Detail) -> bool:
        self.asked.append((action, detail))
        return self.says


def bench(asking: Asking | None = None, language: str = "en") -> ToolContext:
    nothing = cast("Any", None)
    return ToolContext(ThreadId("T1", "C1", "1.0"), "UANA", language, nothing, nothing, asking or Asking())


def rough(habit: str, log: Path | None = None, timeout_s: float = PATIENCE_S, name: str = "rough") -> ServerConfig:
    more = (str(log),) if log else ()
    # `-S`: without looking for packages, it starts in 30 ms.
    return ServerConfig(name, sys.executable, ("-S", "-u", str(ROUGH), habit, *more), timeout_s=timeout_s)


@asynccontextmanager
async def offered(*configs: ServerConfig, limits: McpLimits = READY) -> AsyncIterator[McpServers]:
    async with McpServers(configs, limits) as servers:
        yield servers


async def tool(servers: McpServers, name: str) -> Tool:
    tools = {one.spec.name: one for one in await servers.tools("T1", "C1", "member")}
    return tools[name]


async def go(servers: McpServers) -> Result:
    return await (await tool(servers, "rough_go")).call({}, bench())


async def names(servers: McpServers, team: str = "T1", channel: str = "C1", standing: Standing = "member") -> list[str]:
    return [one.spec.name for one in await servers.tools(team, channel, standing)]


async def within(predicate: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + timeout_s
    while not predicate():
        assert time.monotonic() < until, "not in time"
        await asyncio.sleep(0.01)
