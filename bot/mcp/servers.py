"""All MCP servers of the configuration, and the tools a conversation is offered of them."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from bot.core.agent.ports import Tool
from bot.core.people.standing import Standing
from bot.mcp.config import ServerConfig
from bot.mcp.connection import Connection, McpLimits
from bot.mcp.offer import McpTool, offered_name

CLOSE_S = 5.0


class McpServers:
    """Nothing is started before `tools` or `warm` asks for it. Entered and left in one task."""

    def __init__(self, configs: Sequence[ServerConfig], limits: McpLimits | None = None) -> None:
        self._connections = [Connection(config, limits or McpLimits()) for config in configs]
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        for connection in self._connections:
            self._tasks.create_task(connection.live())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._connections:
            connection.close()
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._tasks.__aexit__(None, None, None)
        except TimeoutError:
            return  # cancelled by now, and their processes killed

    async def warm(self) -> None:
        """Start all of them, so that no question has to wait for it; never raises."""
        await self._start(self._connections)

    async def tools(self, team: str, channel: str, standing: Standing) -> tuple[Tool, ...]:
        """Of the servers that are allowed to such a person there, and running now. A dead one is started again, or left
        out.
        """
        allowed = [one for one in self._connections if one.config.is_allowed(team, channel, standing)]
        await self._start([one for one in allowed if not one.is_up])
        named: dict[str, Tool] = {}
        for connection in allowed:
            server = connection.config.name
            for offer in connection.offers:
                name = _free_name(server, offer.name, named)
                named[name] = McpTool(
                    name, server, offer, connection, is_trusted=offer.name in connection.config.trusted
                )
        return tuple(named.values())

    async def _start(self, connections: Sequence[Connection]) -> None:
        if not connections:
            return
        async with asyncio.TaskGroup() as tasks:
            for connection in connections:
                tasks.create_task(connection.ready())


def _free_name(server: str, tool: str, taken: dict[str, Tool]) -> str:
    """Two servers' names can come out the same."""
    name = offered_name(server, tool)
    number = 2
    while name in taken:
        name = offered_name(f"{number}_{server}", tool)
        number += 1
    return name
