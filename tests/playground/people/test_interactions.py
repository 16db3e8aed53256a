import json
from urllib.parse import parse_qs

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.files import can_see
from bot.playground.api.views import show_view
from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Json
from tests import checks
from tests.playground.conftest import Receiver, error_of

MODAL: Json = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
BUTTONS: Json = {
    "type": "actions",
    "block_id": "row",
    "elements": [
        {"type": "button", "action_id": "again", "value": "v1", "text": {"type": "plain_text", "text": "Again"}}
    ],
}
FEEDBACK: Json = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
        }
    ],
}


def payload(receiver: Receiver) -> Json:
    body = json.loads(parse_qs(receiver.requests[-1][1].decode())["payload"][0])
    assert isinstance(body, dict)
    return body


async def test_a_commands_answer_is_for_the_person(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.answer = {"response_type": "ephemeral", "text": "on it"}
    await slack.people.slash_command("Ana", "#general", "/summarize", "x")
    receiver.answer = {"response_type": "in_channel", "text": "for all"}
    await slack.people.slash_command("Ana", "#general", "/summarize", "x")
    private, public = checks.bot_messages(slack, "#general")
    assert (private.text, private.ephemeral_to) == ("on it", "U0ANA0000")
    assert (public.text, public.ephemeral_to) == ("for all", None)


async def test_an_unanswered_command_is_told_to_the_person(slack: LocalSlack, receiver: Receiver) -> None:
    slack.ack_timeout_s, receiver.delay_s = 0.02, 0.2
    delivery = await slack.people.slash_command("Ana", "#general", "/summarize")
    assert not delivery.is_acknowledged
    [message] = slack.workspace.messages["C0GENERAL"].values()
    assert (message.user, message.ephemeral_to) == ("USLACKBOT", "U0ANA0000")
    assert "operation_timeout" in message.text


async def test_clicks_carry_what_was_clicked(slack: LocalSlack, receiver: Receiver, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[BUTTONS, FEEDBACK])
    message = slack.workspace.messages["C0GENERAL"][posted["ts"]]
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    await slack.people.click("Ben", message, "again")
    body = payload(receiver)
    assert (body["type"], body["user"]["id"], body["container"]["message_ts"]) == (
        "block_actions",
        "U0BEN0000",
        message.ts,
    )
    action = body["actions"][0]
    assert (action["action_id"], action["value"], action["block_id"]) == ("again", "v1", "row")
    await slack.people.click("Ben", message, "feedback", value="down")
    assert payload(receiver)["actions"][0]["value"] == "down"
    with pytest.raises(LookupError):
        await slack.people.click("Ben", message, "absent")


async def test_a_modal_from_trigger_to_submission(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient, clock: ManualClock
) -> None:
    await slack.people.global_shortcut("Ana", "ask_modal")
    trigger = payload(receiver)["trigger_id"]
    clock.advance(2.9)
    opened = (await client.views_open(trigger_id=trigger, view=MODAL))["view"]
    assert await error_of(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    view = slack.workspace.views[opened["id"]]
    receiver.answer = {"response_action": "errors", "errors": {"question": "please"}}
    await slack.people.submit_view("Ana", view, {"question": {"text": {"type": "plain_text_input", "value": ""}}})
    assert view.is_open
    receiver.answer = ""
    values = {"question": {"text": {"type": "plain_text_input", "value": "why?"}}}
    await slack.people.submit_view("Ana", view, values)
    submitted = payload(receiver)
    assert submitted["type"] == "view_submission"
    assert submitted["view"]["state"]["values"]["question"]["text"]["value"] == "why?"
    assert not view.is_open


async def test_three_seconds_are_the_end_of_a_trigger(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient, clock: ManualClock
) -> None:
    await slack.people.global_shortcut("Ana", "ask_modal")
    clock.advance(3.1)
    late = client.views_open(trigger_id=payload(receiver)["trigger_id"], view=MODAL)
    assert await error_of(late) == "expired_trigger_id"
    assert await error_of(client.views_open(trigger_id="made up", view=MODAL)) == "invalid_trigger_id"


async def test_updating_pushing_and_closing_views(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient
) -> None:
    first = (await client.views_open(trigger_id=slack.new_trigger("U0ANA0000"), view=MODAL))["view"]
    view = slack.workspace.views[first["id"]]
    changed = (await client.views_update(view_id=first["id"], hash=first["hash"], view=MODAL))["view"]
    stale = client.views_update(view_id=first["id"], hash=first["hash"], view=MODAL)
    assert await error_of(stale) == "hash_conflict"
    assert changed["hash"] != first["hash"]
    pushed = (await client.views_push(trigger_id=slack.new_trigger("U0ANA0000"), view=MODAL))["view"]
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (first["id"], first["id"])
    receiver.answer = {"response_action": "update", "view": MODAL | {"callback_id": "step two"}}
    await slack.people.submit_view("Ana", view)
    assert view.view["callback_id"] == "step two"
    await slack.people.close_view("Ana", view)
    assert payload(receiver)["type"] == "view_closed"
    assert await error_of(client.views_update(view_id=first["id"], view=MODAL)) == "not_found"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": {"type": "plain_text", "text": "x" * 25}}, "/view/title"),
        ({"submit": None}, "submit"),
        ({"type": "home"}, "/view/type"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100"),
        ({"private_metadata": "x" * 3001}, "private_metadata"),
    ],
)
async def test_views_slack_does_not_take(slack: LocalSlack, client: AsyncWebClient, change: Json, why: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=slack.new_trigger("U0ANA0000"), view=MODAL | change)
    assert caught.value.response["error"] == "invalid_arguments"
    assert why in caught.value.response["response_metadata"]["messages"][0]
    assert not slack.workspace.views


async def test_the_home_tab(slack: LocalSlack, receiver: Receiver, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [BUTTONS]}
    published = (await client.views_publish(user_id="U0ANA0000", view=home))["view"]
    slack.people.open_home("Ana")
    await checks.wait_for(lambda: receiver.requests)
    event = slack.deliveries.log[-1].event
    assert (event["type"], event["tab"], event["view"]["id"]) == ("app_home_opened", "home", published["id"])
    await slack.people.click("Ana", slack.workspace.homes["U0ANA0000"], "again")
    assert payload(receiver)["container"]["type"] == "view"
    stale = client.views_publish(user_id="U0ANA0000", view=home, hash="old")
    assert await error_of(stale) == "hash_conflict"


async def test_a_message_shortcut_brings_the_message(slack: LocalSlack, receiver: Receiver) -> None:
    root = slack.people.post("Ana", "#general", "root")
    reply = slack.people.post("Ben", "#general", "reply", thread_ts=root.ts)
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    await slack.people.message_shortcut("Mei", reply, "summarise_message")
    body = payload(receiver)
    assert (body["type"], body["callback_id"]) == ("message_action", "summarise_message")
    assert (body["message"]["ts"], body["message"]["thread_ts"]) == (reply.ts, root.ts)


async def test_the_stop_button(slack: LocalSlack, receiver: Receiver, client: AsyncWebClient) -> None:
    asked = slack.people.post("Ana", "@glm", "hi")
    stream = await client.chat_startStream(channel=asked.channel, thread_ts=asked.ts)
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    slack.people.press_stop("Ana", "@glm", asked.ts)
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    event = slack.deliveries.log[-1].event
    assert (event["type"], event["thread_ts"]) == ("agent_session_stopped", asked.ts)
    assert event["streaming_message_ts"] == [stream["ts"]]


async def test_a_change_of_the_viewed_channel_is_told(slack: LocalSlack, receiver: Receiver) -> None:
    slack.people.look_at("Ana", "#design")
    slack.people.look_at("Ana")
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    looking, away = [delivery.event for delivery in slack.deliveries.log]
    assert (looking["type"], looking["channel"]) == ("app_context_changed", "D0ANA0000")
    assert looking["context"]["entities"][0]["value"] == "C0DESIGN0"
    assert away["context"] == {}


async def test_what_was_left_alone_goes_along_and_files_are_handed_over(slack: LocalSlack, receiver: Receiver) -> None:
    plain = {"type": "plain_text", "text": "A"}
    option = {"text": plain, "value": "a"}
    elements: Json = {
        "files": {"type": "file_input", "action_id": "value"},
        "one": {"type": "static_select", "action_id": "value", "options": [option], "initial_option": option},
        "many": {"type": "multi_static_select", "action_id": "value", "options": [option]},
        "words": {"type": "plain_text_input", "action_id": "value"},
    }
    blocks = [{"type": "input", "block_id": name, "label": plain, "element": one} for name, one in elements.items()]
    person = slack.workspace.user("Ana").id
    view = show_view(slack, MODAL | {"blocks": blocks}, person)
    file = slack.people.upload("Ana", "plan.pdf", b"x")
    assert not can_see(slack, file)
    handed = {"type": "file_input", "files": [{"id": file.id}]}
    await slack.people.submit_view("Ana", view, {"files": {"value": handed}})
    values = payload(receiver)["view"]["state"]["values"]
    assert values["one"]["value"]["selected_option"] == option
    assert values["many"]["value"]["selected_options"] == []
    assert values["words"]["value"]["value"] is None
    assert can_see(slack, file)
