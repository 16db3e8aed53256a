import asyncio

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Json
from tests import checks
from tests.playground.conftest import serving


async def test_a_bolt_app_verifies_the_signature_and_answers(slack: LocalSlack, client: AsyncWebClient) -> None:
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.event("app_mention")
    async def answer(event: Json) -> None:
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="here")

    @app.event("message")
    async def ignore() -> None:
        """Everything else."""

    server = app.server(port=0, path="/slack/events")
    async with serving(server.web_app) as url:
        slack.request_url = url
        message = slack.people.post("Ana", "#general", "@glm are you there?")
        await checks.wait_for(lambda: checks.bot_messages(slack, "#general", message.ts))
        await checks.wait_for(lambda: slack.deliveries.is_idle)
        first_two = [delivery.event["type"] for delivery in slack.deliveries.log[:2]]
        assert sorted(first_two) == ["app_mention", "message"]
        assert all(delivery.is_acknowledged for delivery in slack.deliveries.log)
        slack.signing_secret = "another secret"
        slack.people.post("Ana", "#general", "once more")
        await checks.wait_for(lambda: slack.deliveries.log[-1].status == 401)
    assert checks.thread_texts(slack, "#general", message.ts) == ["<@U0GLMBOT0> are you there?", "here"]


async def test_a_bolt_app_in_socket_mode_gets_events_and_commands(slack: LocalSlack, client: AsyncWebClient) -> None:
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    heard: list[str] = []

    @app.event("message")
    async def hear(event: Json) -> None:
        heard.append(event["text"])

    @app.command("/summarize")
    async def summarize(ack: object, command: Json) -> None:
        await ack(f"summary of {command['text']}")  # type: ignore[operator]

    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await checks.wait_for(lambda: slack.deliveries.sockets.is_connected)
        slack.people.post("Ben", "@glm", "over the wire")
        await checks.wait_for(lambda: heard == ["over the wire"])
        delivery = await slack.people.slash_command("Ben", "#design", "/summarize", "the thread")
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
    assert delivery.via == "socket"
    assert checks.visible_text_for(slack, checks.bot_messages(slack, "#design")[0], "Ben") == "summary of the thread"
    assert checks.visible_text_for(slack, checks.bot_messages(slack, "#design")[0], "Mei") == ""


async def test_an_error_in_the_body_of_serve_is_not_wrapped() -> None:
    with pytest.raises(ZeroDivisionError):
        async with LocalSlack().serve():
            raise ZeroDivisionError


async def test_changes_are_told_to_watchers_in_order(slack: LocalSlack) -> None:
    with slack.workspace.subscribe() as queue:
        message = slack.people.post("Mei", "#general", "hello")
        slack.people.edit(message, "hello all")
        slack.people.react("Ana", message, "wave")
        slack.people.delete(message)
        kinds = [queue.get_nowait().kind for _ in range(4)]
    assert kinds == ["message_added", "message_changed", "reaction", "message_deleted"]


async def test_what_is_over_ends_by_itself(slack: LocalSlack, clock: ManualClock, client: AsyncWebClient) -> None:
    message = slack.people.post("Ana", "@glm", "hi")
    await client.assistant_threads_setStatus(channel_id=message.channel, thread_ts=message.ts, status="is reading…")
    session = slack.workspace.sessions[message.channel, message.ts]
    assert (session.status, session.status_text) == ("processing", "is reading…")
    clock.advance(121)
    async with asyncio.timeout(checks.PATIENCE_S):
        await checks.wait_for(lambda: not session.status_text)
    assert session.status == "active"
