"""The home tab, as people and admins use it: what it shows, when it is published, and what comes of what is pressed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot import doctor
from bot.core.accounts import retention
from bot.core.people.access import GUEST, PERSON, UNKNOWN
from bot.glm.offline.reply import Reply
from bot.playground.api.views import open_stack
from bot.playground.workspace.records import Json, Message, View
from bot.slack.dialogs import usage
from bot.slack.home import admin, dialogues, page, setting_rows, trials
from bot.slack.read import names
from bot.words.zh import WORDS
from handlers.glm import access as access_words
from handlers.glm import accounts, money
from handlers.home import presses as home_presses
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.e2e.people.test_access import command, with_people
from tests.e2e.people.test_accounts import stored
from tests.slack.home.test_page import menus, words
from tests.stage import Stage, stage

SEEN = [Reply(text="August stands out.")] * 9


def home_of(on: Stage, user: str = "Ana") -> View:
    return on.slack.workspace.homes[on.slack.workspace.user(user).id]


def shown(on: Stage, user: str = "Ana") -> str:
    return words(home_of(on, user).view)


def published(on: Stage) -> int:
    return sum(call.error == "" for call in calls_of(on.slack, "views.publish"))


async def open_home(on: Stage, user: str = "Ana") -> str:
    on.slack.people.open_home(user)
    await on.settled()
    return shown(on, user)


async def choose(on: Stage, value: str, user: str = "Ana") -> None:
    """An option of a menu, by what it says."""
    scope, name, _ = value.split(" ", 2)
    element = menus(home_of(on, user).view, scope)[name]
    (option,) = [one for one in element["options"] if one["value"] == value]
    place = {"block_id": block_of(on, user, element)}
    chosen = {"selected_option": option, **place}
    assert (await on.slack.people.click(user, home_of(on, user), setting_rows.SET, **chosen)).is_acknowledged
    await on.settled()


def block_of(on: Stage, user: str, element: Json) -> str:
    blocks = home_of(on, user).view["blocks"]
    return next(str(block["block_id"]) for block in blocks if block.get("accessory") == element)


async def press(on: Stage, action: str, user: str = "Ana", **chosen: Any) -> None:
    assert (await on.slack.people.click(user, home_of(on, user), action, **chosen)).is_acknowledged
    await on.settled()


def dialogue(on: Stage, user: str = "Ana") -> View:
    return open_stack(on.slack, on.slack.workspace.user(user).id)[-1]


def told(on: Stage, user: str = "Ana") -> str:
    """What the newest dialogue says."""
    return words(dialogue(on, user).view)


async def submit(on: Stage, user: str = "Ana", **values: Json) -> Json:
    """What the app answers: errors by field, or nothing, which closes the dialogue."""
    filled = {block: {"value": value} for block, value in values.items()}
    delivery = await on.slack.people.submit_view(user, dialogue(on, user), filled)
    assert delivery.is_acknowledged
    await on.settled()
    return dict(delivery.answer)


def home_key(on: Stage, user: str = "Ana") -> str:
    return f"glm:home:{on.services.identity.team}:{on.slack.workspace.user(user).id}"


def typed(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def option(value: str) -> Json:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


# -- when it is published -------------------------------------------------------------------------------------------


async def test_it_is_published_when_it_is_opened_and_again_only_when_it_changed(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        assert "*What I show of my thinking*\none line · _the default_" in await open_home(on)
        for _ in range(3):
            await open_home(on)
        assert published(on) == 1
        await open_home(on, "Ben")
        assert published(on) == 2, "each person has their own"
        await command(on, "Ana", "reasoning full")
        assert published(on) == 2
        assert "*What I show of my thinking*\nall of it · _chosen by you_" in await open_home(on)
        assert published(on) == 3


async def test_who_opens_it_twice_at_once_has_it_published_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for _ in range(4):
            on.slack.people.open_home("Ana")
        await on.settled()
        assert published(on) == 1


async def test_what_was_used_since_is_shown_the_next_time(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN, budget_user_day=5) as on:
        assert "$5.00 left of $5.00" in await open_home(on)
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        assert "Today: $0.00 ·" not in await open_home(on)
        assert published(on) == 2
        assert any(block["type"] == "data_visualization" for block in home_of(on).view["blocks"])


async def test_what_slack_has_lost_is_published_again(tmp_path: Path) -> None:
    """The app was installed anew: the event brings no view."""
    async with stage(tmp_path) as on:
        await open_home(on)
        on.slack.workspace.homes.clear()
        await on.services.redis.hset(home_key(on), "at", "1.000000")  # long ago
        assert "My settings" in await open_home(on)
        assert published(on) == 2


async def test_who_published_meanwhile_is_noticed_and_the_last_one_wins(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await open_home(on)
        on.slack.faults.add("views.publish", error="hash_conflict", times=2)
        await command(on, "Ana", "reasoning full")
        assert "all of it" in await open_home(on)
        guards = [call.args.get("hash") for call in calls_of(on.slack, "views.publish")]
        assert [bool(one) for one in guards] == [False, True, True, False]


async def test_doctor_tells_of_a_tab_that_is_off_until_it_is_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:

        async def said() -> list[str]:
            return [one.text async for one in doctor._kept_problems(on.settings, on.services.redis_url)]

        on.slack.people.open_home("Ana")
        on.slack.has_home = False
        await on.settled()
        assert await said() == [doctor.HOME_OFF]
        on.slack.has_home = True
        await open_home(on)
        assert await said() == []


async def test_slack_is_told_that_it_was_opened_before_anything_is_asked_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        gate = asyncio.Event()
        fault = on.slack.faults.add("users.info", gate=gate)
        on.slack.people.open_home("Ana")
        await wait_for(lambda: fault.hits, what="it looks who that is")
        await wait_for(lambda: on.slack.deliveries.is_idle, what="Slack has its acknowledgement")
        assert [one.status for one in on.slack.deliveries.log] == [200]
        assert not on.slack.workspace.homes
        gate.set()
        await on.settled()
        assert "My settings" in shown(on)


async def test_a_busy_slack_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.slack.faults.add("views.publish", retry_after=0, times=2)
        assert "My settings" in await open_home(on)


@pytest.mark.parametrize("error", ["not_enabled", "internal_error", "fatal_error"])
async def test_what_slack_refuses_is_tried_again_at_the_next_opening(tmp_path: Path, error: str) -> None:
    async with stage(tmp_path) as on:
        fault = on.slack.faults.add("views.publish", error=error, times=None)
        on.slack.people.open_home("Ana")
        await on.settled()
        assert fault.hits
        assert not on.slack.workspace.homes
        on.slack.faults.clear()
        assert "My settings" in await open_home(on)


# -- what it shows to whom ------------------------------------------------------------------------------------------


async def test_it_speaks_the_person_s_language(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        told = await open_home(on, "Mei")
        for english in ("Hello! I'm GLM-4.6V", "Three things to try", "My settings", "My usage", "the default"):
            assert WORDS[english] in told, english
        assert "My" not in told


async def test_only_admins_see_what_is_for_admins(tmp_path: Path) -> None:
    async with stage(tmp_path, slack=with_people(), audit_log="stdout") as on:
        assert "For admins" not in await open_home(on)
        told = await open_home(on, "Cid")
        for line in ("For admins", "Settings for everyone", "Budgets", "Who may use me", "Audit log: on, to standard"):
            assert line in told, line


@pytest.mark.parametrize(("who", "words"), [("Gus", GUEST), ("Ben", PERSON)])
async def test_who_may_not_use_it_sees_one_friendly_line(tmp_path: Path, who: str, words: str) -> None:
    local = with_people()
    ana = local.workspace.user("Ana").id
    async with stage(tmp_path, slack=local, allow_users=[ana]) as on:
        assert await open_home(on, who) == words
        assert len(home_of(on, who).view["blocks"]) == 1
        assert not bot_messages(on.slack), "nobody is told elsewhere"


async def test_an_admin_who_may_not_ask_decides_all_the_same(tmp_path: Path) -> None:
    local = with_people()
    async with stage(tmp_path, slack=local, allow_users=[local.workspace.user("Ana").id]) as on:
        told = await open_home(on, "Cid")
        assert told.startswith(f"{PERSON}\nFor admins")
        await choose(on, "everyone reasoning full", "Cid")
        assert "*What I show of my thinking*\nall of it · _set for everyone_" in shown(on, "Cid")


async def test_whom_slack_does_not_tell_of_sees_nothing_of_an_admin_s(tmp_path: Path) -> None:
    local = with_people()
    local.faults.add("users.info", error="internal_error", times=None)
    async with stage(tmp_path, slack=local) as on:
        assert await open_home(on, "Cid") == UNKNOWN


# -- my settings ----------------------------------------------------------------------------------------------------


async def test_a_choice_counts_at_once_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    async with stage(tmp_path, SEEN, audit_log=str(path)) as on:
        await open_home(on)
        await choose(on, "me cost line")
        assert "*What an answer has cost*\na line under the answer · _chosen by you_" in shown(on)
        assert published(on) == 2
        asked = on.slack.people.post("Ana", "@glm", "hello")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Cost: $" in answer
        await choose(on, "me cost -")
        assert "*What an answer has cost*\nnot shown · _the default_" in shown(on)
        await open_home(on)
        assert published(on) == 3
    changes = [
        one["outcome"] for one in map(json.loads, path.read_text().splitlines()) if one["event"] == "setting_changed"
    ]
    assert changes == ["cost line me", "cost default me"]


async def test_an_old_menu_with_a_value_that_is_gone_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await open_home(on)
        before = published(on)
        await press(on, setting_rows.SET, **option("me model gone/model"))
        assert home_presses.NO_MODEL in told(on)
        assert published(on) == before + 1, "the menu goes back to what counts"
        assert "*Model*\nGLM-4.6V · _the default_" in shown(on)


async def test_instructions_are_written_in_a_dialogue_and_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN) as on:
        await open_home(on)
        await press(on, setting_rows.INSTRUCTIONS, value="me")
        assert dialogue(on).view["close"]["text"] == "Cancel"
        await on.slack.people.close_view("Ana", dialogue(on))
        await on.settled()
        assert "none yet" in shown(on), "a Cancel changes nothing"
        await press(on, setting_rows.INSTRUCTIONS, value="me")
        assert await submit(on, words=typed("Answer like a pirate. <!channel>")) == {}
        assert "“Answer like a pirate. &lt;!channel&gt;” · _chosen by you_" in shown(on)
        await press(on, setting_rows.INSTRUCTIONS, value="me")
        element = dialogue(on).view["blocks"][0]["element"]
        assert element["initial_value"] == "Answer like a pirate. <!channel>"
        await submit(on, words=typed(""))
        assert "*Instructions*\nnone yet" in shown(on)


async def test_the_language_is_another_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await open_home(on)
        await choose(on, "me language zh")
        assert WORDS["My settings"] in shown(on)
        await press(on, setting_rows.INSTRUCTIONS, value="me")
        assert dialogue(on).view["submit"]["text"] == WORDS["Save"]
        await choose(on, "me language -")
        assert "My settings" in shown(on)


async def test_an_admin_writes_instructions_for_everyone(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN, slack=with_people()) as on:
        await open_home(on, "Cid")
        await press(on, setting_rows.INSTRUCTIONS, "Cid", value="everyone")
        await submit(on, "Cid", words=typed("Name the page of each figure."))
        assert "“Name the page of each figure.” · _set for everyone_" in await open_home(on)
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        assert "Name the page of each figure." in json.dumps(on.asked())


async def test_who_may_not_use_it_any_more_is_told_at_the_next_press(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN, slack=with_people()) as on:
        await open_home(on)
        await open_home(on, "Cid")
        await press(on, admin.ACCESS, "Cid")
        ana = on.slack.workspace.user("Ana").id
        await submit(on, "Cid", person={"selected_user": ana}, verdict=option("deny"))
        await choose(on, "me reasoning full")
        assert told(on) == PERSON
        assert shown(on) == PERSON
        assert b"reasoning" not in await on.services.redis.hgetall(f"glm:prefs:{on.services.identity.team}:{ana}")
        on.slack.people.open_home("Ana")
        await on.settled()
        assert shown(on) == PERSON


async def test_who_is_no_admin_any_more_changes_nothing_for_everyone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old page stays open as long as they like; so does a dialogue."""
    monkeypatch.setattr(names, "PERSON_S", 0.0)
    async with stage(tmp_path, slack=with_people()) as on:
        await open_home(on, "Cid")
        await press(on, admin.BUDGET, "Cid")
        on.slack.workspace.user("Cid").is_admin = False
        answered = await submit(on, "Cid", amount=typed("5"), period=option("day"))
        assert answered == {}
        assert told(on, "Cid") == money.BUDGETS_BY_ADMINS
        assert "For admins" not in shown(on, "Cid"), "the page is that of a person now"
        assert await on.services.spending.allowed(on.services.identity.team) == {}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (admin.BUDGET, money.BUDGETS_BY_ADMINS),
        (admin.ACCESS, access_words.ADMINS_DECIDE),
        (admin.RETENTION, retention.ADMINS_RETAIN),
        (setting_rows.INSTRUCTIONS, "Only an admin of this workspace can set that for everyone."),
        (setting_rows.SET, "Only an admin of this workspace can set that for everyone."),
    ],
)
async def test_an_admin_s_button_pressed_by_somebody_else_is_refused(tmp_path: Path, action: str, words: str) -> None:
    async with stage(tmp_path, slack=with_people()) as on:
        await open_home(on, "Cid")
        await open_home(on)
        home_of(on).view = home_of(on, "Cid").view  # as if Ana had Cid's page
        more = option("everyone reasoning full") if action == setting_rows.SET else {"value": "everyone"}
        await press(on, action, **more)
        assert told(on) == words
        assert "For admins" not in shown(on)
        assert "_set for everyone_" not in await open_home(on, "Cid")


