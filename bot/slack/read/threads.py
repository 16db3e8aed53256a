"""ThreadReader reads a thread from Slack: all of it, the messages since a ts, or the root and the newest of a long one.

`conversations.replies` gives the oldest messages first, page by page; only `oldest` and `latest` lead to the end of a
thread. The first page holds the root whatever `oldest` is, and the root says how many replies there are
(https://docs.slack.dev/reference/methods/conversations.replies).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.thread.inbound import Inbound
from bot.slack.web_client import READ_ERRORS, next_cursor

log = structlog.get_logger(__name__)

FIRST_PAGE, PAGE = 200, 999
# A thread of so many pages is read to its end. Of a longer one only the newest messages are read.
MOST_PAGES = 5
# Pages that are read of one moment, which holds more messages than anybody writes in it.
MOST_AT_ONCE = 30
# A time is searched since which about WANTED messages were written, in so many tries; ENOUGH messages end the search.
MOST_TRIES, ENOUGH, WANTED = 8, 200, 700
# How long an answer waits for all of a thread, and for the new messages. Slack may limit the rate meanwhile.
PATIENCE_S, NEW_PATIENCE_S = 20.0, 6.0
WHOLE = "0"
Json = dict[str, Any]


@dataclass(slots=True)
class ReadMessages:
    """The messages of a thread, by ts. `left_out`: how many messages between the root and the others were not read.
    `missed_since`: Slack failed after this ts, and all after it has to be read another time; empty without a failure.
    """

    messages: dict[str, Json] = field(default_factory=dict)
    left_out: int = 0
    missed_since: str = ""

    def add(self, messages: list[Json]) -> None:
        self.messages |= {str(message["ts"]): message for message in messages if message.get("ts")}


class ThreadReader:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def read(self, question: Inbound, since: str = "") -> ReadMessages:
        """The messages of the thread before the question, after `since` or from the root on. Never fails."""
        since = "" if since == WHOLE else since
        read, walked = ReadMessages(), ReadMessages()
        try:
            async with asyncio.timeout(NEW_PATIENCE_S if since else PATIENCE_S):
                read = await self._walk(question, since, walked)
        except READ_ERRORS as error:
            log.warning("slack.thread_unread", reason=type(error).__name__)
            read = walked  # the pages before the error are kept
            read.missed_since = max((ts for ts in walked.messages if _is_after(ts, since)), key=float, default="")
            read.missed_since = read.missed_since or since or WHOLE
        before = {ts: message for ts, message in read.messages.items() if float(ts) < float(question.ts)}
        read.messages = {ts: message for ts, message in before.items() if _is_after(ts, since)}
        return read

    async def _walk(self, question: Inbound, since: str, walked: ReadMessages) -> ReadMessages:
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

    async def _newest(self, question: Inbound, walked: ReadMessages, since: str) -> ReadMessages:
        """The root and the newest messages before the question."""
        root = walked.messages.get(question.root_ts, {})
        count = int(root.get("reply_count") or 0)
        read = await self._latest(question, float(since or question.root_ts), max(1, count))
        if root:
            read.messages[question.root_ts] = root
        if since:  # the number of all is not known, but these were seen
            read.left_out = len(walked.messages.keys() - read.messages.keys())
        else:
            read.left_out = max(0, count + 1 - await self._count_from(question, root) - len(read.messages))
        return read

    async def _latest(self, question: Inbound, earliest: float, count: int) -> ReadMessages:
        """About a page of the newest messages. Several beginnings are tried, since Slack gives the oldest first."""
        latest = float(question.ts)
        back = max(1e-6, (latest - earliest) * min(1.0, WANTED / count))
        best, read, cursor, window = ReadMessages(), ReadMessages(), "", {}
        for _ in range(MOST_TRIES):
            oldest = max(earliest, latest - back)
            read, window = ReadMessages(), {"oldest": f"{oldest:.6f}", "latest": question.ts}
            cursor = await self._page(question, read, window, PAGE)
            if cursor:
                back /= 4
                continue
            best = max(best, read, key=lambda tried: len(tried.messages))
            if len(best.messages) >= ENOUGH or oldest <= earliest:
                break
            back *= 3
        if len(best.messages) > 1:  # one of them is always the root
            return best
        for _ in range(MOST_AT_ONCE):  # so many messages at one time that no window is short enough: read to its end
            if not cursor:
                break
            cursor = await self._page(question, read, {**window, "cursor": cursor}, PAGE)
        return read

    async def _count_from(self, question: Inbound, root: Json) -> int:
        """How many replies there are from the question on, itself included."""
        if str(root.get("latest_reply") or "") == question.ts:
            return 1
        later, cursor = ReadMessages(), ""
        for _ in range(MOST_PAGES):
            window = {"oldest": question.ts, "inclusive": True} | ({"cursor": cursor} if cursor else {})
            cursor = await self._page(question, later, window, PAGE)
            if not cursor:
                break
        return sum(float(ts) >= float(question.ts) for ts in later.messages)

    async def _page(self, question: Inbound, read: ReadMessages, window: Mapping[str, Any], limit: int) -> str:
        """Add a page to `read`, and return the cursor of the next page; empty if there is none."""
        arguments: Json = {"channel": question.channel, "ts": question.root_ts, "limit": limit, **window}
        data: Any = (await self._client.conversations_replies(include_all_metadata=True, **arguments)).data
        read.add(data["messages"])
        return next_cursor(data)


def _is_after(ts: str, since: str) -> bool:
    return not since or float(ts) > float(since)
