"""The page's requests against the mounted server: what a person sees and does, without a browser."""

from typing import Any

import aiohttp
import pytest
from aiohttp import FormData

from bot.playground.server import LocalSlack
from bot.playground.workspace.sharing import pasted_table
from tests import checks
from tests.playground.browser.app import ScriptedApp
from tests.playground.browser.conftest import ANA, PICTURE
from tests.playground.browser.person import Person
from tests.playground.browser.reading import HOSTILE, assert_harmless

Json = dict[str, Any]


async def test_the_state_is_what_this_person_may_see(page: LocalSlack, ana: Person, ben: Person) -> None:
    secret = page.people.post("Ana", "@glm", "between us")
    said = page.people.post("Ana", "#general", "hello <b>")
    state = await ben.state()
    assert state["model"] == "z-ai/glm-4.6v"
    assert state["offline"] is False
    assert state["tries"][0]["title"] == "What is wrong in this screenshot?"
    assert sorted(channel["name"] for channel in state["channels"]) == ["design", "general", "glm"]
    assert [message["ts"] for message in state["messages"]] == [said.ts]
    assert "&lt;b&gt;" in state["messages"][0]["html"]
    assert (await ana.sees(secret.ts)) is not None


@pytest.mark.parametrize("name", ["", "Nobody", "glm", "U0GLMBOT0"])
async def test_only_people_have_a_page(page: LocalSlack, session: aiohttp.ClientSession, name: str) -> None:
    async with session.get(f"/page/state?as={name}") as answer:
        assert answer.status == 400


async def test_a_post_with_files_reaches_the_channel_and_others_see_them(
    page: LocalSlack, session: aiohttp.ClientSession, ben: Person
) -> None:
    form = FormData(quote_fields=False)
    form.add_field("channel", "C0GENERAL")
    form.add_field("text", "@glm look")
    form.add_field("file", PICTURE, filename="../../plan.png", content_type="image/png")
    form.add_field("file", b"<script>alert(1)</script>", filename="x.html", content_type="text/html")
    async with session.post("/page/act/post?as=Ana", data=form) as answer:
        sent = await answer.json()
    assert sent["ok"]
    message = page.workspace.messages["C0GENERAL"][sent["ts"]]
    assert message.text == "<@U0GLMBOT0> look"
    shown = await ben.sees(sent["ts"])
    assert shown is not None
    picture, html = shown["files"]
    assert (picture["name"], picture["picture"], html["picture"]) == ("plan.png", True, False)
    async with session.get(picture["url"]) as answer:
        assert answer.content_type == "image/png"
        assert await answer.read() == PICTURE
    async with session.get(html["url"]) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_files_of_another_conversation_stay_hidden(page: LocalSlack, session: aiohttp.ClientSession) -> None:
    file = page.people.upload("Ana", "plan.png", PICTURE)
    page.people.post("Ana", "@glm", "mine", [file])
    for name, status in (("Ana", 200), ("Ben", 404)):
        async with session.get(f"/page/files/{file.id}?as={name}") as answer:
            assert answer.status == status


