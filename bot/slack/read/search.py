"""SlackSearch searches Slack for a person, and finds only what they may see (slack.md §2, assistant.search.context)."""

from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.search import SearchHit
from bot.errors import SlackError
from bot.slack.read.forgotten import ForgottenFilter, ForgottenPeople
from bot.slack.read.history import History
from bot.slack.read.messages import read_message

SCOPE = "search:read.public"
MOST_HITS = 20


class SlackSearch:
    """`history` replaces ids by names."""

    def __init__(
        self, client: AsyncWebClient, history: History, team: str, forgotten: ForgottenPeople | None = None
    ) -> None:
        self._remembered = ForgottenFilter(forgotten)
        self._client = client
        self._history = history
        self._team = team

    async def search(self, query: str, token: str, user: str) -> tuple[SearchHit, ...]:
        """Search for the words. `token` is the action token of the person's question, with which Slack searches for
        them. Raises SlackError.
        """
        arguments = {"query": query, "action_token": token, "content_types": ["messages"], "limit": MOST_HITS}
        arguments["include_message_blocks"] = True
        try:
            data: Any = (await self._client.api_call("assistant.search.context", json=arguments)).data
        except SlackApiError as error:
            raise SlackError(str(error.response.get("error") or ""), "Slack did not search") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackError("", type(error).__name__) from error
        found = (data.get("results") or {}).get("messages") or []
        hits = [message for message in found[:MOST_HITS] if isinstance(message, dict)]
        hits = await self._remembered.kept(self._team, hits, author="author_user_id", written="message_ts")
        return tuple([await self._hit(message, user) for message in hits])

    async def _hit(self, message: dict[str, Any], reader: str) -> SearchHit:
        author = str(message.get("author_name") or "")
        if not author and (user := str(message.get("author_user_id") or "")):
            author = (await self._history.person(self._team, user)).name
        words = read_message({**message, "text": message.get("content")}).words
        return SearchHit(
            text=await self._history.readable(self._team, words, reader),
            author=author,
            channel=str(message.get("channel_name") or ""),
            when=_when(str(message.get("message_ts") or "")),
            link=str(message.get("permalink") or ""),
        )


def _when(ts: str) -> str:
    try:
        return f"{datetime.fromtimestamp(float(ts), UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return ""
