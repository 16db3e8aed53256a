"""Recorded events through a real Bolt app, signed, over HTTP: what is admitted, and what Slack is told."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import fakeredis
import pytest
from aiohttp import web

from bot.core.intake.edits import MessageEdits
from bot.core.intake.gate import Gate
from bot.core.intake.receive import Receiver
from bot.core.people.access import AccessRules
from bot.core.people.preferences import Choice
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError
from bot.playground.app.deliveries import sign
from bot.slack.app import Identity, build_app, reading_client
from bot.slack.dialogs.refusals import SlackRefusals
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.read.summaries.target import Finder
from bot.slack.receiver import PATH, slack_routes
from bot.slack.reply.suggested_prompts import SuggestedPrompts
from bot.store.encryption import Seal
from bot.store.follow_ups import FollowUpMarks
from bot.store.keys import Keys
from bot.store.money.spending import Bookkeeping, Spending
from bot.store.people.access import AccessStore
from bot.store.people.contexts import ViewContexts
from bot.store.people.homes import HomeMarks
from bot.store.people.preferences import PreferenceStore
from bot.store.threads.approvals import Approvals
from bot.store.threads.signs import WaitingSigns
from bot.store.threads.threads import Threads
from bot.store.threads.titles import TitleMarks
from handlers import AgentView, Dependencies, FollowUps, HomeParts, register
from tests.handlers.following import ONE_MODEL, Kept, everybody, following, nothing
from tests.replay.load import ANA, BOT, NAMES, TEAM, payload
from tests.slack.serving import serving

SECRET = "s3cret"


@dataclass
class Jobs:
    added: list[tuple[ThreadId, str]] = field(default_factory=list)
    is_away: bool = False

    async def add(self, thread: ThreadId, ts: str) -> None:
        if self.is_away:
            raise StateError("Redis is away")
        self.added.append((thread, ts))


@dataclass
class Signals:
    sent: list[tuple[ThreadId, str]] = field(default_factory=list)

    async def send(self, thread: ThreadId, signal: str) -> None:
        self.sent.append((thread, signal))


@dataclass
class House:
    """The bot's receiving side, with a Slack behind it that says yes to everything."""

    threads: Threads
    session: aiohttp.ClientSession
    url: str = ""
    jobs: Jobs = field(default_factory=Jobs)
    kept: Kept = field(default_factory=Kept)
    follow_ups: FollowUps | None = None
    signals: Signals = field(default_factory=Signals)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    # What is older than a day is not looked at, so events keep their distances but happen now: in all of a test alike.
    now: str = field(default_factory=lambda: str(int(time.time()))[:7])

    def payload(self, name: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(json.dumps(payload(name)).replace("1766458", self.now))
        return body

    async def deliver(self, name: str, **changes: Any) -> int:
        body = self.payload(name)
        body["event"].update(changes)
        raw = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | sign(SECRET, raw)
        before = len(self.calls)
        async with self.session.post(self.url, data=raw, headers=headers) as response:
            assert len(self.calls) == before, "nothing is asked of Slack before it has its acknowledgement"
            status = response.status
        assert self.follow_ups is not None
        await self.kept.carry_out(self.follow_ups)
        return status

    async def waiting(self) -> list[Inbound]:
        found = [await self.threads.waiting(thread) for thread in await self.threads.waiting_threads()]
        return [message for messages in found for message in messages]

    async def answer_slack(self, request: web.Request) -> web.Response:
        self.calls.append((request.match_info["method"], {**request.query, **await request.post()}))
        return web.json_response({"ok": True, "ts": "1.0"})


@pytest.fixture
async def house() -> AsyncIterator[House]:
    redis = fakeredis.FakeAsyncRedis()
    async with aiohttp.ClientSession() as session:
        house = House(Threads(redis, Keys(), Seal()), session)
        slack = web.Application()
        slack.router.add_post("/api/{method}", house.answer_slack)
        async with serving(slack) as origin:
            client = reading_client("xoxb-1", f"{origin}/api/", session)
            app = build_app(client, Identity(TEAM, None, BOT, "B0000000BOT", "glm"), SECRET)
            message_edits = MessageEdits(house.threads, house.jobs, house.signals)
            receiver = Receiver(house.threads, house.jobs)
            choosing = PreferenceStore(redis, Keys(), Choice())
            history = History(client, BOT)
            approvals = Approvals(redis, Keys())
            follow_ups, replies = following(house.kept, Gateway(client), history, client)
            house.follow_ups = follow_ups
            marks = FollowUpMarks(redis, Keys())
            deps = Dependencies(
                receiver,
                message_edits,
                Gateway(client),
                history,
                house.threads,
                choosing,
                approvals,
                follow_ups,
                replies,
                marks,
                AccessStore(redis, Keys()),
                everybody,
                retention=nothing,
                accounts=nothing,
                exports=nothing,
                forgetting=nothing,
                signs=WaitingSigns(redis, Keys()),
                models=ONE_MODEL,
            )
            view = AgentView(
                SuggestedPrompts(Gateway(client), history, ViewContexts(redis, Keys())), TitleMarks(redis, Keys(), 60)
            )
            spending, access = Spending(redis, Keys(), Bookkeeping()), AccessStore(redis, Keys())
            gate = Gate(AccessRules(), history, access, SlackRefusals(Gateway(client)))
            home = HomeParts(HomeMarks(redis, Keys()), gate, spending, AccessRules())
            register(app, deps, Finder(client, BOT, "glm"), view, home)
            http = web.Application()
            http.add_routes(slack_routes(app, SECRET))
            async with serving(http) as own:
                house.url = own + PATH
                yield house
    await redis.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_every_event_is_acknowledged(house: House, name: str) -> None:
    assert await house.deliver(name) == 200


ANSWERED = {"mention", "mention_twin", "mention_twin_with_file", "mention_from_connect"} | {
    "dm",
    "dm_file",
    "dm_reply",
    "group_mention",
    # edited before it was ever heard of: what it says now is the question
    "message_changed",
}


@pytest.mark.parametrize("name", NAMES)
async def test_only_what_is_for_the_bot_is_admitted(house: House, name: str) -> None:
    await house.deliver(name)
    waiting = await house.waiting()
    assert len(waiting) == (name in ANSWERED)
    assert len(house.jobs.added) == len(waiting)
    for message in waiting:
        assert (message.team, message.channel[0] in "CDG") == (TEAM, True)
        assert house.jobs.added == [(message.thread, message.ts)]


@pytest.mark.parametrize("order", [["mention", "mention_twin_with_file"], ["mention_twin_with_file", "mention"]])
async def test_both_deliveries_of_a_mention_are_one_question_with_its_files(house: House, order: list[str]) -> None:
    for name in [*order, *order]:
        assert await house.deliver(name) == 200
    (message,) = await house.waiting()
    assert [file.name for file in message.files] == ["plan.png"]
    assert message.files_known
    assert len(set(house.jobs.added)) == 1


async def test_a_reply_in_a_thread_the_bot_was_called_into_needs_no_mention(house: House) -> None:
    await house.deliver("thread_reply")
    assert await house.waiting() == []
    root = house.payload("thread_reply")["event"]["thread_ts"]
    await house.deliver("mention", ts=root)
    await house.deliver("thread_reply")
    await house.deliver("thread_reply_to_ben", ts=root.replace("000100", "000300"))
    assert [message.text for message in await house.waiting()] == ["what is this?", "and the second?"]


async def test_a_wish_for_quiet_is_understood_and_shown(house: House) -> None:
    root = house.payload("thread_reply")["event"]["thread_ts"]
    await house.deliver("mention", ts=root)
    await house.deliver("thread_quiet")
    await house.deliver("thread_reply", ts=root.replace("000100", "000900"))
    assert len(await house.waiting()) == 1
    assert [(method, args["name"]) for method, args in house.calls] == [("reactions.add", "zipper_mouth_face")]


@pytest.mark.parametrize("name", sorted(ANSWERED))
async def test_what_cannot_be_kept_is_not_acknowledged(house: House, name: str) -> None:
    house.jobs.is_away = True
    assert await house.deliver(name) == 503
    house.jobs.is_away = False
    assert await house.deliver(name) == 200, "Slack delivers again"
    assert len(house.jobs.added) == 1
    assert len(await house.waiting()) == 1


async def test_stop_reaches_the_thread(house: House) -> None:
    await house.deliver("agent_session_stopped")
    assert house.signals.sent == [(ThreadId(TEAM, "D00000ANA", "1782234671.392669"), "stopped")]


async def test_an_edit_replaces_and_a_deletion_removes_what_waits(house: House) -> None:
    await house.deliver("dm")
    await house.deliver("message_changed")
    assert [message.text for message in await house.waiting()] == ["new"]
    await house.deliver("message_deleted")
    assert await house.waiting() == []
    await house.deliver("dm")
    assert await house.waiting() == [], "a late delivery does not bring it back"


async def test_an_edit_that_comes_just_before_its_message_still_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = house.threads.edit

    async def with_the_message_right_after(edited: Inbound) -> str:
        state = await edit(edited)
        if state == "unknown":
            await house.deliver("dm")
        return state

    monkeypatch.setattr(house.threads, "edit", with_the_message_right_after)
    await house.deliver("message_changed")
    assert [message.text for message in await house.waiting()] == ["new"]


async def test_the_asker_and_the_place_are_as_slack_says(house: House) -> None:
    await house.deliver("dm_file")
    (message,) = await house.waiting()
    assert (message.user, message.place, message.user_team) == (ANA, "dm", TEAM)
    assert [file.name for file in message.files] == ["report.pdf", "plan.png"]
