"""Answering a command, a button or a shortcut at its `response_url`: five times within thirty minutes, also where the
bot is no member. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackError
from bot.slack.outbound import safe_call

TIMEOUT_S = 10.0


class ResponseUrls:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def answer(self, url: str, **message: Any) -> None:
        """`message` in Slack's own words. Raises SlackError where it is refused, or may not have arrived."""
        # One session for all that is said to Slack; without it each answer opens its own (slack.md §5).
        address = AsyncWebhookClient(url, session=self._client.session, retry_handlers=[])
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await address.send_dict(safe_call("response_url", message))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SlackError("", type(error).__name__) from error
        if response.status_code != 200:
            raise SlackError("response_url", f"HTTP {response.status_code}: {response.body[:80]}")
