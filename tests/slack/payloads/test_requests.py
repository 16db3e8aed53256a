"""What comes in is in Slack's form, or made so by leaving out; else nothing is done with it."""

import copy
from typing import Any

import pytest

from bot.errors import PayloadMalformed
from bot.slack.payloads.requests import check, kind_of
from tests.fuzz.seeds import Seed, seeds

BY_NAME = {seed.name: seed.body for seed in seeds()}


def sent(name: str, **changes: Any) -> dict[str, Any]:
    """`event__ts=…` is that field of the event; a value that is None is taken away."""
    body = copy.deepcopy(BY_NAME[name])
    for path, value in changes.items():
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        place: Any = body
        for step in steps:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return body


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_what_slack_sends_stays_as_it_is(seed: Seed) -> None:
    body = copy.deepcopy(seed.body)
    check(body)

    def without_nothing(value: dict[str, Any]) -> dict[str, Any]:
        return {name: one for name, one in value.items() if one is not None}

    before = without_nothing(copy.deepcopy(seed.body))
    if "event" in before:
        before["event"] = without_nothing(before["event"])
    assert body == before


@pytest.mark.parametrize(
    "wrong",
    [
        sent("event mention", event__ts="x"),
        sent("event mention", event__ts="1:2"),
        sent("event mention", event__ts=1766458026.24),
        sent("event mention", event__ts=None),
        sent("event mention", event__thread_ts="1"),
        sent("event mention", event__channel=None),
        sent("event mention", event__channel="C1:2"),
        sent("event mention", event__channel="C\n1"),
        sent("event mention", event__channel="C" * 65),
        sent("event mention", event__channel={"id": "C1"}),
        sent("event mention", event__user={}) | {"event": 1},
        sent("event mention", event=None),
        sent("event mention", event=[]),
        sent("event mention", event__type=None),
        sent("event mention", event__type=7),
        sent("event mention", event__subtype=["bot_message"]),
        sent("event mention", event__bot_id=3),
        sent("event mention", team_id="T1:2"),
        sent("event message_changed", event__message=None),
        sent("event message_changed", event__message__ts=None),
        sent("event message_deleted", event__deleted_ts="soon"),
        sent("event app_home_opened", event__user=None),
        sent("event agent_session_stopped", event__thread_ts="x"),
        sent("press answer_good 1766458026.240809", actions=[]),
        sent("press answer_good 1766458026.240809", actions__0__action_id=3),
        sent("press answer_good 1766458026.240809", actions__0__action_ts="now"),
        sent("press answer_good 1766458026.240809", user=None),
        sent("press answer_good 1766458026.240809", user__id="U:1"),
        sent("press answer_good 1766458026.240809", channel=None),
        sent("press answer_good 1766458026.240809", message__ts=1),
        sent("shortcut ask_about_message", message=None),
        sent("submit answer_feedback", view="V1"),
        sent("submit answer_feedback", view__callback_id=None),
        sent("command /glm help", user_id=None),
        sent("command /glm help", channel_id="general chat"),
    ],
    ids=lambda wrong: f"{kind_of(wrong)}",
)
def test_what_nothing_can_be_done_with_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PayloadMalformed):
        check(wrong)


def test_what_can_be_missed_is_left_out_and_the_rest_stays() -> None:
    body = sent(
        "event dm_file",
        authorizations=1,
        event__text=["see", "this"],
        event__blocks=[{"type": "section", "text": 5}, "x", {"type": "rich_text", "elements": [None, {"url": 3}]}],
        event__files=[
            1,
            {"name": "no id"},
            {"id": "F1", "size": "big", "name": {}},
            {"id": "F2", "size": 10**30, "url_private": 1, "mode": "hosted"},
        ],
    )
    check(body)
    event = body["event"]
    assert "authorizations" not in body
    assert "text" not in event
    assert event["files"] == [{"id": "F1"}, {"id": "F2", "mode": "hosted"}]
    assert event["blocks"] == [{"type": "section"}, {"type": "rich_text", "elements": [{}]}]
    assert event["ts"] == "1766458026.240809"


def test_nothing_stands_for_what_is_not_there() -> None:
    body = sent("event mention") | {"response_urls": None, "enterprise": None, "view": None}
    check(body)
    assert not {"response_urls", "enterprise", "view"} & body.keys()


@pytest.mark.parametrize(
    "body",
    [sent("command /glm help", trigger_id=None), sent("global shortcut", trigger_id=None, team=None)],
    ids=["command", "shortcut"],
)
def test_who_stands_in_for_slack_may_leave_out_what_not_every_use_needs(body: dict[str, Any]) -> None:
    before = copy.deepcopy(body)
    check(body)
    assert {name: one for name, one in before.items() if one is not None} == body


def test_an_unknown_kind_is_let_through() -> None:
    check({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1})
    check({"type": "something_new", "what": [1]})
