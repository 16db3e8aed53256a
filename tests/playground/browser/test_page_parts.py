"""What the bot posts, in a real Chromium: pictures amid the text, charts, tasks, files, menus, private words."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests import checks
from tests.playground.browser.conftest import ANA, PICTURE
from tests.playground.browser.screen import CHROMIUM, Screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
]

PLACE = "#/Ana/C0GENERAL"


def words(kind: str, text: str) -> dict[str, str]:
    return {"type": kind, "text": text}


def picture(screen: Screen, name: str) -> dict[str, Any]:
    """A block that shows an uploaded picture of the bot's."""
    file = screen.slack.people.upload("glm", name, PICTURE, mimetype="image/png", filetype="png")
    title = words("plain_text", f"Title of {name}")
    return {"type": "image", "slack_file": {"id": file.id}, "alt_text": f"about {name}", "title": title}


async def test_pictures_stand_amid_streamed_text_in_order(screen: Screen) -> None:
    client, root = screen.app.client, screen.slack.people.post("Ana", "#general", "show me")
    team = screen.slack.workspace.team.id
    place: dict[str, Any] = {"channel": "C0GENERAL", "thread_ts": root.ts}
    place |= {"recipient_user_id": ANA, "recipient_team_id": team}
    stream = await client.chat_startStream(**place, markdown_text="one")
    for chunk in (
        {"type": "blocks", "blocks": [picture(screen, "a.png")]},
        {"type": "markdown_text", "text": "two"},
        {"type": "blocks", "blocks": [picture(screen, "b.png")]},
        {"type": "markdown_text", "text": "three"},
    ):
        await client.chat_appendStream(channel="C0GENERAL", ts=stream["ts"], chunks=[chunk])
    page = await screen.open(f"{PLACE}/{root.ts}")
    body = page.locator("#thread .message.live .body")
    await expect(body.locator(".markdown, figure")).to_have_text(
        ["one", "Title of a.png", "two", "Title of b.png", "three"]
    )
    await expect(body.get_by_alt_text("about b.png")).to_be_visible()
    await client.chat_stopStream(channel="C0GENERAL", ts=stream["ts"])
    await expect(page.locator("#thread .live")).to_have_count(0)
    await page.get_by_role("button", name="Enlarge: about a.png").click()
    await expect(page.locator("#lightbox p")).to_have_text("about a.png")


async def test_tasks_show_how_they_stand(screen: Screen) -> None:
    client, root = screen.app.client, screen.slack.people.post("Ana", "#general", "look")
    team = screen.slack.workspace.team.id
    place: dict[str, Any] = {"channel": "C0GENERAL", "thread_ts": root.ts}
    place |= {"recipient_user_id": ANA, "recipient_team_id": team}
    states = ("in_progress", "complete", "error")
    tasks = [{"type": "task_update", "id": state, "title": f"Task {state}", "status": state} for state in states]
    stream = await client.chat_startStream(**place, chunks=tasks)
    page = await screen.open(f"{PLACE}/{root.ts}")
    marks = page.locator("#thread .task-mark")
    for at, meaning in enumerate(("in progress", "done", "failed")):
        await expect(marks.nth(at)).to_have_accessible_name(meaning)
    done = {"type": "task_update", "id": "in_progress", "title": "Task in_progress", "status": "complete"}
    await client.chat_appendStream(channel="C0GENERAL", ts=stream["ts"], chunks=[done])
    await expect(marks.first).to_have_accessible_name("done")
    await client.chat_stopStream(channel="C0GENERAL", ts=stream["ts"])


async def test_a_chart_has_its_figures_and_a_folded_box_stays_open_when_its_message_changes(screen: Screen) -> None:
    series = [{"name": "Web", "data": [{"label": "Q1", "value": 3}, {"label": "Q2", "value": 5}]}]
    chart = {"type": "data_visualization", "title": "Sales", "chart": {"type": "bar", "series": series}}
    folded = {
        "type": "container",
        "title": words("plain_text", "How I came to this"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "text": words("mrkdwn", "I looked twice.")}],
    }
    await screen.app.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[chart, folded])
    page = await screen.open(PLACE)
    await expect(page.locator(".chart figcaption")).to_have_text("Sales")
    await expect(page.locator(".chart rect.s0")).to_have_count(2)
    await expect(page.get_by_text("I looked twice.")).to_be_hidden()
    await page.get_by_text("How I came to this").click()
    await expect(page.get_by_text("I looked twice.")).to_be_visible()
    message = checks.bot_messages(screen.slack, "#general")[0]
    screen.slack.people.react("Ben", message, "eyes")
    await expect(page.locator(".reaction")).to_be_visible()
    await expect(page.get_by_text("I looked twice.")).to_be_visible()


