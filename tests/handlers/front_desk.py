"""The handlers of summaries on real wires, from Slack's request to the order in the inbox; nobody answers there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import fakeredis
from aiohttp import web

from bot.core.accounts.forget_person import Accounts
from bot.core.intake.edits import MessageEdits
from bot.core.intake.gate import Gate
from bot.core.intake.receive import Receiver
from bot.core.people.access import AccessRules
from bot.core.people.preferences import Choice
from bot.core.thread.inbound import Inbound, ThreadId
from bot.playground.api.views import open_stack
from bot.playground.server import LocalSlack
from bot.playground.workspace.payloads import file_json
from bot.playground.workspace.records import Json, Message, StoredFile, View
from bot.slack.app import build_app, who_am_i
from bot.slack.dialogs.refusals import SlackRefusals
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.read.summaries.target import Finder
from bot.slack.receiver import MOST_BYTES, PATH, slack_routes
from bot.slack.reply.suggested_prompts import SuggestedPrompts
from bot.store.encryption import Seal
from bot.store.follow_ups import FollowUpMarks
from bot.store.keys import Keys
from bot.store.money.spending import Bookkeeping, Spending
from bot.store.people.access import AccessStore
from bot.store.people.contexts import ViewContexts
from bot.store.people.homes import HomeMarks
from bot.store.people.preferences import PreferenceStore
from bot.store.signals import Signals
from bot.store.threads.approvals import Approvals
from bot.store.threads.forgetting import Forgetting
from bot.store.threads.retention import Retention
from bot.store.threads.signs import WaitingSigns
from bot.store.threads.threads import Threads
from bot.store.threads.titles import TitleMarks
from handlers import AgentView, Dependencies, FollowUps, HomeParts, register
from tests.checks import bot_messages, visible_text
from tests.core.fakes import FakeJobs
from tests.handlers.following import ONE_MODEL, Kept, everybody, following, nothing
from tests.slack.serving import running_slack, serving

WORDS = "word " * 80


@dataclass
class FrontDesk:
    slack: LocalSlack
    threads: Threads
    jobs: FakeJobs
    kept: Kept
    follow_ups: FollowUps

    async def carry_out(self) -> None:
        """What is left to do after the acknowledgements."""
        await self.kept.carry_out(self.follow_ups)

    # -- what people do

    async def command(self, text: str = "", channel: str = "#general", user: str = "Ana") -> str:
        """What the person alone is told."""
        before = {message.ts for message in bot_messages(self.slack)}
        delivery = await self.slack.people.slash_command(user, channel, "/summarize", text)
        assert delivery.is_acknowledged, delivery
        await self.carry_out()
        told = [message for message in bot_messages(self.slack) if message.ts not in before and message.ephemeral_to]
        assert all(message.ephemeral_to == self.id(user) for message in told)
        return "\n".join(visible_text(message) for message in told)

    def view(self, user: str = "Ana") -> View:
        return open_stack(self.slack, self.id(user))[-1]

    async def submit(self, user: str = "Ana", **values: Json) -> Json:
        """What the app answers to the dialogue: empty closes it. Then it does what is left to do."""
        filled = {block: {"value": value} for block, value in values.items()}
        delivery = await self.slack.people.submit_view(user, self.view(user), filled)
        assert delivery.is_acknowledged, delivery
        await self.carry_out()
        return dict(delivery.answer)

    def share(self, name: str = "report.pdf", channel: str = "#general", text: str = "", **more: Any) -> Message:
        file = self.slack.people.upload(more.pop("user", "Ana"), name, more.pop("data", b"%PDF-1.4"))
        return self.slack.people.post("Ana", channel, text, files=[file], **more)

    def uploaded(self, *names: str) -> Json:
        files = [self.slack.people.upload("Ana", name, b"%PDF-1.4") for name in names]
        return {"type": "file_input", "files": [file_json(self.slack.workspace, file, full=True) for file in files]}

    # -- what is there

    def id(self, user: str) -> str:
        return self.slack.workspace.user(user).id

    def link(self, message: Message) -> str:
        address = f"https://acme.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
        reply = f"?thread_ts={message.thread_ts}&amp;cid={message.channel}" if message.is_reply else ""
        return f"<{address}{reply}>"

    def file(self, message: Message) -> StoredFile:
        return self.slack.workspace.files[message.files[0]]

    def public(self, channel: str) -> list[Message]:
        return [message for message in bot_messages(self.slack, channel) if not message.ephemeral_to]

    async def orders(self) -> list[Inbound]:
        """All that waits, oldest first."""
        threads = [
            ThreadId.parse(str(thread)) for thread in dict.fromkeys(str(thread) for thread, _ in self.jobs.added)
        ]
        return [message for thread in threads for message in await self.threads.waiting(thread)]

    async def order(self) -> Inbound:
        (message,) = await self.orders()
        return message

    def dm(self, user: str = "Ana") -> str:
        return self.slack.workspace.dm(user).id


@asynccontextmanager
async def front_desk() -> AsyncIterator[FrontDesk]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, writer):
        redis = fakeredis.FakeAsyncRedis()
        threads, jobs = Threads(redis, Keys(), Seal(None)), FakeJobs()
        identity = await who_am_i(reader)
        history = History(reader, identity.bot_user_id)
        message_edits = MessageEdits(threads, jobs, Signals(redis, Keys()))
        gateway = Gateway(writer, None, identity.team)
        kept = Kept()
        follow_ups, replies = following(kept, gateway, history, writer)
        approvals = Approvals(redis, Keys())
        receiver = Receiver(threads, jobs)
        marks = FollowUpMarks(redis, Keys())
        forgetting = Forgetting(redis, Keys(), Seal())
        deps = Dependencies(
            receiver,
            message_edits,
            gateway,
            history,
            threads,
            PreferenceStore(redis, Keys(), Choice()),
            approvals,
            follow_ups,
            replies,
            marks,
            AccessStore(redis, Keys()),
            everybody,
            Retention(redis, Keys(), Seal(), 30),
            Accounts(forgetting, threads, message_edits),
            nothing,
            forgetting,
            WaitingSigns(redis, Keys()),
            ONE_MODEL,
        )
        app = build_app(reader, identity, slack.signing_secret)
        finder = Finder(reader, identity.bot_user_id, identity.name)
        prompts = SuggestedPrompts(gateway, history, ViewContexts(redis, Keys()))
        spending = Spending(redis, Keys(), Bookkeeping())
        access, rules = AccessStore(redis, Keys()), AccessRules()
        gate = Gate(rules, history, access, SlackRefusals(gateway))
        home = HomeParts(HomeMarks(redis, Keys()), gate, spending, rules)
        register(app, deps, finder, AgentView(prompts, TitleMarks(redis, Keys(), 60)), home)
        http = web.Application(client_max_size=MOST_BYTES)
        http.add_routes(slack_routes(app, slack.signing_secret))
        async with serving(http) as origin:
            slack.request_url = origin + PATH
            yield FrontDesk(slack, threads, jobs, kept, follow_ups)
        await redis.aclose()
