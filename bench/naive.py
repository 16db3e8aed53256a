"""The bot most people write first: Bolt, the openai SDK, a placeholder, and one chat.update per 20 characters.

`python -m bench.naive PORT SLACK_API_URL BOT_TOKEN SIGNING_SECRET GLM_BASE_URL`. It keeps no state, no queue and no
history, and has Bolt's default for rate limits: none. A message is begun anew every 3,500 characters, because
chat.update takes 4,000.
"""

import asyncio
import sys
from typing import Any

from aiohttp import web
from openai import AsyncOpenAI
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

EVERY_CHARACTERS = 20
MESSAGE_CHARACTERS = 3_500


def naive_app(slack_api_url: str, bot_token: str, signing_secret: str, base_url: str) -> AsyncApp:
    app = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=slack_api_url), signing_secret=signing_secret)
    model = AsyncOpenAI(base_url=base_url, api_key="offline")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
        await answer(event, client, model)

    @app.event("message")
    async def wrote(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event.get("channel_type") == "im" and not event.get("bot_id") and not event.get("subtype"):
            await answer(event, client, model)

    return app


async def answer(event: dict[str, Any], client: AsyncWebClient, model: AsyncOpenAI) -> None:
    channel, thread_ts = event["channel"], event.get("thread_ts") or event["ts"]

    async def begin() -> str:
        return str((await client.chat_postMessage(channel=channel, thread_ts=thread_ts, text="Thinking…"))["ts"])

    ts, text, shown = await begin(), "", 0
    chunks = await model.chat.completions.create(
        model="z-ai/glm-4.6v", messages=[{"role": "user", "content": event["text"]}], stream=True
    )
    async for chunk in chunks:
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if len(text) - shown >= EVERY_CHARACTERS:
            await client.chat_update(channel=channel, ts=ts, text=text)
            shown = len(text)
        if len(text) > MESSAGE_CHARACTERS:
            ts, text, shown = await begin(), "", 0
    if len(text) > shown:
        await client.chat_update(channel=channel, ts=ts, text=text)


async def serve(port: int, app: AsyncApp) -> None:
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), naive_app(*sys.argv[2:6])))