# -- things to try, and my data -------------------------------------------------------------------------------------


def dm_messages(on: Stage, user: str = "Ana") -> list[Message]:
    return bot_messages(on.slack, on.slack.workspace.dm(user).id)


def files_for(on: Stage, user: str) -> list[str]:
    return [on.slack.workspace.files[one].name for message in dm_messages(on, user) for one in message.files]


async def test_a_thing_to_try_comes_with_its_picture_and_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN) as on:
        await open_home(on)
        await press(on, trials.TRY, value="sales-chart.png")
        assert told(on) == home_presses.COMING
        await wait_for(lambda: len(dm_messages(on)) > 1, what="the answer")
        await on.settled()
        root, answer = dm_messages(on)
        assert "What stands out in this chart?" in visible_text(root)
        assert [block["type"] for block in root.blocks] == ["section", "image"]
        assert answer.thread_ts == root.ts
        assert visible_text(answer).startswith("August stands out.")
        asked = on.asked()["messages"][-1]["content"]
        assert any(part["type"] == "image_url" for part in asked), "the model has seen it"
        assert "What stands out in this chart?" in on.question()
        used = await on.services.spending.rows(on.services.identity.team, [on.services.spending.today])
        assert [row.user for row in used] == [on.slack.workspace.user("Ana").id], "in the person's name"


