"""Whatever Slack answers: who reads it gets something, or an error of ours with a sentence; never an accident."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.core.brief import Span
from bot.core.ports import Person
from bot.errors import BotError
from bot.glm.offline.reply import Reply
from bot.jobs import worker
from bot.playground.server import LocalSlack
from bot.slack import gateway as gateway_module
from bot.slack.app import reading_client, who_am_i, writing_client
from bot.slack.files import SlackDownloads
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.read.linked_files import SlackLinks
from bot.slack.read.search import SlackSearch
from bot.slack.read.summaries.command_links import FileLink, MessageLink, Period
from bot.slack.read.summaries.target import Finder
from bot.slack.read.summaries.transcripts import SlackTranscripts
from tests.checks import bot_messages, visible_text, wait_for
from tests.core.values import ANA, inbound
from tests.fuzz.mutations import each_spoiled
from tests.fuzz.rough_slack import BODIES, RoughSlack, rough_slack
from tests.stage import stage

Json = dict[str, Any]
TS, ROOT = "1766458026.240809", "1766458000.000100"
FILE: Json = {
    "id": "F1",
    "name": "plan.png",
    "title": "plan",
    "mimetype": "image/png",
    "filetype": "png",
    "mode": "hosted",
    "size": 12,
    "user": ANA,
    "is_public": True,
    "url_private": "https://files.slack.com/files-pri/T1-F1/plan.png",
    "permalink": "https://acme.slack.com/files/U1/F1/plan.png",
    "channels": ["C1"],
    "groups": [],
    "ims": [],
    "shares": {"public": {"C1": [{"ts": TS}]}},
}
MESSAGE: Json = {
    "type": "message",
    "user": ANA,
    "ts": TS,
    "thread_ts": ROOT,
    "text": "hello",
    "files": [FILE],
    "attachments": [{"fallback": "alert", "title": "t", "text": "x"}],
    "metadata": {"event_type": "x", "event_payload": {}},
    "bot_profile": {"name": "other"},
}
MESSAGES: Json = {
    "ok": True,
    "messages": [{"type": "message", "user": ANA, "ts": ROOT, "text": "root"}, MESSAGE],
    "has_more": False,
    "permalink": "https://acme.slack.com/archives/C1/p1766458000000100",
    "response_metadata": {"next_cursor": ""},
}
USER: Json = {
    "ok": True,
    "user": {
        "id": ANA,
        "name": "ana",
        "tz_offset": 3_600,
        "locale": "en-GB",
        "is_admin": False,
        "profile": {"display_name": "Ana", "real_name": "Ana"},
    },
}
CHANNEL: Json = {"ok": True, "channel": {"id": "C1", "name": "general", "is_member": True, "is_private": False}}
MEMBERS: Json = {"ok": True, "members": [ANA], "response_metadata": {"next_cursor": ""}}
HIT: Json = {"message_ts": TS, "content": "x", "author_name": "Ana", "channel_name": "general", "permalink": "p"}
ASKED = inbound(TS, ROOT)
PERSON = Person(ANA, "Ana")
Reader = Callable[["Desk"], Awaitable[object]]


@dataclass
class Desk:
    slack: RoughSlack
    reader: Any
    writer: Any
    session: aiohttp.ClientSession

    @property
    def history(self) -> History:
        return History(self.reader, "U0BOT")

    @property
    def files(self) -> SlackDownloads:
        return SlackDownloads(self.reader, self.session, "xoxb-1", self.slack.url)

    @property
    def finder(self) -> Finder:
        return Finder(self.reader, "U0BOT", "glm")

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.writer)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(gateway_module, "MOST_TRIES", 1)
    async with rough_slack() as slack, aiohttp.ClientSession() as session:
        reader, writer = [make("xoxb-1", slack.url, session) for make in (reading_client, writing_client)]
        reader.retry_handlers.clear()
        yield Desk(slack, reader, writer, session)


READERS: dict[str, tuple[Json, Reader]] = {
    "a person": (USER, lambda on: on.history.person("T1", ANA)),
    "names in a text": (USER, lambda on: on.history.readable("T1", f"<@{ANA}> hello", ANA)),
    "a message": (MESSAGES, lambda on: on.history.message(ASKED)),
    "a thread": (MESSAGES, lambda on: on.history.thread(inbound("1766458030.000000", ROOT))),
    "our own messages": (MESSAGES, lambda on: on.history.own_since(ASKED, ROOT)),
    "a file": ({"ok": True, "file": FILE}, lambda on: on.files.describe("F1")),
    "a file's place": ({"ok": True, "file": FILE}, lambda on: _transcripts(on).of_file("F1")),
    "a linked file": (
        {"ok": True, "file": FILE},
        lambda on: SlackLinks(on.reader, on.files, on.history, "T1").file("F1", user=ANA, channel="C1"),
    ),
    "a thread to sum up": (
        MESSAGES,
        lambda on: _transcripts(on).gather("T1", Span("C1", "x", root_ts=ROOT), PERSON),
    ),
    "a channel to sum up": (
        MESSAGES,
        lambda on: _transcripts(on).gather("T1", Span("C1", "x", oldest=ROOT), PERSON),
    ),
    "a linked message": (MESSAGES | CHANNEL, lambda on: on.finder.message(MessageLink("C1", TS, ROOT), PERSON)),
    "a channel's files": (MESSAGES, lambda on: on.finder.recent_files("C1")),
    "a period": (MESSAGES | CHANNEL, lambda on: on.finder.period("C1", Period("last", 50), PERSON)),
    "a file to sum up": ({"ok": True, "file": FILE}, lambda on: on.finder.file(FileLink("F1").file_id, PERSON)),
    "a private file": (
        {"ok": True, "file": FILE | {"is_public": False, "user": "U9", "groups": ["C1"]}} | MEMBERS,
        lambda on: on.finder.file("F1", PERSON),
    ),
    "a conversation": (CHANNEL | MEMBERS, lambda on: on.finder.look("C1", PERSON)),
    "a permalink": ({"ok": True, "permalink": "https://x"}, lambda on: on.finder.permalink("C1", TS)),
    "a search": (
        {"ok": True, "results": {"messages": [HIT]}},
        lambda on: SlackSearch(on.reader, on.history, "T1").search("x", "token", ANA),
    ),
    "who we are": ({"ok": True, "user_id": "U0BOT", "team_id": "T1", "user": "glm"}, lambda on: who_am_i(on.reader)),
    "a post": ({"ok": True, "ts": TS, "channel": "C1"}, lambda on: on.gateway.post("C1", None, "x")),
    "a stream": ({"ok": True, "ts": TS}, lambda on: on.gateway.start_stream("C1", ROOT, markdown_text="x")),
    "a direct message": ({"ok": True, "channel": {"id": "D1"}}, lambda on: on.gateway.open_dm(ANA)),
    "a processed file": ({"ok": True, "file": FILE}, lambda on: on.gateway.is_processed("F1")),
}


def _transcripts(on: Desk) -> SlackTranscripts:
    return SlackTranscripts(on.reader, on.history)


@pytest.mark.parametrize("name", READERS)
async def test_an_answer_is_read_or_refused_with_a_sentence(desk: Desk, name: str) -> None:
    good, read = READERS[name]
    answers = [(told, (body, "application/json")) for told, body in each_spoiled(good)]
    answers += [(f"{body[:30]} as {kind}", (body, kind)) for body, kind in BODIES]
    answers.append(("no UTF-8", (b'{"ok": true, "user": "\xff"}', "application/json")))  # type: ignore[arg-type]
    accidents: list[str] = []
    for told, answer in answers:
        desk.slack.answer = answer
        try:
            await read(desk)
        except BotError as refused:
            accidents += [] if refused.user_message else [f"{told}: without a word"]
        except SlackApiError as refused:
            accidents += [] if name == "who we are" else [f"{told}: {refused!r}"]  # ends in a line at the start
        except Exception as accident:  # noqa: BLE001  # what is looked for
            accidents.append(f"{told}: {accident!r}")
    assert accidents == []


async def test_a_good_answer_is_read_whole(desk: Desk) -> None:
    desk.slack.answer = (json.dumps(USER), "application/json")
    assert await desk.history.person("T1", ANA) == Person(ANA, "Ana", 3_600, "en-GB")


MOST_CALLS = 60


async def test_pages_that_never_end_are_not_read_for_ever(desk: Desk) -> None:
    """Whoever reads page by page stops some day, also when each page tells of one more."""
    for name, (good, read) in READERS.items():
        desk.slack.answer = (json.dumps(good | {"response_metadata": {"next_cursor": "more"}}), "application/json")
        desk.slack.calls = 0
        with suppress(BotError):
            await read(desk)
        assert desk.slack.calls <= MOST_CALLS, name


QUESTIONS = 12


async def test_people_are_answered_again_when_slack_s_answers_are_whole_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SWEEP_S", 0.1)
    local = LocalSlack(enforce_rates=False)
    async with rough_slack(local) as rough:
        replies = [Reply(text="Yes.")] * 200
        async with stage(tmp_path, replies, slack=local, slack_api_url=rough.url) as on:
            rough.spoils = 0.4
            for number in range(QUESTIONS):
                local.people.post("Ana", "#general", f"@glm question {number}?")
            await wait_for(lambda: rough.spoiled > QUESTIONS, 60.0)
            rough.spoils = 0.0
            last = local.people.post("Ana", "#general", "@glm are you well?")
            await wait_for(
                lambda: any("Yes." in visible_text(one) for one in bot_messages(local, "#general", last.ts)), 60.0
            )
            assert on.services.metrics.registry.get_sample_value("glm_loops_broken_total", {"loop": "worker"}) is None
