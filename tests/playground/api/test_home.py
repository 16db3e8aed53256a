"""The home tab as Slack has it: what views.publish takes, what opening it tells, and what a use of it sends.

https://docs.slack.dev/surfaces/app-home and https://docs.slack.dev/reference/methods/views.publish
"""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt.request.internals import extract_channel_id, extract_team_id, extract_user_id
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.views import show_view
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json
from tests import checks
from tests.playground.conftest import Receiver, error_of

ANA = "U0ANA0000"
WORDS: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "Your *settings*"}}
HOME: Json = {"type": "home", "blocks": [WORDS]}


def option(name: str) -> Json:
    return {"text": {"type": "plain_text", "text": name}, "value": name.lower()}


def select(now: str, block_id: str = "length") -> Json:
    options = [option("Short"), option("Long")]
    element = {"type": "static_select", "action_id": "choose", "options": options, "initial_option": option(now)}
    return {**WORDS, "block_id": block_id, "accessory": element}


def payload(receiver: Receiver) -> Json:
    body = json.loads(parse_qs(receiver.requests[-1][1].decode())["payload"][0])
    assert isinstance(body, dict)
    return body


async def publish(client: AsyncWebClient, view: Json = HOME, **more: Any) -> Json:
    published: Json = (await client.views_publish(user_id=ANA, view=view, **more))["view"]
    return published


async def refusal(client: AsyncWebClient, view: Json, **more: Any) -> tuple[str, str]:
    with pytest.raises(SlackApiError) as caught:
        await publish(client, view, **more)
    told = caught.value.response
    return told["error"], " ".join((told.get("response_metadata") or {}).get("messages", []))


async def test_it_is_not_published_where_the_manifest_has_none(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.has_home = False
    assert await refusal(client, HOME) == ("not_enabled", "")
    with pytest.raises(LookupError):
        slack.people.open_home("Ana")
    assert not slack.workspace.homes


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"type": "modal"}, "/view/type"),
        ({"blocks": None}, "missing required field: blocks"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type"),
        ({"blocks": [{**WORDS, "block_id": "a"}] * 2}, "block_id must be unique"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]}, "more than 0 characters"),
        ({"private_metadata": "x" * 3_001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"external_id": "x" * 256}, "/view/external_id"),
        ({"submit": {"type": "plain_text", "text": "Send"}}, "submit and close"),
        ({"close": {"type": "plain_text", "text": "Cancel"}}, "submit and close"),
    ],
)
async def test_a_bad_home_view_is_refused_with_the_reason(
    slack: LocalSlack, client: AsyncWebClient, change: Json, why: str
) -> None:
    code, told = await refusal(client, HOME | change)
    assert code == "invalid_arguments"
    assert why in told
    assert not slack.workspace.homes


def test_slack_s_own_models_refuse_the_same() -> None:
    """The validators of slack_sdk for what they know of home views."""
    for wrong in ({"private_metadata": "x" * 3_001}, {"callback_id": "x" * 256}, {"submit": "Send"}):
        with pytest.raises(Exception, match=r"cannot"):
            View(**{**HOME, **wrong}).to_dict()


async def test_what_is_at_the_limits_is_taken(client: AsyncWebClient) -> None:
    view = HOME | {"private_metadata": "x" * 3_000, "callback_id": "x" * 255, "blocks": [{"type": "divider"}] * 100}
    assert (await publish(client, view))["type"] == "home"


async def test_a_view_of_more_than_250_kb_is_too_large(client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2_900}}] * 90
    assert await refusal(client, {"type": "home", "blocks": blocks}) == ("view_too_large", "")


async def test_who_is_not_there_has_none(client: AsyncWebClient) -> None:
    assert await error_of(client.views_publish(user_id="U0NOBODY0", view=HOME)) == "user_not_found"


async def test_the_hash_guards_against_who_published_meanwhile(slack: LocalSlack, client: AsyncWebClient) -> None:
    first = await publish(client)
    second = await publish(client, hash=first["hash"])
    assert (second["id"], second["root_view_id"]) == (first["id"], first["id"])
    assert second["hash"] != first["hash"]
    assert await refusal(client, HOME, hash=first["hash"]) == ("hash_conflict", "")
    assert slack.workspace.homes[ANA].hash == second["hash"]
    assert (await publish(client))["hash"] != second["hash"], "without a hash the last one wins"