@pytest.mark.parametrize(
    "path", ["/page/..%2fbrowser.py", "/page/browser.py", "/page/nothing.js", "/page/samples/x.png"]
)
async def test_only_the_page_itself_is_served(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as answer:
        assert answer.status == 404


async def test_empty_and_misplaced_posts_are_refused(page: LocalSlack, ana: Person, ben: Person) -> None:
    assert not (await ana.act("post", channel="C0GENERAL", text="  "))["ok"]
    assert not (await ana.act("post", channel="C0NOWHERE", text="x"))["ok"]
    assert not (await ana.act("post", channel="C0GENERAL", text="x", thread="1.000001"))["ok"]
    assert not (await ben.act("post", channel=page.workspace.dm("Ana").id, text="x"))["ok"]
    assert not any(page.workspace.messages.values())


async def test_only_the_author_edits_and_deletes(page: LocalSlack, ana: Person, ben: Person) -> None:
    place = {"channel": "C0GENERAL", "ts": page.people.post("Ana", "#general", "helo").ts}
    assert not (await ben.act("edit", **place, text="hacked"))["ok"]
    assert not (await ben.act("delete", **place))["ok"]
    assert (await ana.act("edit", **place, text="hello @ben"))["ok"]
    shown = await ben.sees(place["ts"])
    assert shown is not None
    assert (shown["text"], shown["edited"]) == ("hello @ben", True)
    assert (await ana.act("delete", **place))["ok"]
    assert await ben.sees(place["ts"]) is None


async def test_a_reaction_comes_and_goes(page: LocalSlack, ana: Person) -> None:
    place = {"channel": "C0GENERAL", "ts": page.people.post("Ben", "#general", "hi").ts}
    await ana.act("react", **place, name="eyes")
    shown = await ana.sees(place["ts"])
    assert shown is not None
    assert shown["reactions"] == [{"name": "eyes", "glyph": "👀", "people": ["Ana"], "mine": True}]
    await ana.act("react", **place, name="eyes")
    assert (await ana.sees(place["ts"]) or {})["reactions"] == []


async def test_a_thing_to_try_is_sent_with_its_picture(page: LocalSlack, ana: Person) -> None:
    sent = await ana.act("sample", index=0)
    message = page.workspace.messages[sent["channel"]][sent["ts"]]
    assert sent["channel"] == "C0GENERAL"
    assert page.workspace.files[message.files[0]].data == PICTURE
    assert (await ana.act("sample", index=1))["channel"] == page.workspace.dm("Ana").id
    assert not (await ana.act("sample", index=9))["ok"]


async def test_in_channels_only_the_recipient_sees_a_stream_grow(
    page: LocalSlack, app: ScriptedApp, ana: Person, ben: Person
) -> None:
    root = page.people.post("Ana", "#general", "hello")
    stream = await app.client.chat_startStream(
        channel="C0GENERAL",
        thread_ts=root.ts,
        recipient_user_id=ANA,
        recipient_team_id="T0PLAYGRD",
        markdown_text="First",
    )
    place: dict[str, Any] = {"channel": "C0GENERAL", "ts": str(stream["ts"])}
    await app.client.chat_appendStream(**place, markdown_text=" and *second*")
    mine, theirs = await ana.sees(place["ts"]), await ben.sees(place["ts"])
    assert mine is not None
    assert theirs is not None
    assert "second" in mine["html"]
    assert mine["live"]
    assert "second" not in theirs["html"] + theirs["text"]
    assert "First" in theirs["html"]
    await app.client.chat_stopStream(**place)
    assert "second" in ((await ben.sees(place["ts"])) or {})["html"]


async def test_a_stream_shows_tasks_in_its_plan_and_blocks(app: ScriptedApp, page: LocalSlack, ana: Person) -> None:
    root = page.people.post("Ana", "@glm", "hello")
    place: dict[str, Any] = {"channel": root.channel}
    stream = await app.client.chat_startStream(**place, thread_ts=root.ts, task_display_mode="plan")
    assert "Thinking…" in ((await ana.sees(str(stream["ts"]))) or {})["html"]
    chunks: list[Json] = [
        {"type": "plan_update", "title": "Reading <b>"},
        {"type": "task_update", "id": "1", "title": "Open", "status": "complete", "details": "12 pages"},
        {"type": "task_update", "id": "2", "title": "Count", "status": "in_progress"},
        {"type": "markdown_text", "text": "Found **3**"},
        {"type": "blocks", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Result"}}]},
    ]
    await app.client.chat_appendStream(**place, ts=str(stream["ts"]), chunks=chunks)
    found = assert_harmless(((await ana.sees(str(stream["ts"]))) or {})["html"])
    assert "Reading <b>" in found.text
    assert "1/2" in found.text
    assert "12 pages" in found.text
    assert found.tags.count("strong") == 1
    assert "h3" in found.tags


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_words_run_on_no_way_into_the_page(
    page: LocalSlack, app: ScriptedApp, ana: Person, hostile: str
) -> None:
    root = page.people.post("Ben", "#general", hostile)
    dm = page.workspace.dm("Ana").id
    words = dict.fromkeys(("text", "title", "title_link", "author_name", "footer"), hostile)
    fields = [{"title": hostile, "value": hostile}, hostile]
    await app.client.chat_postMessage(channel="C0GENERAL", text=hostile, attachments=[words | {"fields": fields}])
    await app.client.chat_postMessage(channel="C0GENERAL", markdown_text=hostile)
    own = page.people.post("Ana", "@glm", hostile)
    await app.client.chat_startStream(channel=dm, thread_ts=own.ts, markdown_text=hostile)
    view = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": hostile}}]}
    await app.client.views_publish(user_id=ANA, view=view)
    state = await ana.state()
    assert len(state["messages"]) == 5
    for message in state["messages"]:
        assert "alert(1)" in assert_harmless(message["html"]).text
    assert "alert(1)" in assert_harmless(state["home"]["html"]).text
    assert (await ana.sees(root.ts) or {})["html"]


async def test_a_forwarded_message_an_alert_and_a_table_are_shown(page: LocalSlack, ana: Person) -> None:
    said = page.people.post("Ben", "#design", "We ship on Friday.")
    forwarded = page.people.forward("Ana", "#general", said)
    alert = page.people.app_posts(
        "Alertmanager", "#general", attachments=[{"title": "Disk full", "fields": [{"title": "host", "value": "db1"}]}]
    )
    table = page.people.post("Ana", "#general", attachments=[pasted_table([["Item", "Price"], ["A", "3"]])])
    shown = [assert_harmless((await ana.sees(one.ts) or {})["html"]).words for one in (forwarded, alert, table)]
    assert "Ben" in shown[0]
    assert "We ship on Friday." in shown[0]
    assert "Posted in #design" in shown[0]
    assert {"Disk full", "db1"} <= set(shown[1])
    assert "Item" in shown[2]


async def test_the_live_socket_tells_the_state_and_then_what_changes(
    page: LocalSlack, app: ScriptedApp, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect("/page/live?as=Ben") as socket:
        first = await socket.receive_json(timeout=checks.PATIENCE_S)
        assert first[0]["type"] == "state"
        root = page.people.post("Ana", "#general", "hello")
        page.people.post("Ana", "@glm", "not for Ben")
        page.people.post("Ana", "#general", "reply", thread_ts=root.ts)
        told = await socket.receive_json(timeout=checks.PATIENCE_S)
        assert [update["message"]["channel"] for update in told] == ["C0GENERAL", "C0GENERAL"]
        roots = [update["message"] for update in told if update["message"]["root"] is None]
        assert [item["thread"]["count"] for item in roots] == [1]
        page.people.delete(root)
        told = await socket.receive_json(timeout=checks.PATIENCE_S)
        assert told[0]["message"]["gone"]
        await app.client.views_publish(user_id="U0BEN0000", view={"type": "home", "blocks": []})
        told = await socket.receive_json(timeout=checks.PATIENCE_S)
        assert told[0]["type"] == "home"


async def test_opening_the_home_tab_tells_the_app(page: LocalSlack, app: ScriptedApp, ana: Person) -> None:
    await ana.act("home", tab="messages")
    await checks.wait_for(lambda: page.workspace.prompts)
    assert app.of("app_home_opened")[0]["tab"] == "messages"
    assert (await ana.state())["prompts"][0]["prompts"][0]["title"] == "Summarise a PDF"


async def test_an_unknown_act_does_not_exist(session: aiohttp.ClientSession) -> None:
    async with session.post("/page/act/handle?as=Ana", json={}) as answer:
        assert answer.status == 404
    async with session.post("/page/act/post?as=Ana", data=b"{", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
