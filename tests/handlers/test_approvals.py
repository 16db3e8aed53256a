"""Approve and Deny through signed payloads and Bolt: the asker's first press counts, another's changes nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import fakeredis
from aiohttp import web

from bot.core.agent.ports import Argument, Detail
from bot.core.thread.inbound import ThreadId
from bot.errors import StateError
from bot.playground.api.views import open_stack
from bot.playground.app.deliveries import Delivery
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.app import build_app, who_am_i
from bot.slack.dialogs.approval import SlackAsking
from bot.slack.dialogs.approval_question import APPROVE, DENY, SHOW
from bot.slack.dialogs.approval_text import digest
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.receiver import PATH, slack_routes
from bot.store.keys import Keys
from bot.store.threads.approvals import Approvals, Decision, Verdict
from handlers import Dependencies, FollowUps, approvals
from tests.checks import bot_messages, visible_text, wait_for
from tests.handlers.following import Kept, following
from tests.slack.serving import running_slack, serving


class Away(Approvals):
    """Away when somebody presses, which is when waiting ends."""

    pressed = False

    async def decide(self, question: str, user: str, verdict: Verdict, digest: str = "") -> Decision:
        self.pressed = True
        raise StateError("away")

    async def wait(self, question: str, timeout_s: float) -> bool | None:
        await wait_for(lambda: self.pressed)
        return None


@dataclass
class Desk:
    slack: LocalSlack
    root: Message
    asking: SlackAsking
    kept: Kept
    follow_ups: FollowUps

    @property
    def messages(self) -> list[Message]:
        return bot_messages(self.slack, self.root.channel, self.root.ts)

    @property
    def question(self) -> Message:
        return self.messages[0]

    @property
    def whispers(self) -> list[str]:
        return [visible_text(message) for message in self.messages[1:] if message.ephemeral_to]

    async def ask(self, detail: Detail = "go {}") -> bool:
        thread = ThreadId(self.slack.workspace.team.id, self.root.channel, self.root.ts)
        assert self.root.user is not None
        return await self.asking.for_turn(thread, self.root.user, "en")("use “go” of “files”", detail)

    async def click(self, action: str, user: str = "Ana") -> Delivery:
        await wait_for(lambda: self.messages)
        delivery = await self.slack.people.click(user, self.question, action)
        assert delivery.is_acknowledged
        await self.kept.carry_out(self.follow_ups)
        return delivery

    async def shows(self, words: str) -> None:
        await wait_for(lambda: words in visible_text(self.question), what=words)
        assert all(block["type"] != "actions" for block in self.question.blocks)


@asynccontextmanager
async def desk(*, is_whispered: bool = False, timeout_s: float = 30.0, is_away: bool = False) -> AsyncIterator[Desk]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, writer):
        identity = await who_am_i(reader)
        kept = (Away if is_away else Approvals)(fakeredis.FakeAsyncRedis(), Keys())
        gateway = Gateway(writer)
        app = build_app(reader, identity, slack.signing_secret)
        waiting = Kept()
        follow_ups, replies = following(waiting, gateway, History(reader, identity.bot_user_id), writer)
        deps = SimpleNamespace(follow_ups=follow_ups, replies=replies, approvals=kept)
        approvals.register(app, cast("Dependencies", deps))
        http = web.Application()
        http.add_routes(slack_routes(app, slack.signing_secret))
        async with serving(http) as origin:
            slack.request_url = origin + PATH
            asking = SlackAsking(gateway, kept, is_whispered=is_whispered, timeout_s=timeout_s)
            yield Desk(slack, slack.people.post("Ana", "#general", "shall we?"), asking, waiting, follow_ups)


async def test_the_asker_approves_and_the_question_says_so() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask())
        await table.click(APPROVE)
        assert await asked is True
        await table.shows(approvals.APPROVED)
        assert "May I use “go” of “files”?" in visible_text(table.question), "what was approved stays readable"


async def test_the_asker_denies_in_a_whisper() -> None:
    async with desk(is_whispered=True) as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask())
        await table.click(DENY)
        assert await asked is False
        await table.shows(approvals.DENIED)


async def test_another_persons_press_changes_nothing_and_tells_them() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask())
        await table.click(APPROVE, "Ben")
        await wait_for(lambda: table.whispers)
        assert table.whispers == [approvals.NOT_YOURS]
        assert table.messages[1].ephemeral_to == table.slack.workspace.user("Ben").id
        assert table.question.blocks[-1]["type"] == "actions"
        assert not asked.done()
        await table.click(DENY)
        assert await asked is False


CALL = (Argument("body", "x" * 5_000 + "the end"), Argument("to", "attacker@evil"))


async def test_all_of_it_is_shown_to_the_asker_and_nobody_else() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask(CALL))
        await table.click(SHOW, "Ben")
        await wait_for(lambda: table.whispers)
        assert table.whispers == [approvals.NOTHING_TO_SHOW]
        await table.click(SHOW)
        await wait_for(lambda: open_stack(table.slack, table.slack.workspace.user("Ana").id))
        (view,) = open_stack(table.slack, table.slack.workspace.user("Ana").id)
        assert "the end" in json.dumps(view.view)
        assert "attacker@evil" in json.dumps(view.view)
        assert not asked.done(), "looking decides nothing"
        await table.click(DENY)
        assert await asked is False


async def test_what_was_asked_stays_readable_argument_by_argument() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask(CALL))
        await table.click(APPROVE)
        assert await asked is True
        await table.shows(approvals.APPROVED)
        assert "attacker@evil" in visible_text(table.question)


async def test_an_approval_of_something_else_is_refused() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask(CALL))
        await wait_for(lambda: table.messages)
        for block in table.question.blocks:
            for button in block.get("elements", ()):
                button["value"] = f"{button['value'].partition('.')[0]}.{digest('May I?', 'something harmless')}"
        await table.click(APPROVE)
        assert await asked is False
        await table.shows(approvals.CHANGED)


async def test_a_second_press_changes_nothing() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask())
        first = await table.click(DENY)
        await table.slack.deliveries.send("interactive", {**first.body, "trigger_id": "2.2.2"})
        await table.kept.carry_out(table.follow_ups)
        await wait_for(lambda: table.whispers)
        assert table.whispers == [approvals.ALREADY]
        assert await asked is False
        await table.shows(approvals.DENIED)


async def test_a_press_that_slack_tells_of_twice_is_one() -> None:
    async with desk() as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask())
        first = await table.click(DENY)
        await table.slack.deliveries.send("interactive", first.body)
        await table.kept.carry_out(table.follow_ups)
        assert await asked is False
        assert table.whispers == []


async def test_a_late_press_says_that_it_is_closed() -> None:
    async with desk(is_whispered=True, timeout_s=0.05) as table:
        assert await table.ask() is False
        await table.click(APPROVE)
        await table.shows(approvals.LATE)


async def test_an_outage_is_told_to_the_presser() -> None:
    async with desk(is_away=True) as table, asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(table.ask())
        await table.click(APPROVE)
        await wait_for(lambda: table.whispers)
        assert table.whispers == [StateError.user_message]
        assert await asked is False
