import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Json
from tests.playground.conftest import error_of


async def raw(slack: LocalSlack, method: str, **request: object) -> Json:
    headers = {"Authorization": f"Bearer {slack.bot_token}"} | request.pop("headers", {})  # type: ignore[operator]
    url = slack.api_url + method
    async with aiohttp.ClientSession() as session, session.post(url, headers=headers, **request) as response:  # type: ignore[arg-type]
        assert response.status == 200
        body = await response.json()
        assert isinstance(body, dict)
        return body


async def test_arguments_come_as_json_form_or_query(slack: LocalSlack) -> None:
    post = {"channel": "C0GENERAL", "text": "hi"}
    assert (await raw(slack, "chat.postMessage", json=post))["ok"]
    assert (await raw(slack, "chat.postMessage", data=post))["ok"]
    assert (await raw(slack, "chat.postMessage", params=post))["ok"]
    blocks = '[{"type":"divider"}]'
    answer = await raw(slack, "chat.postMessage", data=post | {"blocks": blocks})
    assert answer["message"]["blocks"][0]["type"] == "divider"


@pytest.mark.parametrize(
    ("method", "request_", "error"),
    [
        ("chat.shout", {}, "unknown_method"),
        ("auth.test", {"headers": {"Authorization": ""}}, "not_authed"),
        ("auth.test", {"headers": {"Authorization": "Bearer xoxb-wrong"}}, "invalid_auth"),
        ("auth.test", {"headers": {"Authorization": "Bearer xapp-local-app"}}, "not_allowed_token_type"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
        ("team.info", {}, "missing_scope"),
        ("files.info", {}, "invalid_arguments"),
        ("chat.postMessage", {"data": "{", "headers": {"Content-Type": "application/json"}}, "invalid_json"),
        ("chat.postMessage", {"json": []}, "json_not_object"),
        ("chat.postMessage", {"json": {"channel": "C0GENERAL", "blocks": "{"}}, "invalid_blocks_format"),
    ],
)
async def test_refusals_are_http_200_with_an_error(slack: LocalSlack, method: str, request_: Json, error: str) -> None:
    answer = await raw(slack, method, **request_)
    assert answer["ok"] is False
    assert answer["error"] == error
    assert slack.calls[-1].error == error


async def test_missing_scope_says_what_is_needed_and_provided(slack: LocalSlack) -> None:
    slack.scopes.remove("chat:write")
    answer = await raw(slack, "chat.postMessage", json={"channel": "C0GENERAL", "text": "hi"})
    assert answer["needed"] == "chat:write"
    assert "files:read" in answer["provided"]


async def test_tiers_answer_429_with_retry_after(slack: LocalSlack, clock: ManualClock, client: AsyncWebClient) -> None:
    message = slack.people.post("Ana", "@glm", "hi")
    for _ in range(20):
        await client.chat_startStream(channel=message.channel, thread_ts=message.ts)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_startStream(channel=message.channel, thread_ts=message.ts)
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "3"
    clock.advance(3)
    await client.chat_startStream(channel=message.channel, thread_ts=message.ts)
    slack.enforce_rates = False
    for _ in range(3):
        await client.chat_startStream(channel=message.channel, thread_ts=message.ts)


async def test_posts_are_one_a_second_per_channel_after_a_short_burst(
    slack: LocalSlack, clock: ManualClock, client: AsyncWebClient
) -> None:
    for _ in range(4):
        await client.chat_postMessage(channel="C0GENERAL", text="one")
    assert await error_of(client.chat_postMessage(channel="C0GENERAL", text="two")) == "ratelimited"
    await client.chat_postMessage(channel="C0DESIGN0", text="elsewhere")
    clock.advance(1)
    await client.chat_postMessage(channel="C0GENERAL", text="two")


async def test_troubles_on_order(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.add("auth.test", error="internal_error", times=2)
    slack.faults.add("auth.test", retry_after=7, status=429)
    slack.faults.add("auth.test", status=503)
    assert await error_of(client.auth_test()) == "internal_error"
    assert await error_of(client.auth_test()) == "internal_error"
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.headers["Retry-After"] == "7"
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 503
    assert (await client.auth_test())["user_id"] == "U0GLMBOT0"
    assert [call.status for call in slack.calls] == [200, 200, 429, 503, 200]


async def test_a_lost_answer_of_a_call_that_was_carried_out(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.add(
        "chat.postMessage", drop_connection=True, is_after=True, when=lambda args: args.text("text") == "once"
    )
    await client.chat_postMessage(channel="C0GENERAL", text="before")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0GENERAL", text="once")
    assert [message.text for message in slack.workspace.messages["C0GENERAL"].values()] == ["before", "once"]


async def test_a_late_answer_of_a_call_is_carried_out_once(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.add("chat.postMessage", delay_s=0.01, is_after=True)
    await client.chat_postMessage(channel="C0GENERAL", text="once")
    assert len(slack.workspace.messages["C0GENERAL"]) == 1
