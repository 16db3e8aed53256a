import re
from typing import Protocol

from bot.core.agent.ports import Result, ToolContext, ToolFailed
from bot.core.model.messages import ToolSpec
from bot.core.search import SearchHit
from bot.tools.arguments import Arguments, string
from bot.tools.tool_errors import tool_errors
from bot.words import text

SEARCHING_SLACK = text("is searching Slack for {what}…")
CANNOT_SEARCH = (
    "Slack can't be searched from here: Slack gives the right to search only with a direct question to this app. "
    "Answer from what you have, and say so."
)
LONGEST_QUERY = 300
LONGEST_HIT = 800


class SlackSearch(Protocol):
    async def search(self, query: str, token: str, user: str) -> tuple[SearchHit, ...]:
        """Return what this person may see, best first. `token` is the action token of their question. Raises
        SlackError.
        """
        ...


class SearchSlack:
    spec = ToolSpec(
        "search_slack",
        "Search the messages of this Slack workspace, as the person who asks.",
        {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    )
    step = SEARCHING_SLACK

    def __init__(self, slack: SlackSearch) -> None:
        self._slack = slack

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        query = string(arguments, "query", LONGEST_QUERY)
        if not context.search_token:
            raise ToolFailed(CANNOT_SEARCH)
        with tool_errors("Slack's search"):
            hits = await self._slack.search(query, context.search_token, context.user)
        if not hits:
            return Result(f"Nothing was found in Slack for “{query}”.", is_untrusted=True)
        lines = [_line(at, hit) for at, hit in enumerate(hits, 1)]
        return Result("\n".join([f"Found in Slack for “{query}”:", *lines]), is_untrusted=True)


def _line(at: int, hit: SearchHit) -> str:
    where = f"#{hit.channel.lstrip('#')}" if hit.channel else ""
    head = ", ".join(piece for piece in (hit.author, where, hit.when) if piece)
    words = re.sub(r"\s+", " ", hit.text).strip()
    excerpt = words if len(words) <= LONGEST_HIT else f"{words[:LONGEST_HIT]}…"
    return f"{at}. {head}{': ' if head else ''}{excerpt}{f' ({hit.link})' if hit.link else ''}"
