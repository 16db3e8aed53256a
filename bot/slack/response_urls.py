"""ResponseUrls answers a command, a button or a shortcut at its `response_url`.

Slack takes five answers within thirty minutes, also where the bot is no member:
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
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
        """Send a message; its fields are named as Slack names them. Raises SlackError if Slack refuses it or does not
        answer.
        """
        # With the client's session; without it, the SDK would open a session for each answer (slack.md §5).
        address = AsyncWebhookClient(url, session=self._client.session, retry_handlers=[])
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await address.send_dict(safe_call("response_url", message))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SlackError("", type(error).__name__) from error
        if response.status_code != 200:
            raise SlackError("response_url", f"HTTP {response.status_code}: {response.body[:80]}")
