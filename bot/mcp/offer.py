"""A server's tool as the model is offered it, and its call: asked about first unless it only reads.

That it only reads is the server's own word. It counts as long as nothing foreign has been read: afterwards whatever is
given to a tool may be what a stranger wants to have carried out, and a look-up carries words as well as a letter does.
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
    """What a server lists. `name` is the server's own."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    is_read_only: bool


def read_offers(tools: Iterable[types.Tool], allowed: frozenset[str]) -> tuple[Offer, ...]:
    """`allowed`: the names to offer; empty for all. A name that no model can call is left out."""
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
    """`{server}_{tool}`, at most 64 characters that every provider takes; the tool's name stays whole."""
    clean = re.sub(r"[^a-zA-Z0-9_-]+", "_", server).strip("_") or "mcp"
    return f"{clean[: LONGEST_NAME - 1 - len(tool)]}_{tool}"


class Calling(Protocol):
    async def call(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult: ...


class McpTool:
    step = DOING

    """`is_trusted`: whoever runs the bot vouches for what the tool says of itself."""

    def __init__(self, name: str, server: str, offer: Offer, calling: Calling, *, is_trusted: bool = False) -> None:
        self.spec = ToolSpec(name, offer.description, offer.parameters)
        self._server = server
        self._offer = offer
        self._calling = calling
        self._is_trusted = is_trusted

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> Result:
        given = copy.deepcopy(dict(arguments))  # what is shown is what is done, whatever becomes of the model's own

        async def work() -> Result:
            answer = await self._calling.call(self._offer.name, given)
            # An error's text is the server's too, and a failed call has no result to say so.
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
        """Without arguments nothing can be carried out."""
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
    """The question itself names the tool."""
    return tuple(Argument(name, _plain(value)) for name, value in arguments.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shortened(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"