async def test_an_external_id_is_anybodys_but_ones_own_once(slack: LocalSlack, client: AsyncWebClient) -> None:
    named = HOME | {"external_id": "home of ana"}
    await publish(client, named)
    await publish(client, named)
    taken = client.views_publish(user_id="U0BEN0000", view=named)
    assert await error_of(taken) == "duplicate_external_id"
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [], "external_id": "home of ana"}
    opened = client.views_open(trigger_id=slack.new_trigger(ANA), view=modal)
    assert await error_of(opened) == "duplicate_external_id"


async def test_opening_tells_the_app_with_the_view_once_there_is_one(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.people.open_home("Ana")
    published = await publish(client, HOME | {"private_metadata": "kept"})
    slack.people.open_home("Ana")
    slack.people.open_home("Ben")
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    first, second, other = [one.event for one in slack.deliveries.log if one.event["type"] == "app_home_opened"]
    assert first["tab"] == second["tab"] == "home"
    assert "view" not in first
    assert (second["view"]["id"], second["view"]["hash"]) == (published["id"], published["hash"])
    assert second["view"]["private_metadata"] == "kept"
    assert "view" not in other, "each person has their own"
    assert first["channel"] == slack.workspace.dm("Ana").id


async def test_a_use_of_it_has_the_view_and_neither_channel_nor_message(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient
) -> None:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    published = await publish(client, HOME | {"blocks": [select("Short")]})
    await slack.people.click("Ana", slack.workspace.homes[ANA], "choose", selected_option=option("Long"))
    body = payload(receiver)
    assert body["type"] == "block_actions"
    assert body["container"] == {"type": "view", "view_id": published["id"]}
    assert not {"channel", "message", "response_url", "state"} & body.keys()
    assert body["trigger_id"]
    assert (body["view"]["type"], body["view"]["hash"]) == ("home", published["hash"])
    (action,) = body["actions"]
    assert (action["selected_option"], action["initial_option"]) == (option("Long"), option("Short"))
    assert body["view"]["state"]["values"]["length"]["choose"]["selected_option"] == option("Long")
    assert (extract_user_id(body), extract_team_id(body)) == (ANA, slack.workspace.team.id)
    assert extract_channel_id(body) is None, "so does Bolt read it"


async def test_a_block_that_stays_keeps_what_was_chosen_and_a_new_one_begins_anew(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient
) -> None:
    """https://github.com/slackapi/bolt-js/issues/974, https://github.com/slackapi/bolt-python/issues/629"""
    await publish(client, HOME | {"blocks": [select("Short")]})
    home = slack.workspace.homes[ANA]
    await slack.people.click("Ana", home, "choose", selected_option=option("Long"))
    assert receiver.requests
    same = await publish(client, HOME | {"blocks": [select("Short")]})
    assert same["state"]["values"]["length"]["choose"]["selected_option"] == option("Long")
    other = await publish(client, HOME | {"blocks": [select("Short", "length 2")]})
    assert other["state"]["values"] == {}


async def test_a_modal_opened_from_it_stands_alone(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient
) -> None:
    await publish(client, HOME | {"blocks": [select("Short")]})
    await slack.people.click("Ana", slack.workspace.homes[ANA], "choose", selected_option=option("Long"))
    modal = {"type": "modal", "callback_id": "m", "title": {"type": "plain_text", "text": "x"}, "blocks": [WORDS]}
    opened = (await client.views_open(trigger_id=payload(receiver)["trigger_id"], view=modal))["view"]
    assert (opened["root_view_id"], opened["previous_view_id"]) == (opened["id"], None)
    shown = slack.workspace.views[opened["id"]]
    await slack.people.submit_view("Ana", shown)
    body = payload(receiver)
    assert (body["type"], body["view"]["type"], body["response_urls"]) == ("view_submission", "modal", [])
    assert not {"channel", "message", "container", "response_url"} & body.keys()


async def test_a_home_view_is_no_modal(slack: LocalSlack, client: AsyncWebClient) -> None:
    home = await publish(client)
    shown = show_view(slack, {"type": "modal", "blocks": []}, ANA)
    assert await error_of(client.views_update(view_id=home["id"], view={"type": "modal"})) == "invalid_arguments"
    assert await error_of(client.views_update(view_id=shown.id, view=HOME)) == "invalid_arguments"
