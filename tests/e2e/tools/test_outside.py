"""Looking outside the thread: Slack's search as the asking person, and pages in a browser."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap import slack_side
from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from bot.slack.app import Identity, who_am_i
from tests.e2e.acting import blocks, calling, is_near, picture_called, post, results
from tests.e2e.tools.test_approvals import offered, outside
from tests.internet.serving import INSIDE, serving
from tests.stage import stage

needs_browser = pytest.mark.skipif(
    not (shutil.which("chromium-headless-shell") or shutil.which("chromium")), reason="needs Chromium"
)
HTML = "<!doctype html><body style='margin:0;background:#0000ff;color:#fff'><h1>Small print</h1>{more}</body>"


@pytest.fixture
def searchable(monkeypatch: pytest.MonkeyPatch) -> LocalSlack:
    """Slack names the scopes it has granted in a header, which the local one does not send."""
    local = LocalSlack()
    local.scopes |= {"search:read.public"}

    async def with_scopes(client: AsyncWebClient) -> Identity:
        return replace(await who_am_i(client), scopes=frozenset(local.scopes))

    monkeypatch.setattr(slack_side, "who_am_i", with_scopes)
    return local


async def test_slack_is_searched_with_the_token_of_the_very_question(tmp_path: Path, searchable: LocalSlack) -> None:
    search = calling(("search_slack", {"query": "pump"}), ("search_slack", {"query": "nobody said this"}))
    async with stage(tmp_path, [search, Reply(text="Friday."), search, Reply(text="Friday.")], slack=searchable) as on:
        on.slack.people.post("Ben", "#general", "the pump comes on Friday & not before")
        for at, channel in enumerate(("@glm", "#general"), 1):
            asked = post(on, "@glm when does it come?", channel=channel)
            await on.answers(asked.channel, asked.ts)
            assert "search_slack" in offered(on.asked())
            told = results(on.asked())
            assert "the pump comes on Friday" in told["call_1"]
            assert "Nothing was found" in told["call_2"]
            used = [call.args["action_token"] for call in on.slack.calls if call.method == "assistant.search.context"]
            assert len(used) == 2 * at
            assert len(set(used)) == at
            assert all(on.slack.action_tokens[token] == asked.user for token in used[-2:])


async def test_slack_that_refuses_to_search_is_a_result(tmp_path: Path, searchable: LocalSlack) -> None:
    search = calling(("search_slack", {"query": "pump"}))
    async with stage(tmp_path, [search, Reply(text="I can't.")], slack=searchable) as on:
        on.slack.faults.add("assistant.search.context", error="access_denied")
        asked = post(on, "when?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "I can't." in answer
        assert "access_denied" in results(on.asked())["call_1"]


async def test_without_the_scope_no_search_is_offered(tmp_path: Path, searchable: LocalSlack) -> None:
    searchable.scopes -= {"search:read.public"}
    async with stage(tmp_path, [Reply(text="Yes.")], slack=searchable) as on:
        asked = post(on, "what can you do?")
        await on.answers(asked.channel, asked.ts)
        assert "search_slack" not in offered(on.asked())


@needs_browser
async def test_html_is_rendered_without_a_network_and_can_be_placed(tmp_path: Path) -> None:
    async with serving() as site:
        more = f"<img src='{site.origin}/spy'><script>fetch('{site.origin}/spy')</script>"
        script = [
            calling(("render_page", {"html": HTML.format(more=more)}), ("render_page", {})),
            calling(("zoom", {"image": "render_1", "box": [0, 0, 500, 500]}), first_id=3),
            Reply(text="So: ![the page](render_1)"),
        ]
        async with stage(tmp_path, script) as on:
            asked = post(on, "how does it look?")
            await on.answers(asked.channel, asked.ts)
            told = results(on.asked())
            assert "render_1" in told["call_1"]
            assert "Small print" in told["call_1"]
            assert "neither came" in told["call_2"]
            picture = picture_called(on.asked(), "render_1")
            assert is_near(picture.getpixel((picture.width - 5, picture.height - 5)), (0, 0, 255))
            assert "zoom_1" in told["call_3"]
            (block,) = blocks(on, asked, "image")
            assert block["alt_text"] == "the page"
            assert site.connections == 0


@needs_browser
async def test_an_address_is_rendered_and_nothing_inward_is_reached_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(monkeypatch) as site, serving(INSIDE) as inside:
        secret = f"http://{INSIDE}:{inside.port}/secret"
        more = f"<img src='{secret}'><iframe src='{secret}'></iframe><script>fetch('{secret}')</script>"
        site.answers["/page"] = web.Response(text=HTML.format(more=more), content_type="text/html")
        site.answers["/moved"] = web.Response(status=302, headers={"Location": secret})
        urls = [f"{site.origin}/page", f"{site.origin}/moved"]
        script = [calling(*[("render_page", {"url": url}) for url in urls]), Reply(text="Blue.")]
        async with stage(tmp_path, script) as on:
            asked = post(on, f"how do {' and '.join(urls)} look?")
            (answer,) = await on.answers(asked.channel, asked.ts)
            assert "Blue." in answer
            told = results(on.asked())
            assert "Small print" in told["call_1"]
            picture_called(on.asked(), "render_1")
            assert "render_2" not in told["call_2"]
            assert inside.connections == 0
