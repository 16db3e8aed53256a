"""A tiny scripted app: what the bot would do to a page, over the real Web API and the real event deliveries."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.app.background import Background
from bot.playground.server import LocalSlack
from bot.serving import serving

Json = dict[str, Any]

ANSWER = (
    "The **total** does not ",
    "add up:\n\n",
    "| item | price |\n|---|---:|\n| lamp | 24.00 |\n| shown | 64.65 |\n\n",
    "Done.",
)
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good answer"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad answer"}, "value": "down"},
        }
    ],
}
RECEIPT = {"type": "context", "elements": [{"type": "mrkdwn", "text": "Read: checkout-error.png · 1,204 tokens"}]}
MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask with files"},
    "submit": {"type": "plain_text", "text": "Ask"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Your question"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "style",
            "optional": True,
            "label": {"type": "plain_text", "text": "Length"},
            "element": {
                "type": "static_select",
                "action_id": "length",
                "options": [
                    {"text": {"type": "plain_text", "text": "Short"}, "value": "short"},
                    {"text": {"type": "plain_text", "text": "Long"}, "value": "long"},
                ],
            },
        },
        {
            "type": "input",
            "block_id": "files",
            "optional": True,
            "label": {"type": "plain_text", "text": "Files"},
            "element": {"type": "file_input", "action_id": "files", "filetypes": ["png", "pdf"]},
        },
    ],
}


class ScriptedApp:
    """`seen` keeps every payload in order. `pause_s` lies between the pieces of a streamed answer."""

    def __init__(self, slack: LocalSlack, session: aiohttp.ClientSession, tasks: Background) -> None:
        self.slack = slack
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        self.seen: list[Json] = []
        self.pause_s = 0.05
        self._tasks = tasks

    def of(self, kind: str) -> list[Json]:
        return [body for body in self.seen if body.get("type") == kind]

    async def receive(self, request: web.Request) -> web.Response:
        raw = await request.text()
        if request.content_type == "application/json":
            return self._event(json.loads(raw)["event"])
        form = {name: values[0] for name, values in parse_qs(raw).items()}
        if "payload" in form:
            return await self._interaction(json.loads(form["payload"]))
        self.seen.append({"type": "command"} | form)
        return web.json_response({"response_type": "ephemeral", "text": f"You said *{form.get('text', '')}*"})

    def _event(self, event: Json) -> web.Response:
        self.seen.append(event)
        is_question = event["type"] == "app_mention" or (
            event["type"] == "message" and event.get("channel_type") == "im" and not event.get("bot_id")
        )
        if is_question and event.get("subtype") in {None, "file_share"}:
            self._tasks.create_task(self._answer(event))
        if event["type"] == "app_home_opened" and event["tab"] == "messages":
            self._tasks.create_task(self._suggest(event["channel"]))
        return web.Response()

    async def _suggest(self, channel: str) -> None:
        prompts = [{"title": "Summarise a PDF", "message": "Please summarise the PDF I attach."}]
        await self.client.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts="", prompts=prompts)

    async def _answer(self, event: Json) -> None:
        place = {"channel": event["channel"], "thread_ts": event.get("thread_ts") or event["ts"]}
        if "button" in event["text"]:
            await self.client.chat_postMessage(**place, text="a form", blocks=_form_blocks())
            return
        status = {"channel_id": place["channel"], "thread_ts": place["thread_ts"]}
        await self.client.assistant_threads_setStatus(**status, status="is thinking…")
        await asyncio.sleep(self.pause_s)
        team = self.slack.workspace.team.id
        stream = await self.client.chat_startStream(
            **place, recipient_user_id=event["user"], recipient_team_id=team, markdown_text=ANSWER[0]
        )
        pieces = list(ANSWER[1:]) if "slow" not in event["text"] else ["more and more words "] * 200
        try:
            for piece in pieces:
                await asyncio.sleep(self.pause_s)
                await self.client.chat_appendStream(channel=place["channel"], ts=stream["ts"], markdown_text=piece)
            await self.client.chat_stopStream(channel=place["channel"], ts=stream["ts"], blocks=[RECEIPT, FEEDBACK])
        except SlackApiError as error:
            if error.response["error"] != "stopped_by_user":
                raise
            await self.client.agents_sessions_setStatus(
                channel_id=place["channel"], thread_ts=place["thread_ts"], status="active"
            )

    async def _interaction(self, body: Json) -> web.Response:
        self.seen.append(body)
        if body["type"] == "block_actions" and body["actions"][0]["action_id"] == "open":
            await self.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        if body["type"] == "view_submission":
            words = body["view"]["state"]["values"]["question"]["text"]["value"]
            if words == "bad":
                return web.json_response({"response_action": "errors", "errors": {"question": "Ask something better."}})
            await self.client.chat_postMessage(channel=body["user"]["id"], text=f"You asked: {words}")
        return web.Response()


def _form_blocks() -> list[Json]:
    button = {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": "Open the form"}}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "A *form* for you"}},
        {"type": "actions", "block_id": "tools", "elements": [button | {"style": "primary", "value": "go"}]},
    ]


@asynccontextmanager
async def scripted(slack: LocalSlack) -> AsyncIterator[ScriptedApp]:
    """The app, listening and registered as the local Slack's request URL."""
    tasks = Background()
    await tasks.open()
    async with aiohttp.ClientSession() as session:
        app = ScriptedApp(slack, session, tasks)
        server = web.Application()
        server.router.add_post("/slack/events", app.receive)
        async with serving(server) as port:
            slack.request_url = f"http://127.0.0.1:{port}/slack/events"
            try:
                yield app
            finally:
                await tasks.close()
