"""Inward addresses, asking a person first, and other servers' tools."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.bootstrap import toolset
from bot.browser.process import find_browser
from bot.glm.offline.reply import Reply
from bot.playground.workspace.records import Json, Message
from bot.slack.dialogs import approval_question
from tests.chaos.approvals import BOARD
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.acting import calling, labelled_pictures, post, quarters, results
from tests.e2e.tools import mcp_server
from tests.internet.serving import INSIDE, OUTSIDE, Site, internet, serving
from tests.stage import Stage, stage

INWARD = [
    "http://127.0.0.1:9/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://10.1.2.3/",
    "http://192.168.0.1/admin",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost:8080/",
    "http://[::ffff:10.0.0.1]/",
]
PAGE = "<html><head><title>Leeks</title></head><body><h1>Leeks</h1><p>Leeks are green.</p></body></html>"


def questions(on: Stage, asked: Message) -> list[Message]:
    """Messages in which the bot asks."""
    return [one for one in bot_messages(on.slack, asked.channel, asked.ts) if buttons(one)]


def buttons(message: Message) -> dict[str, Json]:
    elements = [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]
    wanted = {approval_question.APPROVE, approval_question.DENY}
    return {one["action_id"]: one for one in elements if one.get("action_id") in wanted}


async def question(on: Stage, asked: Message) -> Message:
    await wait_for(lambda: questions(on, asked), what="a question")
    (found,) = questions(on, asked)
    return found


@asynccontextmanager
async def outside(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """127.0.0.1 plays the internet, so that nothing real is asked."""
    async with serving() as site:
        site.answers["/leeks"] = web.Response(text=PAGE, content_type="text/html")
        monkeypatch.setattr(toolset, "Internet", lambda reader: internet(OUTSIDE, reader=reader))
        yield site


async def test_inward_addresses_are_refused_at_once_also_when_a_person_wrote_them(tmp_path: Path) -> None:
    calls = [("fetch_url", {"url": url}) for url in INWARD]
    calls += [("render_page", {"url": INWARD[0]})] if find_browser() else []
    async with stage(tmp_path, [calling(*calls), Reply(text="I can't.")]) as on:
        asked = post(on, f"read {' '.join(INWARD)}", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "I can't." in answer
        told = results(on.asked())
        assert len(told) == len(calls)
        for words in told.values():
            assert "HTTP 2" not in words
            assert "is not a public address" in words or "never opened" in words, words
        assert not questions(on, asked)


async def test_a_redirect_inwards_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with outside(monkeypatch) as site, serving(INSIDE) as inside:
        target = f"http://{INSIDE}:{inside.port}/secret"
        site.answers["/out"] = web.Response(status=302, headers={"Location": target})
        url = f"{site.origin}/out"
        async with stage(tmp_path, [calling(("fetch_url", {"url": url})), Reply(text="No.")]) as on:
            asked = post(on, f"read {url}")
            await on.answers(asked.channel, asked.ts)
            assert inside.connections == 0
            assert "HTTP 2" not in results(on.asked())["call_1"]
            assert not questions(on, asked)


async def test_an_address_that_a_person_wrote_is_opened_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(monkeypatch) as site:
        url = f"{site.origin}/leeks"
        async with stage(tmp_path, [calling(("fetch_url", {"url": url})), Reply(text="Green.")]) as on:
            asked = post(on, f"what is on {url} ?", ("plan.png", quarters()))
            await on.answers(asked.channel, asked.ts)
            assert "Leeks are green." in results(on.asked())["call_1"]
            assert not questions(on, asked)
            assert "authorization" not in {name.lower() for seen in site.seen for name in seen}


@pytest.mark.parametrize("channel", ["@glm", "#general"])
async def test_an_address_nobody_wrote_needs_the_askers_click_and_is_opened_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    async with outside(monkeypatch) as site:
        url = f"{site.origin}/leeks"
        async with stage(tmp_path, [calling(("fetch_url", {"url": url})), Reply(text="Green.")]) as on:
            asked = post(on, "@glm what do you see?", ("plan.png", quarters()), channel=channel)
            found = await question(on, asked)
            texts = {name: one["text"]["text"] for name, one in buttons(found).items()}
            assert "Approve" in texts[approval_question.APPROVE]
            assert "Deny" in texts[approval_question.DENY]
            assert url in json.dumps(found.blocks)
            if channel != "@glm":
                await on.slack.people.click("Ben", found, approval_question.APPROVE)
                await on.carried_out()
                await asyncio.sleep(0.1)
            assert site.asked == 0
            assert buttons(found)
            await asyncio.gather(*[on.slack.people.click("Ana", found, approval_question.APPROVE) for _ in range(2)])
            await wait_for(lambda: "Green." in shown(on, asked))
            await on.settled()
            assert site.asked == 1
            assert "Leeks are green." in results(on.asked())["call_1"]
            assert not buttons(found)


async def test_deny_is_a_result_and_the_turn_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with outside(monkeypatch) as site:
        url = f"{site.origin}/leeks"
        async with stage(tmp_path, [calling(("fetch_url", {"url": url})), Reply(text="Then not.")]) as on:
            asked = post(on, "what do you see?", ("plan.png", quarters()))
            await on.slack.people.click("Ana", await question(on, asked), approval_question.DENY)
            await on.carried_out()
            await wait_for(lambda: "Then not." in shown(on, asked))
            await on.settled()
            assert site.asked == 0
            assert "did not agree" in results(on.asked())["call_1"]


def shown(on: Stage, asked: Message) -> str:
    return "\n".join(visible_text(one) for one in bot_messages(on.slack, asked.channel, asked.ts))


# -- other servers' tools ---------------------------------------------------------------------------------------------


def notice_board(folder: Path) -> Json:
    """Has the tool `publish` alone and is there at once, which a server by the SDK is not."""
    return {"command": sys.executable, "args": ["-S", BOARD, str(folder / "board")], "env": {}}


def by_sdk(folder: Path, *trusted: str) -> Json:
    command = {"command": sys.executable, "args": [mcp_server.__file__, str(folder / "board")], "env": {}}
    return {**command, "trusted": list(trusted)}


def config(folder: Path, desk: Json) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {"desk": desk}}))
    return path


def offered(body: Json) -> set[str]:
    return {tool["function"]["name"] for tool in body["tools"]}


async def test_another_servers_tools_read_unasked_write_when_asked_and_may_die(tmp_path: Path) -> None:
    script = [
        calling(("desk_lookup", {"word": "tea"}), ("desk_look", {})),
        calling(("desk_die", {}), first_id=3),
        calling(("desk_lookup", {"word": "cup"}), first_id=4),
        calling(("desk_publish", {"words": "hello"}), first_id=5),
        Reply(text="Published."),
    ]
    async with stage(tmp_path, script, mcp_config=config(tmp_path, by_sdk(tmp_path, "lookup"))) as on:
        asked = post(on, "look it up")
        found = await question(on, asked)
        assert "hello" in json.dumps(found.blocks)
        assert not (tmp_path / "board").exists()
        await on.slack.people.click("Ana", found, approval_question.APPROVE)
        await on.carried_out()
        await wait_for(lambda: "Published." in shown(on, asked))
        await on.settled()
        assert {"desk_lookup", "desk_publish", "desk_look", "desk_die", "zoom"} <= offered(on.asked(0))
        told = results(on.asked())
        assert "tea:" in told["call_1"]
        assert "the desk" in told["call_2"]
        assert labelled_pictures(on.asked(1))
        assert told["call_3"].strip()
        assert "cup:" in told["call_4"]
        assert "published: hello" in told["call_5"]
        assert (tmp_path / "board").read_text() == "hello\n"


async def test_a_look_up_after_foreign_content_is_asked_about_whatever_the_server_says(tmp_path: Path) -> None:
    script = [calling(("desk_lookup", {"word": "the secret"})), Reply(text="Then not.")]
    async with stage(tmp_path, script, mcp_config=config(tmp_path, by_sdk(tmp_path))) as on:
        asked = post(on, "what do you see?", ("plan.png", quarters()))
        found = await question(on, asked)
        assert "the secret" in json.dumps(found.blocks)
        await on.slack.people.click("Ana", found, approval_question.DENY)
        await wait_for(lambda: "Then not." in shown(on, asked))
        await on.settled()
        assert "said no" in results(on.asked())["call_1"]


async def test_a_denied_write_is_not_done(tmp_path: Path) -> None:
    script = [calling(("desk_publish", {"words": "hello"})), Reply(text="Then not.")]
    async with stage(tmp_path, script, mcp_config=config(tmp_path, notice_board(tmp_path))) as on:
        asked = post(on, "publish it")
        await on.slack.people.click("Ana", await question(on, asked), approval_question.DENY)
        await on.carried_out()
        await wait_for(lambda: "Then not." in shown(on, asked))
        await on.settled()
        assert not (tmp_path / "board").exists()
        assert "said no" in results(on.asked())["call_1"]


async def test_a_restart_leaves_the_question_standing_and_its_buttons_work(tmp_path: Path) -> None:
    call = calling(("desk_publish", {"words": "hello"}))
    settings: dict[str, Any] = {"mcp_config": config(tmp_path, notice_board(tmp_path)), "shutdown_grace_s": 0.1}
    async with stage(tmp_path, [call], **settings) as on:
        asked = post(on, "@glm publish it", channel="#general")
        found = await question(on, asked)
    async with stage(tmp_path, [call, Reply(text="Published.")], slack=on.slack, **settings) as after:
        await wait_for(lambda: len(after.model.requests) == 1)
        await after.slack.people.click("Ana", found, approval_question.APPROVE)
        await wait_for(lambda: "Published." in shown(after, asked))
        await after.settled()
        assert (tmp_path / "board").read_text() == "hello\n"
        assert not questions(after, asked), "there was no second one, and its buttons are gone"


# -- whom it asks, and who sees what ----------------------------------------------------------------------------------


async def test_in_a_channel_the_thread_reads_whom_it_asks_and_the_asker_alone_has_the_buttons(tmp_path: Path) -> None:
    script = [calling(("desk_publish", {"words": "hello"})), Reply(text="Published.")]
    async with stage(tmp_path, script, mcp_config=config(tmp_path, notice_board(tmp_path))) as on:
        asked = post(on, "@glm publish it", channel="#general")
        found = await question(on, asked)
        ana = on.slack.workspace.user("Ana")
        assert found.ephemeral_to == ana.id
        heard = [one for one in bot_messages(on.slack, asked.channel, asked.ts) if not one.ephemeral_to]
        # The card of the tool may stand there too by then.
        (aloud,) = [one for one in heard if visible_text(one).startswith(f"<@{ana.id}>, may I ")]
        assert not buttons(aloud)
        assert "hello" in json.dumps(aloud.blocks)
        session = on.slack.workspace.sessions[asked.channel, asked.ts]
        # The status says so, or the card of the tool, which takes the status away.
        await wait_for(lambda: "waiting for ana" in f"{session.status_text} {shown(on, asked)}".casefold())
        await on.slack.people.click("Ana", found, approval_question.APPROVE)
        await on.carried_out()
        await wait_for(lambda: "Published." in shown(on, asked))
        await on.settled()
        assert not buttons(found)
        assert "Approved. I'm going on." in visible_text(aloud)


async def test_where_nobody_can_be_whispered_to_only_the_asker_s_press_counts(tmp_path: Path) -> None:
    script = [calling(("desk_publish", {"words": "hello"})), Reply(text="Published.")]
    async with stage(tmp_path, script, mcp_config=config(tmp_path, notice_board(tmp_path))) as on:
        on.slack.faults.add("chat.postEphemeral", error="user_not_in_channel", times=1)
        asked = post(on, "@glm publish it", channel="#general")
        found = await question(on, asked)
        assert not found.ephemeral_to
        await on.slack.people.click("Ben", found, approval_question.APPROVE)
        await on.carried_out()
        assert buttons(found)
        told = [visible_text(one) for one in bot_messages(on.slack, asked.channel) if one.ephemeral_to]
        assert told == ["Only the person I asked can decide this."]
        await on.slack.people.click("Ana", found, approval_question.DENY)
        await on.carried_out()
        await wait_for(lambda: "Published." in shown(on, asked))
        await on.settled()
        assert not buttons(found)


async def test_a_direct_message_asks_by_name_too(tmp_path: Path) -> None:
    script = [calling(("desk_publish", {"words": "hello"})), Reply(text="Published.")]
    async with stage(tmp_path, script, mcp_config=config(tmp_path, notice_board(tmp_path))) as on:
        asked = post(on, "publish it")
        found = await question(on, asked)
        assert not found.ephemeral_to
        named = f"<@{on.slack.workspace.user('Ana').id}>, may I "
        assert visible_text(found).startswith(named)
        await wait_for(lambda: "Waiting for Ana" in cards(on, asked), what="a card that says what it waits for")
        await on.slack.people.click("Ana", found, approval_question.APPROVE)
        await on.carried_out()
        await wait_for(lambda: "Published." in shown(on, asked))
        await on.settled()
        assert not buttons(found)
        assert visible_text(found).startswith(named), "a name stays a name"
        assert "Waiting for Ana" not in cards(on, asked)


def cards(on: Stage, asked: Message) -> list[str]:
    """The titles of the task cards that are shown."""
    streams = [one.stream for one in bot_messages(on.slack, asked.channel, asked.ts) if one.stream]
    return [str(task.get("title")) for stream in streams for task in stream.tasks]
