"""What stands in the home tab, and that Slack takes it: in every language, however much there is of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.core.money.budgets import Period
from bot.core.people.preferences import Preferences
from bot.core.people.settings import BY_NAME
from bot.errors import PayloadMalformed
from bot.playground.api.views import check_view
from bot.playground.server import LocalSlack
from bot.slack.home import admin, dialogues
from bot.slack.home.page import HomePage, digest_of, view
from bot.slack.home.setting_rows import ChosenSetting, read_option
from bot.slack.home.trials import EXAMPLES
from bot.slack.outbound import safe_call
from bot.words import REGISTERED, say
from handlers.glm import accounts
from tests.slack.home.pages import ANA, BEN, MODELS, choices, part, whole_page

Json = dict[str, Any]
LONG = "Answer in the words of a very patient person. " * 43


def words(shown: Json) -> str:
    """All that can be read, without the menus' options."""
    found = []
    for block in shown["blocks"]:
        found += [block["text"]["text"]] if "text" in block else []
        found += [one["text"] for one in block.get("elements", ()) if isinstance(one.get("text"), str)]
    return "\n".join(found)


def menus(shown: Json, scope: str = "me") -> dict[str, Json]:
    """By the setting's name."""
    found = [block.get("accessory", {}) for block in shown["blocks"]]
    menus = [one for one in found if one.get("type") == "static_select"]
    read = [(read_option(one["initial_option"]["value"]), one) for one in menus]
    return {chosen.setting.name: one for chosen, one in read if chosen.scope == scope}


def full() -> HomePage:
    """As much as there may be of everything."""
    people = [f"U{number:09}" for number in range(80)]
    budgets: dict[tuple[str, Period], int | None] = {(one, "day"): 10**6 for one in people}
    rules = replace(part().rules, users=frozenset(people), channels=frozenset(f"C{one}" for one in people))
    told = Preferences("full", "on", "line", "z-ai/glm-4.6", "zh", LONG, "on", "on")
    whole = part(
        choices=choices(told, told),
        budgets=replace(part().budgets, allowed=budgets),
        rules=rules,
        listed=dict.fromkeys(people, "deny"),
        audit="file",
    )
    return whole_page(choices=choices(told, told), part=whole)


@pytest.mark.parametrize("language", ["en", "zh-CN", "fr"])
@pytest.mark.parametrize("page", [HomePage(), HomePage(refused="No."), whole_page(), full()], ids=lambda _: "")
def test_slack_takes_it(page: HomePage, language: str) -> None:
    shown = view(replace(page, language=language))
    safe = safe_call("views.publish", {"user_id": ANA, "view": shown})["view"]
    check_view(LocalSlack(), safe, "home")
    assert len(json.dumps(safe)) < 60_000


def test_it_begins_with_what_it_can_do_and_three_things_to_try_with_a_picture() -> None:
    shown = view(HomePage())
    assert shown["blocks"][0]["text"]["text"] == "Hello! I'm GLM-4.6V"
    tries = [block["accessory"]["value"] for block in shown["blocks"] if "accessory" in block]
    assert tries == [one.picture for one in EXAMPLES]
    assert len(tries) == 3
    assert all(one.data().startswith(b"\x89PNG") for one in EXAMPLES)


def test_each_setting_shows_its_value_and_where_it_comes_from() -> None:
    own, everyone = Preferences(reasoning="full", model="z-ai/glm-4.6"), Preferences(thinking="on", reasoning="off")
    shown = view(whole_page(choices=choices(own, everyone), part=None))
    told = words(shown)
    assert "*What I show of my thinking*\nall of it · _chosen by you_" in told
    assert "*Thinking before I answer*\nalways · _set for everyone_" in told
    assert "*What an answer has cost*\nnot shown · _the default_" in told
    assert "*Model*\nGLM-4.6 · _chosen by you_" in told
    found = menus(shown)
    assert found["reasoning"]["initial_option"]["value"] == "me reasoning full"
    assert found["reasoning"]["options"][0]["text"]["text"] == "As for everyone: nothing"
    assert found["cost"]["options"][0]["text"]["text"] == "Default: not shown"
    assert not set(found) & {"listen", "quiet"}, "they are about channels"


def test_a_model_tells_its_price_and_what_it_can_see() -> None:
    options = [one["text"]["text"] for one in menus(view(whole_page()))["model"]["options"]]
    assert options == [
        "Default: GLM-4.6V",
        "GLM-4.6V · sees pictures · $0.30 in, $0.90 out a million tokens",
        "GLM-4.6 · text only",
    ]


def test_a_model_that_is_offered_no_more_is_shown_as_what_answers() -> None:
    shown = view(whole_page(choices=choices(Preferences(model="gone/model"))))
    assert menus(shown)["model"]["initial_option"]["value"] == f"me model {MODELS.default.name}"
    assert "*Model*\nGLM-4.6V · _chosen by you_" in words(shown)


def test_a_menu_whose_value_changed_is_another_block_and_the_others_stay() -> None:
    """Else Slack goes on showing what was chosen before."""
    before, after = view(whole_page()), view(whole_page(choices=choices(Preferences(cost="line"))))
    ids = [{block["block_id"] for block in shown["blocks"] if "block_id" in block} for shown in (before, after)]
    assert ids[1] - ids[0] == {"me cost line"}
    assert ids[0] - ids[1] == {"me cost -"}
    anew = view(whole_page(choices=choices(mark="x"), part=part(choices=choices(mark="x"))))
    assert not ids[0] & {block["block_id"] for block in anew["blocks"] if "block_id" in block}