async def test_a_page_that_was_uploaded_is_a_download_and_never_runs_here(screen: Screen) -> None:
    html = b"<!doctype html><script>document.title='mine'</script>"
    file = screen.slack.people.upload("Ana", "page-v1.html", html, mimetype="text/html", filetype="html")
    screen.slack.people.post("Ana", "#general", "the page", [file])
    page = await screen.open(PLACE)
    async with page.expect_download() as started:
        await page.locator("a.file", has_text="page-v1.html").click()
    download = await started.value
    assert download.suggested_filename == "page-v1.html"
    assert Path(await download.path()).read_bytes() == html
    answer = await page.request.get(f"{screen.slack.workspace.file_origin}/page/files/{file.id}?as=Ana")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_what_only_one_person_may_see_is_shown_to_them_alone(screen: Screen) -> None:
    await screen.app.client.chat_postEphemeral(channel="C0GENERAL", user=ANA, text="for your eyes")
    hers, his = await screen.open(PLACE), await screen.open("#/Ben/C0GENERAL")
    await expect(hers.locator(".ephemeral")).to_contain_text("Only visible to you")
    await expect(hers.locator(".ephemeral")).to_contain_text("for your eyes")
    await expect(his.locator("#log-main .empty")).to_be_visible()
    await expect(his.get_by_text("for your eyes")).to_have_count(0)


async def test_a_menu_at_the_edge_opens_where_there_is_room(screen: Screen) -> None:
    options = [{"text": words("plain_text", f"A rather long option {at}"), "value": str(at)} for at in range(5)]
    button = {"type": "button", "action_id": "wide", "text": words("plain_text", "W" * 40)}
    elements = [button, {"type": "overflow", "action_id": "more", "options": options}]
    root = screen.slack.people.post("Ana", "#general", "a menu")
    for _ in range(8):
        place: dict[str, Any] = {"channel": "C0GENERAL", "thread_ts": root.ts}
        blocks = [{"type": "actions", "elements": elements}]
        await screen.app.client.chat_postMessage(**place, text="x", blocks=blocks)
    page = await screen.open(f"{PLACE}/{root.ts}")
    await page.locator("#thread").get_by_label("More").last.click()
    box = await page.locator("#thread .menu-entries").last.bounding_box()
    log = await page.locator("#log-thread").bounding_box()
    assert box is not None
    assert log is not None
    assert box["x"] >= log["x"]
    assert box["x"] + box["width"] <= log["x"] + log["width"]
    assert box["y"] + box["height"] <= log["y"] + log["height"]
    await page.get_by_role("button", name="A rather long option 3").last.click()
    await checks.wait_for(lambda: screen.app.of("block_actions"))
    assert screen.app.of("block_actions")[0]["actions"][0]["selected_option"]["value"] == "3"


async def test_the_newest_stays_in_sight_when_a_thread_opens_beside_it(screen: Screen) -> None:
    for at in range(12):
        screen.slack.people.post("Ana", "#general", f"message {at}, long enough to need a second line " * 3)
    page = await screen.open(PLACE)
    await expect(page.locator("#log-main .message").last).to_be_in_viewport()
    await page.locator("#log-main .message").last.hover()
    await page.get_by_role("button", name="Reply in thread").last.click()
    await expect(page.locator("#thread")).to_be_visible()
    log = "document.querySelector('#log-main')"
    await page.wait_for_function(f"() => {log}.scrollHeight - {log}.scrollTop - {log}.clientHeight < 4")


async def test_a_command_typed_to_its_end_is_sent_by_enter(screen: Screen) -> None:
    page = await screen.open(PLACE)
    await page.locator("#composer-main").press_sequentially("/summarize")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("You said")
    assert [body["command"] for body in screen.app.of("command")] == ["/summarize"]