async def test_a_button_of_another_version_is_told_to_be_one(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN) as on:
        await open_home(on)
        await press(on, trials.TRY, value="gone.png")
        assert told(on).startswith("Something went wrong")
        assert not dm_messages(on)


async def test_what_is_known_of_them_is_sent_and_forgotten(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN) as on:
        await open_home(on)
        await choose(on, "me reasoning full")
        await press(on, page.EXPORT)
        assert told(on) == accounts.EXPORTING
        await wait_for(lambda: files_for(on, "Ana"), what="the archive")
        await press(on, page.FORGET)
        asked = dialogue(on)
        assert accounts.SURE in told(on)
        assert asked.view["close"]["text"] == "Cancel"
        await submit(on)
        assert told(on) == accounts.FORGOTTEN
        ana = on.slack.workspace.user("Ana").id
        assert "*What I show of my thinking*\none line · _the default_" in shown(on), (
            "nothing of theirs is shown any more"
        )
        assert f"home:{on.services.identity.team}:{ana}" not in await stored(on)
        await open_home(on)
        assert f"home:{on.services.identity.team}:{ana}" in await stored(on), "opened again, it is as anybody's"


async def test_forget_me_by_command_empties_the_tab_too_and_publishes_none_that_never_was(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN) as on:
        await open_home(on)
        await choose(on, "me reasoning full")
        for user, times in (("Ana", 3), ("Ben", 3)):
            await command(on, user, "forget me")
            question = [one for one in bot_messages(on.slack) if one.ephemeral_to == on.slack.workspace.user(user).id][
                -1
            ]
            await on.slack.people.click(user, question, accounts.FORGET_ME)
            await on.settled()
            assert published(on) == times
        assert "all of it" not in shown(on)
        assert not [key async for key in on.services.redis.scan_iter("glm:home:*")]


