"""Memberships says whether a person is in a conversation.

The bot sees more conversations than most people who ask it, and must not show them what Slack would not.
"""

import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.web_client import READ_ERRORS, next_cursor

log = structlog.get_logger(__name__)

# So long a person who left a conversation may still count as its member.
KEPT_S = 60.0
PAGE, MOST_PAGES = 999, 20
MOST_KEPT = 10_000
TYPES = "public_channel,private_channel,mpim,im"


class Memberships:
    """It looks into the list of the person's conversations, then into the list of the conversation's members: Slack
    does not document whose conversations it lists (https://docs.slack.dev/reference/methods/users.conversations).
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._kept: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}

    async def is_in(self, user: str, channel: str) -> bool:
        """False also if Slack does not answer."""
        if channel in await self._listed("user", user):
            return True
        return user in await self._listed("channel", channel)

    async def is_in_any(self, user: str, channels: Iterable[str]) -> bool:
        for channel in sorted(channels):
            if await self.is_in(user, channel):
                return True
        return False

    async def named(self, name: str) -> str:
        """The id of the channel of this name that the bot is in; empty if there is none or Slack does not answer."""
        try:
            found = [channel["id"] async for channel in self._all_conversations() if channel.get("name") == name]
        except READ_ERRORS as error:
            log.info("slack.channel_unknown", reason=type(error).__name__)
            return ""
        return str(found[0]) if found else ""

    async def _listed(self, kind: str, id_: str) -> frozenset[str]:
        """A person's conversations (kind `user`), or a conversation's members (kind `channel`)."""
        kept = self._kept.get((kind, id_))
        if kept and kept[0] > time.monotonic():
            return kept[1]
        try:
            found = frozenset(await (self._conversations(id_) if kind == "user" else self._members(id_)))
        except READ_ERRORS as error:
            log.info("slack.membership_unknown", reason=type(error).__name__)
            return frozenset()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[kind, id_] = (time.monotonic() + KEPT_S, found)
        return found

    async def _conversations(self, user: str) -> list[str]:
        return [str(channel["id"]) async for channel in self._all_conversations(user)]

    async def _all_conversations(self, user: str | None = None) -> AsyncIterator[dict[str, Any]]:
        """A person's conversations, or without a person the bot's own."""
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.users_conversations(user=user, types=TYPES, limit=PAGE, **more)).data
            for channel in data["channels"]:
                yield channel
            cursor = next_cursor(data)
            if not cursor:
                break

    async def _members(self, channel: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.conversations_members(channel=channel, limit=PAGE, **more)).data
            found += data["members"]
            cursor = next_cursor(data)
            if not cursor:
                break
        return found
