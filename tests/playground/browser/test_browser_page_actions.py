"""Commands, buttons, modals and the Stop button, as the page asks for them."""

import aiohttp
from aiohttp import FormData

from bot.playground.server import LocalSlack
from tests import checks
from tests.playground.browser.app import MODAL, ScriptedApp
from tests.playground.browser.conftest import ANA, PICTURE
from tests.playground.browser.person import Person


async def test_ephemeral_messages_are_for_one_person(
    page: LocalSlack, app: ScriptedApp, ana: Person, ben: Person
) -> None:
    assert (await ana.act("command", channel="C0GENERAL", text="/summarize the *thread*"))["ok"]
    assert app.of("command")[0]["text"] == "the *thread*"
    mine = [message for message in (await ana.state())["messages"] if message["ephemeral"]]
    assert len(mine) == 1
    assert "You said" in mine[0]["html"]
    assert (await ben.state())["messages"] == []


async def test_commands_do_not_work_in_threads(page: LocalSlack, app: ScriptedApp, ana: Person) -> None:
    refused = await ana.act("command", channel="C0GENERAL", text="/summarize", thread="1.1")
    assert refused == {"ok": False, "error": "/summarize is not supported in threads. Sorry!"}
    assert not app.of("command")


async def test_an_app_that_is_away_is_said_to_be(page: LocalSlack, ana: Person) -> None:
    message = page.people.post("Ana", "#general", "hi")
    answer = await ana.act("shortcut", channel="C0GENERAL", ts=message.ts, callback="summarise")
    assert not answer["ok"]
    assert "did not answer" in answer["error"]


async def test_a_click_opens_a_modal_and_its_values_are_sent_as_slack_sends_them(
    page: LocalSlack, app: ScriptedApp, session: aiohttp.ClientSession, ana: Person, ben: Person
) -> None:
    await ana.act("post", channel=page.workspace.dm("Ana").id, text="a button")
    await checks.wait_for(lambda: checks.bot_messages(page))
    message = checks.bot_messages(page)[0]
    place = {"channel": message.channel, "ts": message.ts}
    assert not (await ben.act("click", **place, action="open", block="tools"))["ok"]
    assert (await ana.act("click", **place, action="open", block="tools", value="go"))["ok"]
    assert app.of("block_actions")[0]["actions"][0]["value"] == "go"
    view = (await ana.state())["views"][0]
    assert (view["title"], view["submit"]) == ("Ask with files", "Ask")
    missing = await ana.act("submit", view=view["id"], values={})
    assert missing["errors"] == {"question": "Please complete this required field."}
    assert not app.of("view_submission")
    form = FormData()
    form.add_field("file", PICTURE, filename="plan.png")
    async with session.post("/page/act/upload?as=Ana", data=form) as answer:
        files = (await answer.json())["files"]
    values = {"question": {"text": "Which rooms?"}, "style": {"length": "long"}, "files": {"files": files}}
    assert not (await ben.act("submit", view=view["id"], values=values))["ok"]
    assert (await ana.act("submit", view=view["id"], values=values))["ok"]
    sent = app.of("view_submission")[0]["view"]["state"]["values"]
    assert sent["question"]["text"] == {"type": "plain_text_input", "value": "Which rooms?"}
    assert sent["style"]["length"]["selected_option"]["value"] == "long"
    assert sent["files"]["files"]["files"][0]["id"] == files[0]
    assert (await ana.state())["views"] == []
    headers = {"Authorization": f"Bearer {page.bot_token}"}
    async with session.get(sent["files"]["files"]["files"][0]["url_private"], headers=headers) as answer:
        assert await answer.read() == PICTURE


async def test_the_apps_own_errors_come_back_to_the_form(page: LocalSlack, app: ScriptedApp, ana: Person) -> None:
    trigger = page.new_trigger(ANA)
    opened = await app.client.views_open(trigger_id=trigger, view=MODAL)
    view_id = opened["view"]["id"]
    answer = await ana.act("submit", view=view_id, values={"question": {"text": "bad"}})
    assert answer["errors"] == {"question": "Ask something better."}
    assert (await ana.act("close", view=view_id))["ok"]
    assert (await ana.state())["views"] == []


async def test_a_choice_that_is_not_offered_is_refused(page: LocalSlack, app: ScriptedApp, ana: Person) -> None:
    opened = await app.client.views_open(trigger_id=page.new_trigger(ANA), view=MODAL)
    values = {"question": {"text": "x"}, "style": {"length": "endless"}}
    answer = await ana.act("submit", view=opened["view"]["id"], values=values)
    assert answer["errors"] == {"style": "This choice is not one of the options."}


async def test_stop_ends_the_stream_and_is_offered_only_when_the_app_listens(
    page: LocalSlack, app: ScriptedApp, ana: Person
) -> None:
    app.pause_s = 0.05
    channel = page.workspace.dm("Ana").id
    sent = await ana.act("post", channel=channel, text="slow please")
    await checks.wait_for(lambda: checks.bot_messages(page))
    sessions = (await ana.state())["sessions"]
    assert [(item["status"], item["stoppable"]) for item in sessions] == [("processing", True)]
    page.events.discard("agent_session_stopped")
    assert not (await ana.state())["sessions"][0]["stoppable"]
    page.events.add("agent_session_stopped")
    await ana.act("stop", channel=channel, thread=sent["ts"])
    await checks.wait_for(lambda: app.of("agent_session_stopped"))
    assert checks.bot_messages(page)[0].streaming_state == "completed"
    await checks.wait_for(lambda: page.workspace.sessions[channel, sent["ts"]].status == "active")