# -- what admins decide ---------------------------------------------------------------------------------------------


async def test_an_admin_sets_budgets(tmp_path: Path) -> None:
    async with stage(tmp_path, slack=with_people()) as on:
        ben = on.slack.workspace.user("Ben").id
        await open_home(on, "Cid")
        await press(on, admin.BUDGET, "Cid")
        wrong = await submit(on, "Cid", amount=typed("a lot"), period=option("day"))
        assert wrong["errors"] == {"amount": dialogues.NO_AMOUNT}
        both = {"person": {"selected_user": ben}, "channel": {"selected_conversation": "C0GENERAL"}}
        wrong = await submit(on, "Cid", amount=typed("5"), period=option("day"), **both)
        assert wrong["errors"] == {"channel": dialogues.ONE_OF_BOTH}
        nobody = {"person": {"selected_user": None}, "channel": {"selected_conversation": None}}
        assert await submit(on, "Cid", amount=typed("2.50"), period=option("week"), **nobody) == {}
        assert "• the workspace: $2.50 a week" in shown(on, "Cid")
        await press(on, admin.BUDGET, "Cid")
        await submit(on, "Cid", amount=typed("OFF"), period=option("day"), person={"selected_user": ben})
        assert f"• <@{ben}>: no limit a day" in shown(on, "Cid")
        allowed = await on.services.spending.allowed(on.services.identity.team)
        assert allowed == {("all", "week"): 2_500_000, (ben, "day"): None}


