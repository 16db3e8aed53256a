"""Screenshot to page, and editing by looking."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from bot.browser.process import find_browser
from bot.browser.render import Browser
from bot.core.webpages.publish import MOST_REQUESTS
from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Json, Message, StoredFile
from bot.slack.reply import footer
from handlers.shortcuts import PAGE
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.acting import (
    blocks,
    content_text,
    every_text,
    labelled_pictures,
    png,
    post,
    screenshot,
    shared_files,
    shown_picture,
)
from tests.stage import Stage, stage

needs_browser = pytest.mark.skipif(not find_browser(), reason="no chromium-headless-shell or chromium on PATH")

FIRST = """<!doctype html>
<html><head><style>
body{margin:60px;font:48px sans-serif} input{width:440px;height:50px;display:block}
button{background:#2255cc;width:200px;height:60px}
</style></head><body>Sign up<input><button></button></body></html>"""
SECOND = FIRST.replace("#2255cc", "green")
THIRD = FIRST.replace("Sign up", "Join us")
FOREVER = "<!doctype html><html><body>Loading<script>while(true){}</script></body></html>"


def fenced(html: str, words: str = "Here is the page.") -> Reply:
    return Reply(text=f"{words}\n\n```html\n{html}\n```\n")


def pages(on: Stage, asked: Message) -> list[StoredFile]:
    return [file for file in shared_files(on, asked) if file.name.endswith(".html")]


async def pages_there(on: Stage, asked: Message, count: int) -> list[StoredFile]:
    await wait_for(lambda: len(pages(on, asked)) >= count, what=f"{count} pages")
    await on.settled()
    assert len(pages(on, asked)) == count
    return pages(on, asked)


def last_answer(on: Stage, asked: Message, action: str) -> Message:
    """The latest message with this button."""
    found = [one for one in bot_messages(on.slack, asked.channel, asked.ts) if action in json.dumps(one.blocks)]
    return found[-1]


def buttons_of(message: Message) -> list[Json]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def last_question(body: dict[str, Any]) -> str:
    return content_text(body["messages"][-1]["content"])


EDITS = {"green": fenced(SECOND, "The button is green."), "Join us": fenced(THIRD, "It says Join us.")}


def working(body: dict[str, Any]) -> Reply:
    """The first page, also when it is to be improved, and the edits that are asked for."""
    words = last_question(body)
    return next((EDITS[sign] for sign in EDITS if f"{sign} please" in words), fenced(FIRST))


@needs_browser
async def test_a_screenshot_becomes_a_page_edited_and_undone(tmp_path: Path) -> None:
    async with stage(tmp_path, working) as on:
        asked = post(on, "make this a page", ("form.png", screenshot()))
        (first,) = await pages_there(on, asked, 1)
        assert first.data.decode() == FIRST
        assert len(on.model.requests) <= MOST_REQUESTS
        (side,) = blocks(on, asked, "image")
        assert shown_picture(on, side).width > shown_picture(on, side).height
        assert "%" in visible_text(bot_messages(on.slack, asked.channel, asked.ts)[0])
        assert not any("doctype" in text.lower() or "<input" in text for text in every_text(on))

        post(on, "make the button green please", thread_ts=asked.ts)
        _, second = await pages_there(on, asked, 2)
        assert second.data.decode() == SECOND
        assert FIRST in last_question(on.asked())

        requests = len(on.model.requests)
        await on.slack.people.click("Ana", last_answer(on, asked, footer.UNDO), footer.UNDO)
        await on.carried_out()
        *_, third = await pages_there(on, asked, 3)
        assert third.data.decode() == FIRST
        assert len(on.model.requests) == requests

        post(on, "say Join us please", thread_ts=asked.ts)
        *_, fourth = await pages_there(on, asked, 4)
        assert fourth.data.decode() == THIRD
        assert FIRST in last_question(on.asked())
        assert SECOND not in last_question(on.asked())

        post(on, "undo", thread_ts=asked.ts)
        *_, fifth = await pages_there(on, asked, 5)
        assert fifth.data.decode() == FIRST
        assert len({file.name for file in pages(on, asked)}) == 5


@needs_browser
async def test_what_was_undone_is_redone_by_a_press(tmp_path: Path) -> None:
    async with stage(tmp_path, working) as on:
        asked = post(on, "make a page, please")
        await pages_there(on, asked, 1)
        post(on, "make the button green please", thread_ts=asked.ts)
        await pages_there(on, asked, 2)
        for number, (pressed, html) in enumerate(((footer.UNDO, FIRST), (footer.REDO, SECOND)), 3):
            await on.slack.people.click("Ana", last_answer(on, asked, pressed), pressed)
            await on.carried_out()
            *_, latest = await pages_there(on, asked, number)
            assert latest.data.decode() == html


@needs_browser
async def test_versions_are_compared_and_packed_without_the_model(tmp_path: Path) -> None:
    async with stage(tmp_path, working) as on:
        asked = post(on, "make a page, please")
        await pages_there(on, asked, 1)
        post(on, "make the button green please", thread_ts=asked.ts)
        await pages_there(on, asked, 2)
        requests, before = len(on.model.requests), len(blocks(on, asked, "image"))
        answer = last_answer(on, asked, footer.COMPARE)
        (menu,) = [one for one in buttons_of(answer) if one["action_id"] == footer.COMPARE]
        await on.slack.people.click("Ana", answer, footer.COMPARE, selected_option=menu["options"][0])
        await on.carried_out()
        await wait_for(lambda: len(blocks(on, asked, "image")) > before, what="the comparison")
        shown = len(bot_messages(on.slack, asked.channel, asked.ts))
        await on.slack.people.click("Ana", last_answer(on, asked, footer.ZIP), footer.ZIP)
        await on.carried_out()
        await wait_for(lambda: any(file.name.endswith(".zip") for file in shared_files(on, asked)), what="the archive")
        (packed,) = [file for file in shared_files(on, asked) if file.name.endswith(".zip")]
        with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == {
                file.name: file.data for file in pages(on, asked)
            }
        await on.settled()
        assert len(on.model.requests) == requests
        assert "\n".join(every_text(on)).count("All versions of the page.") <= 1
        (archive_message,) = bot_messages(on.slack, asked.channel, asked.ts)[shown:]
        assert archive_message.files == [packed.id], "the file is all there is: no message without words beside it"
        assert [call for call in on.slack.calls if call.error] == []


@needs_browser
async def test_an_edit_by_a_marked_picture_is_compared_outside_of_the_mark(tmp_path: Path) -> None:
    marked = Image.open(io.BytesIO((await Browser().render(FIRST)).data)).convert("RGB")
    ImageDraw.Draw(marked).ellipse((40, 160, 290, 250), outline="red", width=6)  # around the button
    with_foot = SECOND.replace("</body>", "<p style='position:absolute;top:600px'>All rights reserved</p></body>")
    async with stage(tmp_path, [fenced(FIRST), fenced(with_foot)]) as on:
        asked = post(on, "a sign-up page, in one file")
        await pages_there(on, asked, 1)
        post(on, "make the marked button green", ("marked.png", png(marked)), thread_ts=asked.ts)
        await pages_there(on, asked, 2)
        answer = visible_text(last_answer(on, asked, footer.UNDO)).replace("`", "")
        assert "1 place outside your marks changed, too: please compare." in answer
        assert "New on the page: All rights reserved" in answer


READ = "Sign up Full name and email address"
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def reader(folder: Path) -> str:
    """Stands in for Tesseract, whose eyes differ from version to version."""
    table = "\n".join([HEAD, *(f"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96\t{word}" for word in READ.split())])
    (folder / "table").write_text(table)
    program = folder / "reader"
    program.write_text(f"#!/bin/sh\ncat >/dev/null; cat {folder}/table\n")
    program.chmod(0o755)
    return str(program)


@needs_browser
@pytest.mark.parametrize("can_read", [True, False])
async def test_the_likeness_of_words_is_told_where_they_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_read: bool
) -> None:
    monkeypatch.setattr("bot.documents.drawing_client.find_reader", lambda: reader(tmp_path) if can_read else "")
    form = FIRST.replace("<input>", "<p>Full name and email address</p><input>")
    shot = (await Browser().render(form)).data
    async with stage(tmp_path, lambda _: fenced(form.replace("email address", "email"))) as on:
        asked = post(on, "make this a page", ("form.png", shot))
        await pages_there(on, asked, 1)
        answer = visible_text(bot_messages(on.slack, asked.channel, asked.ts)[0])
        assert re.search(r"\d\d % like the original", answer)
        assert ("86 % of its words are there" in answer) is can_read, answer  # six of seven


@needs_browser
async def test_improvements_are_one_version_and_upload_the_better_one(tmp_path: Path) -> None:
    poor = "<!doctype html><html><body style='background:black'></body></html>"
    async with stage(tmp_path, [fenced(poor), fenced(FIRST)]) as on:
        asked = post(on, "make this a page", ("form.png", screenshot()))
        (page,) = await pages_there(on, asked, 1)
        assert page.data.decode() == FIRST
        assert 2 <= len(on.model.requests) <= MOST_REQUESTS
        shown = [text for text, _ in labelled_pictures(on.asked(1))]
        assert any("img_1" in text for text in shown)
        assert any("render_1" in text for text in shown)


@needs_browser
async def test_a_page_that_loops_for_ever_is_delivered_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.browser.render.RENDER_S", 3.0)
    async with stage(tmp_path, [fenced(FOREVER)]) as on:
        asked = post(on, "make this a page", ("form.png", screenshot()))
        (page,) = await pages_there(on, asked, 1)
        assert page.data.decode() == FOREVER
        assert len(on.model.requests) == 1
        assert "Here is the page." in visible_text(bot_messages(on.slack, asked.channel, asked.ts)[0])


@pytest.mark.parametrize(
    "text",
    [
        f"```html\n{FIRST}\n```",
        f"~~~\n{FIRST}\n~~~",
        f"Sure.\n{FIRST}\nThat is it.",
        json.dumps(FIRST),
        f"<|begin_of_box|>{FIRST}<|end_of_box|>",
        FIRST.replace("<!doctype html>\n", ""),
    ],
    ids=["fenced", "tildes", "raw", "escaped", "boxed", "without doctype"],
)
async def test_without_a_browser_the_answer_is_the_file_and_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("bot.browser.render.find_browser", lambda: "")  # nothing is installed there
    async with stage(tmp_path, [Reply(text=text)], pace=OfflinePace(0.0, 800.0)) as on:
        asked = post(on, "a sign-up page, in one file")
        (page,) = await pages_there(on, asked, 1)
        assert page.data.decode().lower().startswith(("<!doctype", "<html"))
        assert page.data.decode().rstrip().endswith("</html>")
        assert "<input><button>" in page.data.decode()
        words = "\n".join(visible_text(one) for one in bot_messages(on.slack, asked.channel, asked.ts))
        assert "chromium" in words.lower()
        assert not any("<input" in one for one in every_text(on))


@needs_browser
async def test_the_shortcut_makes_a_page_of_a_message(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: fenced(FIRST)) as on:
        asked = post(on, "our form", ("form.png", screenshot()), channel="#general")
        await on.settled()
        assert not on.model.requests
        delivery = await on.slack.people.message_shortcut("Ben", asked, PAGE)
        await on.carried_out()
        assert delivery.is_acknowledged
        (page,) = await pages_there(on, asked, 1)
        assert page.data.decode() == FIRST
        assert "page" in PAGE