def test_instructions_of_everyone_and_ones_own_are_both_shown_and_no_markup() -> None:
    kept = choices(Preferences(instructions="<!channel> *be* <b>"), Preferences(instructions="Short."))
    told = words(view(whole_page(choices=kept, part=None)))
    assert "“Short.” · _set for everyone_\n“&lt;!channel&gt; *be* &lt;b&gt;” · _chosen by you_" in told


def test_settings_for_everyone_are_for_admins_and_have_those_of_channels_too() -> None:
    everyone = Preferences(listen="on", reasoning="off")
    shown = view(whole_page(part=part(choices=choices(Preferences(reasoning="full"), everyone))))
    found = menus(shown, "everyone")
    assert set(found) == {"reasoning", "think", "cost", "model", "language", "listen", "quiet"}
    assert found["listen"]["initial_option"]["value"] == "everyone listen on"
    assert found["reasoning"]["initial_option"]["value"] == "everyone reasoning off", "not the admin's own"
    assert menus(view(whole_page(part=None)), "everyone") == {}


def test_usage_tells_what_is_left_and_has_a_chart() -> None:
    shown = view(whole_page(part=None))
    assert "Your budget for today: $3.75 left of $5.00, renews on 2026-11-30 at 01:00 (your time)" in words(shown)
    assert [block["type"] for block in shown["blocks"]].count("data_visualization") == 1
    assert "What you have used" not in words(shown), "a heading stands above it"


def test_admins_see_budgets_access_usage_and_audit() -> None:
    told = words(view(whole_page()))
    for line in (
        "*Budgets*\n• Each person: $5.00 a day",
        "• the workspace: $100.00 a month",
        f"• <@{BEN}>: no limit a day",
        "• Guests: yes",
        "• People of other companies: no",
        f"• Only these people: <@{ANA}>",
        "• Bots that may mention me: `B1`",
        "• Allowed by an admin: <#C0GENERAL>",
        f"• Not allowed by an admin: <@{BEN}>",
        "30 days after its last question · _the default_",
        f"• <@{BEN}>: $0.000009",
        "Audit log: off",
    ):
        assert line in told, line


def test_names_stay_names_and_nobody_else_is_called() -> None:
    safe = safe_call("views.publish", {"user_id": ANA, "view": view(whole_page())})["view"]
    assert f"Not allowed by an admin: <@{BEN}>" in words(safe)
    foreign = choices(Preferences(instructions="<@U0EVIL000> <https://evil.example|good.example>"))
    told = words(safe_call("views.publish", {"user_id": ANA, "view": view(whole_page(choices=foreign))})["view"])
    assert "<@U0EVIL000>" not in told
    assert "<https://evil" not in told


def test_who_is_refused_sees_one_friendly_line_and_an_admin_among_them_what_they_decide() -> None:
    assert [block["text"]["text"] for block in view(HomePage(refused="Not here."))["blocks"]] == ["Not here."]
    told = words(view(HomePage(refused="Not here.", part=part())))
    assert told.startswith("Not here.\nFor admins")


def test_a_digest_is_of_what_is_shown() -> None:
    first, same, other = view(whole_page()), view(whole_page()), view(whole_page(part=None))
    assert digest_of(first) == digest_of(same) != digest_of(other)
    assert digest_of({}) == digest_of({"private_metadata": "not ours"}) == digest_of({"private_metadata": "[]"}) == ""


def test_an_option_says_all_that_is_to_be_done() -> None:
    assert read_option("me think on") == ChosenSetting("me", BY_NAME["think"], "on")
    assert read_option("everyone listen -").value == ""
    assert read_option("me model a/b c").value == "a/b c"


@pytest.mark.parametrize("value", ["", "me", "me think", "me think maybe", "here think on", "me volume 11", "all x -"])
def test_an_option_of_another_version_is_refused(value: str) -> None:
    with pytest.raises(PayloadMalformed):
        read_option(value)


def test_of_many_names_the_first_are_told_and_how_many_more_there_are() -> None:
    told = words(view(full()))
    assert f"and {80 - admin.MOST_LISTED} more" in told


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_label_of_a_dialogue_or_a_button_is_cut(language: str) -> None:
    """Slack takes 24 characters of a title or a button of a dialogue, 75 of another button."""
    views = [
        dialogues.instructions("me", LONG[:2_000], language),
        dialogues.instructions("everyone", "", language),
        dialogues.budget("USD", language),
        dialogues.access(language),
        dialogues.retention(7, 30, language),
        dialogues.forget(accounts.SURE, accounts.FORGET_BUTTON, language),
        dialogues.notice("*Done.*", language),
    ]
    own = [dialogues.NAME, *(say(english, language) for english in REGISTERED)]
    for shown in views:
        check_view(LocalSlack(), safe_call("views.open", {"view": shown})["view"], "modal")
        labels = [shown[name]["text"] for name in ("title", "submit", "close") if name in shown]
        assert set(labels) <= set(own)
        assert ("submit" in shown) == (shown["close"]["text"] == say(dialogues.CANCEL, language)), "or it is to read"