async def test_an_admin_decides_who_may_use_it(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN, slack=with_people()) as on:
        cid, gus = (on.slack.workspace.user(one).id for one in ("Cid", "Gus"))
        await open_home(on, "Cid")
        await press(on, admin.ACCESS, "Cid")
        assert (await submit(on, "Cid"))["errors"] == {"person": dialogues.WHOM}
        myself = await submit(on, "Cid", person={"selected_user": cid}, verdict=option("deny"))
        assert myself["errors"] == {"person": dialogues.NOT_YOURSELF}
        assert await submit(on, "Cid", person={"selected_user": gus}, verdict=option("allow")) == {}
        assert f"• Allowed by an admin: <@{gus}>" in shown(on, "Cid")
        assert "My settings" in await open_home(on, "Gus")
        await press(on, admin.ACCESS, "Cid")
        await submit(on, "Cid", channel={"selected_conversation": "C0GENERAL"}, verdict=option("deny"))
        assert "• Not allowed by an admin: <#C0GENERAL>" in shown(on, "Cid")


async def test_an_admin_says_how_long_it_remembers(tmp_path: Path) -> None:
    async with stage(tmp_path, slack=with_people()) as on:
        await open_home(on, "Cid")
        for days in ("0", "31", "x"):
            await press(on, admin.RETENTION, "Cid")
            wrong = await submit(on, "Cid", days=typed(days))
            assert wrong["errors"] == {"days": dialogues.NO_DAYS.format(most=30)}
        assert await submit(on, "Cid", days=typed("7")) == {}
        assert "7 days after its last question · _set for everyone_" in shown(on, "Cid")


async def test_settings_for_everyone_are_seen_by_everyone_the_next_time(tmp_path: Path) -> None:
    async with stage(tmp_path, slack=with_people()) as on:
        await open_home(on)
        await open_home(on, "Cid")
        await choose(on, "everyone reasoning off", "Cid")
        assert "*What I show of my thinking*\nnothing · _set for everyone_" in await open_home(on)


async def test_an_admin_downloads_the_figures_from_there(tmp_path: Path) -> None:
    async with stage(tmp_path, SEEN, slack=with_people()) as on:
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        told_there = await open_home(on, "Cid")
        assert f"• <@{asked.user}>: $0.0" in told_there
        await press(on, usage.CSV, "Cid")
        assert told(on, "Cid") == money.SENT_TO_YOU
        await wait_for(lambda: files_for(on, "Cid"), what="the file")
        assert [name.rpartition(".")[2] for name in files_for(on, "Cid")] == ["csv"]
        assert len(dm_messages(on, "Cid")) == 1, "told in a dialogue, not twice"
