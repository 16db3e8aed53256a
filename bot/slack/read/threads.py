"""Reading a thread back: all of it, what was said since, or of a very long one its root and its newest messages.

`conversations.replies` tells the oldest first and page by page, and nothing but `oldest` and `latest` leads to the end
of a thread; the root is told with the first page, whatever `oldest` says, and knows how many replies there are
(https://docs.slack.dev/reference/methods/conversations.replies).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.thread.inbound import Inbound

log = structlog.get_logger(__name__)

FIRST_PAGE, PAGE = 200, 999
# What is walked through to the end; of a longer thread only the newest are looked for.
MOST_PAGES = 5
# Pages of one moment: more messages than anybody writes in it.
MOST_AT_ONCE = 30
# So many tries to find a time since which about a page was said, and how many messages are enough of one.
MOST_TRIES, ENOUGH, WANTED = 8, 200, 700
# How long an answer waits for all of a thread, and for what is new in it; Slack may say “too many requests”.
PATIENCE_S, NEW_PATIENCE_S = 20.0, 6.0
TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
WHOLE = "0"
Json = dict[str, Any]


@dataclass(slots=True)
class Read:
    """What was read of a thread, by ts. `left_out`: how many stand between the root and the others and were not read.
    `missed_since`: Slack failed there, and all after it is to be read another time; empty when all went well.
    """

    messages: dict[str, Json] = field(default_factory=dict)
    left_out: int = 0
    missed_since: str = ""

    def add(self, messages: list[Json]) -> None:
        self.messages |= {str(one["ts"]): one for one in messages if one.get("ts")}


class ThreadReader:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def read(self, question: Inbound, since: str = "") -> Read:
        """What was said in its thread before the question, after `since` or from the root on. Raises nothing."""
        since = "" if since == WHOLE else since
        read, walked = Read(), Read()
        try:
            async with asyncio.timeout(NEW_PATIENCE_S if since else PATIENCE_S):
                read = await self._walk(question, since, walked)
        except TROUBLE as error:
            log.warning("slack.thread_unread", reason=type(error).__name__)
            read = walked  # what came before the error is kept
            read.missed_since = max((ts for ts in walked.messages if _is_after(ts, since)), key=float, default="")
            read.missed_since = read.missed_since or since or WHOLE
        before = {ts: one for ts, one in read.messages.items() if float(ts) < float(question.ts)}
        read.messages = {ts: one for ts, one in before.items() if _is_after(ts, since)}
        return read

    async def _walk(self, question: Inbound, since: str, walked: Read) -> Read:
        window = {"latest": question.ts, **({"oldest": since} if since else {})}
        cursor = await self._page(question, walked, window, FIRST_PAGE)
        root = walked.messages.get(question.root_ts, {})
        count = int(root.get("reply_count") or 0)
        if cursor and not since and count > FIRST_PAGE + (MOST_PAGES - 1) * PAGE:
            return await self._newest(question, walked, since)
        for _ in range(MOST_PAGES - 1):
            if not cursor:
                return walked
            cursor = await self._page(question, walked, {**window, "cursor": cursor}, PAGE)
        return await self._newest(question, walked, since) if cursor else walked

    async def _newest(self, question: Inbound, walked: Read, since: str) -> Read:
        """The root and the newest before the question."""
        root = walked.messages.get(question.root_ts, {})
        count = int(root.get("reply_count") or 0)
        read = await self._latest(question, float(since or question.root_ts), max(1, count))
        if root:
            read.messages[question.root_ts] = root
        if since:  # how many there are in all is not known, but these were seen
            read.left_out = len(walked.messages.keys() - read.messages.keys())
        else:
            read.left_out = max(0, count + 1 - await self._since(question, root) - len(read.messages))
        return read

    async def _latest(self, question: Inbound, earliest: float, count: int) -> Read:
        """About a page of the newest, by trying how far back to begin."""
        latest = float(question.ts)
        back = max(1e-6, (latest - earliest) * min(1.0, WANTED / count))
        best, read, cursor, window = Read(), Read(), "", {}
        for _ in range(MOST_TRIES):
            oldest = max(earliest, latest - back)
            read, window = Read(), {"oldest": f"{oldest:.6f}", "latest": question.ts}
            cursor = await self._page(question, read, window, PAGE)
            if cursor:
                back /= 4
                continue
            best = max(best, read, key=lambda one: len(one.messages))
            if len(best.messages) >= ENOUGH or oldest <= earliest:
                break
            back *= 3
        if len(best.messages) > 1:  # the root is always among them
            return best
        for _ in range(MOST_AT_ONCE):  # so many at once that no time is short enough: their end counts
            if not cursor:
                break
            cursor = await self._page(question, read, {**window, "cursor": cursor}, PAGE)
        return read

    async def _since(self, question: Inbound, root: Json) -> int:
        """How many replies there are from the question on."""
        if str(root.get("latest_reply") or "") == question.ts:
            return 1
        later, cursor = Read(), ""
        for _ in range(MOST_PAGES):
            window = {"oldest": question.ts, "inclusive": True} | ({"cursor": cursor} if cursor else {})
            cursor = await self._page(question, later, window, PAGE)
            if not cursor:
                break
        return sum(float(ts) >= float(question.ts) for ts in later.messages)

    async def _page(self, question: Inbound, read: Read, window: Mapping[str, Any], limit: int) -> str:
        """Adds a page and gives the cursor of the next one, if there is one."""
        arguments: Json = {"channel": question.channel, "ts": question.root_ts, "limit": limit, **window}
        data: Any = (await self._client.conversations_replies(include_all_metadata=True, **arguments)).data
        read.add(data["messages"])
        return str((data.get("response_metadata") or {}).get("next_cursor") or "")


def _is_after(ts: str, since: str) -> bool:
    return not since or float(ts) > float(since)
