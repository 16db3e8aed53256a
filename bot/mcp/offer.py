"""McpTool offers a server's tool to the model, and asks a person before its call unless the tool only reads.

That a tool only reads is the server's own word. It counts until foreign content has been read: after that, a call may
be what a stranger wants, and even a look-up can carry words to the outside.
"""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import mcp_types as types

from bot.core.agent.ports import Argument, Result, ToolContext, ToolFailed
from bot.core.model.messages import ToolSpec
from bot.mcp.reading import read_answer
from bot.words import say, text

DOING = text("is asking another program…")
ACTION = text("use “{tool}” of “{server}”")
DENIED = (
    "The person said no to this, or did not answer in time: nothing was done. "
    "Do not call it again unless they ask for it; go on without it."
)
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 300
LONGEST_SCHEMA = 20_000
MOST_TOOLS = 100
_NAME = re.compile(r"[a-zA-Z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool that a server lists. `name` is the server's name for it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    is_read_only: bool


def read_offers(tools: Iterable[types.Tool], allowed: frozenset[str]) -> tuple[Offer, ...]:
    """Read the listed tools. `allowed` are the names to offer, empty for all. Names that no model can call are left
    out.
    """
    offers = {
        tool.name: Offer(
            tool.name,
            _shortened(tool.description or tool.title or "", LONGEST_DESCRIPTION),
            _object_schema(tool.input_schema),
            bool(tool.annotations and tool.annotations.read_only_hint),
        )
        for tool in tools
        if (not allowed or tool.name in allowed) and len(tool.name) < LONGEST_NAME and _NAME.fullmatch(tool.name)
    }
    return tuple(offers.values())[:MOST_TOOLS]


def offered_name(server: str, tool: str) -> str:
    """Return `{server}_{tool}`, at most 64 characters that every provider accepts; the tool's name stays complete."""
    clean = re.sub(r"[^a-zA-Z0-9_-]+", "_", server).strip("_") or "mcp"
    return f"{clean[: LONGEST_NAME - 1 - len(tool)]}_{tool}"


class CallsTools(Protocol):
    async def call(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult: ...


class McpTool:
    """One tool. `is_trusted`: the operator vouches for what the tool says of itself."""

    step = DOING

    def __init__(
        self, name: str, server: str, offer: Offer, connection: CallsTools, *, is_trusted: bool = False
    ) -> None:
        self.spec = ToolSpec(name, offer.description, offer.parameters)
        self._server = server
        self._offer = offer
        self._connection = connection
        self._is_trusted = is_trusted

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> Result:
        given = copy.deepcopy(dict(arguments))  # a copy, so that exactly what the person was shown is done

        async def work() -> Result:
            answer = await self._connection.call(self._offer.name, given)
            # An error's text is the server's as well, but a failed call has no result that could say so.
            context.is_tainted = True
            return read_answer(answer, self._server, self._offer.name)

        if not self._is_asked_about(given, context):
            return await work()
        action = say(ACTION, context.language, tool=self._offer.name, server=self._server)
        result = await context.do_approved(action, _detail(given), work)
        if result is None:
            raise ToolFailed(DENIED)
        return result

    def _is_asked_about(self, arguments: Mapping[str, Any], context: ToolContext) -> bool:
        """Tell whether a person is asked first. A call without arguments can carry nothing to the outside."""
        if not self._offer.is_read_only:
            return True
        return context.is_tainted and bool(arguments) and not self._is_trusted


def _object_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(json.dumps(schema)) > LONGEST_SCHEMA:
        return {"type": "object"}
    if schema.get("type") == "object":
        return schema
    return {**schema, "type": "object"} if "properties" in schema else {"type": "object", "properties": {}}


def _detail(arguments: Mapping[str, Any]) -> tuple[Argument, ...]:
    """Return the arguments as the question shows them; the question itself names the tool."""
    return tuple(Argument(name, _plain(value)) for name, value in arguments.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shortened(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"
