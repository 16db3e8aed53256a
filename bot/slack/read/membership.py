"""Which conversations a person is in. The bot sees more than most who ask it, and tells nobody what Slack would not."""

import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)

# Who was taken out of a conversation is refused after so long.
KEPT_S = 60.0
PAGE, MOST_PAGES = 999, 20
MOST_KEPT = 10_000
TYPES = "public_channel,private_channel,mpim,im"
TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


class Memberships:
    """Looked up in the person's conversations, and where these do not tell, among the members of the one in question:
    Slack does not say whose conversations it lists (https://docs.slack.dev/reference/methods/users.conversations).
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._kept: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}

    async def is_in(self, user: str, channel: str) -> bool:
        """False also when Slack does not tell."""
        if channel in await self._listed("user", user):
            return True
        return user in await self._listed("channel", channel)

    async def is_in_any(self, user: str, channels: Iterable[str]) -> bool:
        for channel in sorted(channels):
            if await self.is_in(user, channel):
                return True
        return False

    async def named(self, name: str) -> str:
        """The id of a channel that the bot is in, by its name; empty where there is none or Slack does not tell."""
        try:
            found = [one["id"] async for one in self._pages() if one.get("name") == name]
        except TROUBLE as error:
            log.info("slack.channel_unknown", reason=type(error).__name__)
            return ""
        return str(found[0]) if found else ""

    async def _listed(self, kind: str, one: str) -> frozenset[str]:
        """A person's conversations, or a conversation's people."""
        kept = self._kept.get((kind, one))
        if kept and kept[0] > time.monotonic():
            return kept[1]
        try:
            found = frozenset(await (self._conversations(one) if kind == "user" else self._members(one)))
        except TROUBLE as error:
            log.info("slack.membership_unknown", reason=type(error).__name__)
            return frozenset()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[kind, one] = (time.monotonic() + KEPT_S, found)
        return found

    async def _conversations(self, user: str) -> list[str]:
        return [str(one["id"]) async for one in self._pages(user)]

    async def _pages(self, user: str | None = None) -> AsyncIterator[dict[str, Any]]:
        """A person's conversations; without one the bot's own."""
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.users_conversations(user=user, types=TYPES, limit=PAGE, **more)).data
            for one in data["channels"]:
                yield one
            cursor = _next(data)
            if not cursor:
                break

    async def _members(self, channel: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.conversations_members(channel=channel, limit=PAGE, **more)).data
            found += data["members"]
            cursor = _next(data)
            if not cursor:
                break
        return found


def _next(data: Any) -> str:
    return str((data.get("response_metadata") or {}).get("next_cursor") or "")
