import json
from urllib.parse import parse_qs

from slack_sdk.signature import SignatureVerifier

from bot.playground.server import LocalSlack
from tests import checks
from tests.playground.conftest import Receiver


async def test_events_are_signed_json(slack: LocalSlack, receiver: Receiver) -> None:
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: receiver.requests)
    headers, raw = receiver.requests[0]
    assert SignatureVerifier(slack.signing_secret).is_valid_request(raw, headers)
    assert not SignatureVerifier("another").is_valid_request(raw, headers)
    body = json.loads(raw)
    assert (body["type"], body["team_id"], body["api_app_id"]) == ("event_callback", "T0PLAYGRD", "A0PLAYGRD")
    assert body["authorizations"][0]["user_id"] == "U0GLMBOT0"
    assert "x-slack-retry-num" not in headers


async def test_a_failure_is_sent_three_more_times(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.statuses = [500, 404, 503, 500]
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: len(receiver.requests) == 4 and slack.deliveries.is_idle)
    retries = [
        (headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")) for headers, _ in receiver.requests
    ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({raw for _, raw in receiver.requests}) == 1
    assert [(delivery.status, delivery.attempt) for delivery in slack.deliveries.log] == [
        (500, 0),
        (404, 1),
        (503, 2),
        (500, 3),
    ]


async def test_slow_and_absent_apps(slack: LocalSlack, receiver: Receiver) -> None:
    slack.ack_timeout_s = 0.03
    receiver.delay_s = 0.2
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: len(slack.deliveries.log) >= 2)
    assert slack.deliveries.log[0].reason == "http_timeout"
    assert slack.deliveries.log[0].latency_s >= 0.03
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    slack.deliveries.log.clear()
    slack.request_url = "http://127.0.0.1:1/slack/events"
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    assert [delivery.reason for delivery in slack.deliveries.log] == ["connection_failed"] * 4


async def test_the_app_can_refuse_retries(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.statuses = [500]
    receiver.answer_headers = {"x-slack-no-retry": "1"}
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: receiver.requests and slack.deliveries.is_idle)
    assert len(receiver.requests) == 1


async def test_only_what_was_subscribed_to_and_only_where_the_bot_is(slack: LocalSlack, receiver: Receiver) -> None:
    slack.workspace.add_channel("elsewhere", ["Ana"])
    slack.events.discard("message.channels")
    slack.people.post("Ana", "#elsewhere", "@glm not here")
    slack.people.post("Ana", "#general", "not subscribed")
    slack.people.post("Ana", "@glm", "this one")
    await checks.wait_for(lambda: receiver.requests and slack.deliveries.is_idle)
    assert [delivery.event["text"] for delivery in slack.deliveries.log] == ["this one"]


async def test_the_challenge(slack: LocalSlack, receiver: Receiver) -> None:
    assert not await slack.deliveries.verify_url()
    challenge = json.loads(receiver.requests[0][1])["challenge"]
    receiver.answer = {"challenge": challenge}
    assert not await slack.deliveries.verify_url()  # yesterday's answer


async def test_commands_and_interactions_are_forms(slack: LocalSlack, receiver: Receiver) -> None:
    await slack.people.slash_command("Ana", "#general", "/summarize", "last 5")
    await slack.people.global_shortcut("Ana", "ask_modal")
    command = parse_qs(receiver.requests[0][1].decode())
    assert (command["command"], command["text"]) == (["/summarize"], ["last 5"])
    assert "thread_ts" not in command
    payload = json.loads(parse_qs(receiver.requests[1][1].decode())["payload"][0])
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "ask_modal")


async def test_without_an_app_nothing_is_retried(slack: LocalSlack) -> None:
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    assert [delivery.via for delivery in slack.deliveries.log] == ["nowhere"]


async def test_the_same_event_again_without_a_retry_header(slack: LocalSlack, receiver: Receiver) -> None:
    slack.people.post("Ana", "@glm", "hi")
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    slack.deliveries.repeat(slack.deliveries.log[0])
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    (first_headers, first), (second_headers, second) = receiver.requests
    assert first == second
    assert "x-slack-retry-num" not in first_headers.keys() | second_headers.keys()


async def test_the_log_forgets_the_oldest(slack: LocalSlack, receiver: Receiver) -> None:
    slack.log_max = 3
    for number in range(5):
        slack.people.post("Ana", "@glm", str(number))
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    assert [delivery.event["text"] for delivery in slack.deliveries.log] == ["2", "3", "4"]
