"""McpServers holds all configured MCP servers and gives the tools that a conversation is offered."""

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
    """Starts nothing before `tools` or `warm` asks for it. Enter and leave it in one task."""

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
            return  # the timeout has cancelled them and killed their processes

    async def warm(self) -> None:
        """Start all servers, so that no question has to wait for it. It never raises."""
        await self._start(self._connections)

    async def tools(self, team: str, channel: str, standing: Standing) -> tuple[Tool, ...]:
        """Return the tools of the running servers that this person may use there. A dead server is started again, or
        left out.
        """
        allowed = [
            connection for connection in self._connections if connection.config.is_allowed(team, channel, standing)
        ]
        await self._start([connection for connection in allowed if not connection.is_up])
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


def _free_name(server: str, tool: str, named: dict[str, Tool]) -> str:
    """Return an offered name that is not taken yet: names of two servers may come out the same."""
    name = offered_name(server, tool)
    number = 2
    while name in named:
        name = offered_name(f"{number}_{server}", tool)
        number += 1
    return name
