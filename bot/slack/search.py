"""Searching Slack as the person who asks: only what they may see (slack.md §2, assistant.search.context)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError

SCOPE = "search:read.public"
MOST_HITS = 20


@dataclass(frozen=True, slots=True)
class Hit:
    text: str
    author: str
    channel: str
    when: str
    link: str


class SlackSearch:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def search(self, query: str, token: str, user: str) -> tuple[Hit, ...]:  # noqa: ARG002  # the token says who
        """`token` is the action token of their question: it stands for them. Raises SlackError."""
        wanted = {"query": query, "action_token": token, "content_types": ["messages"], "limit": MOST_HITS}
        try:
            data: Any = (await self._client.api_call("assistant.search.context", json=wanted)).data
        except SlackApiError as error:
            raise SlackError(str(error.response.get("error") or ""), "Slack did not search") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackError("", type(error).__name__) from error
        found = (data.get("results") or {}).get("messages") or []
        return tuple(_hit(one) for one in found[:MOST_HITS] if isinstance(one, dict))


def _hit(one: dict[str, Any]) -> Hit:
    ts = str(one.get("message_ts") or "")
    when = f"{datetime.fromtimestamp(float(ts), UTC):%Y-%m-%d %H:%M} UTC" if ts else ""
    return Hit(
        text=str(one.get("content") or ""),
        author=str(one.get("author_name") or one.get("author_user_id") or ""),
        channel=str(one.get("channel_name") or ""),
        when=when,
        link=str(one.get("permalink") or ""),
    )
