"""Searching Slack as the person who asks: their token goes with it, and what is found is plain words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SlackError
from bot.serving import serving
from bot.slack.app import writing_client
from bot.slack.read.forgotten import ForgottenPeople
from bot.slack.read.history import History
from bot.slack.read.search import MOST_HITS, SlackSearch

FOUND = {
    "ok": True,
    "results": {
        "messages": [
            {
                "author_name": "Ana",
                "channel_name": "general",
                "message_ts": "1766458026.240809",
                "content": "The pump is on order.",
                "permalink": "https://acme.slack.com/archives/C1/p1766458026240809",
            },
            {"author_user_id": "U2", "content": "No more than this."},
        ]
    },
}


@asynccontextmanager
async def searching(
    answer: dict[str, Any], forgotten: ForgottenPeople | None = None
) -> AsyncIterator[tuple[SlackSearch, list[dict[str, Any]]]]:
    asked: list[dict[str, Any]] = []

    async def search(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response(answer)

    app = web.Application()
    app.router.add_post("/api/assistant.search.context", search)
    async with serving(app) as port, aiohttp.ClientSession() as session:
        client = writing_client("xoxb-1", f"http://127.0.0.1:{port}/api/", session)
        yield SlackSearch(client, History(client, "UBOT"), "T1", forgotten), asked


async def test_what_is_found_is_told_in_plain_words() -> None:
    async with searching(FOUND) as (slack, asked):
        first, second = await slack.search("pump", "token-of-the-question", "U1")
    assert asked[0]["action_token"] == "token-of-the-question"
    assert (asked[0]["query"], asked[0]["limit"]) == ("pump", MOST_HITS)
    assert (first.text, first.author, first.channel) == ("The pump is on order.", "Ana", "general")
    assert first.when == "2025-12-23 02:47 UTC"
    assert first.link.startswith("https://acme.slack.com/")
    assert (second.author, second.when, second.link) == ("U2", "", "")


async def test_nothing_found_is_nothing() -> None:
    async with searching({"ok": True, "results": {}}) as (slack, _):
        assert await slack.search("pump", "t", "U1") == ()


async def test_a_refusal_names_its_code() -> None:
    async with searching({"ok": False, "error": "invalid_action_token"}) as (slack, _):
        with pytest.raises(SlackError) as refused:
            await slack.search("pump", "t", "U1")
    assert refused.value.code == "invalid_action_token"


async def test_a_hit_is_read_as_any_message_is() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "Item"}], [{"type": "raw_text", "text": "pump"}]]}
    hit = {"content": "<#C1|ops> &lt;3", "author_user_id": "U2", "message_ts": "x", "blocks": [table]}
    async with searching({"ok": True, "results": {"messages": [hit]}}) as (slack, asked):
        (found,) = await slack.search("pump", "token", "U1")
    assert asked[0]["include_message_blocks"] is True
    assert found.text == "#ops <3\n| Item |\n| --- |\n| pump |"
    assert (found.author, found.when) == ("U2", "")


class Asked:
    """Only U2 asked to be forgotten."""

    async def forgotten_until(self, team: str, user: str) -> float:
        return 1_766_458_030.0 if (team, user) == ("T1", "U2") else 0.0


async def test_what_people_wrote_before_they_were_forgotten_is_not_found() -> None:
    hits = [
        {"content": f"{user} at {ts}", "author_user_id": user, "message_ts": ts}
        for user in ("U2", "U3")
        for ts in ("1766458029.5", "1766458031.5", "x")
    ]
    async with searching({"ok": True, "results": {"messages": hits}}, Asked()) as (slack, _):
        found = [hit.text for hit in await slack.search("pump", "token", "U1")]
    assert found == ["U2 at 1766458031.5", *(hit["content"] for hit in hits[3:])]
