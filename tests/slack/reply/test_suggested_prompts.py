"""Prompts that fit what was sent, and what a person looks at: offered, never taken."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from bot.core.prompt.view_context import ViewContext
from bot.core.thread.inbound import FileRef, Inbound
from bot.errors import StateError
from bot.playground.server import LocalSlack
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply import suggested_prompts as module
from bot.slack.reply.suggested_prompts import DOCUMENTS, GENERAL, PICTURES, SuggestedPrompts
from tests.checks import PATIENCE_S, calls_of
from tests.slack.serving import asked, running_slack
from tests.waiting import FOR_EVER_S

PICTURE, PDF = FileRef("F1", "a.png", "image/png"), FileRef("F2", "b.pdf", "application/pdf")
VIDEO = FileRef("F3", "c.mov", "video/quicktime")


@dataclass
class Views:
    kept: dict[str, ViewContext | None] = field(default_factory=dict)
    trouble: Exception | None = None
    hangs: bool = False

    async def note(self, team: str, user: str, looking: ViewContext | None) -> bool:
        if self.trouble:
            raise self.trouble
        if self.hangs:
            await asyncio.sleep(FOR_EVER_S)
        before, self.kept[user] = self.kept.get(user), looking
        return before != looking

    async def of(self, team: str, user: str) -> ViewContext | None:
        return self.kept.get(user)


@dataclass
class Desk:
    slack: LocalSlack
    prompts: SuggestedPrompts
    views: Views
    question: Inbound

    def shown(self, thread_ts: str = "") -> list[tuple[str, str]]:
        """(title, message) of what is offered, on top of the messages or in a thread."""
        found = self.slack.workspace.prompts.get((self.question.channel, thread_ts))
        return [(one["title"], one["message"]) for one in found["prompts"]] if found else []

    @property
    def in_thread(self) -> list[tuple[str, str]]:
        return self.shown(self.question.ts)

    def room(self, name: str) -> str:
        return self.slack.workspace.channel(name).id

    async def looks_at(self, looking: ViewContext | None) -> None:
        await self.prompts.looks_at(self.question.team, self.question.user, self.question.channel, looking)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_slack() as (slack, reader, writer):
        views = Views()
        prompts = SuggestedPrompts(Gateway(writer), History(reader, slack.workspace.bot.id), views)
        yield Desk(slack, prompts, views, asked(slack, slack.people.post("Ana", "@glm", "")))


@pytest.mark.parametrize(
    ("files", "fitting"),
    [
        ((PICTURE,), PICTURES),
        ((PDF,), DOCUMENTS),
        ((PDF, PICTURE), (DOCUMENTS[0], PICTURES[0], DOCUMENTS[1], PICTURES[1])),
        ((VIDEO,), ()),
        ((), ()),
    ],
    ids=["picture", "document", "both", "neither", "nothing"],
)
async def test_files_without_a_word_bring_prompts_that_fit(
    desk: Desk, files: tuple[FileRef, ...], fitting: tuple[tuple[str, str], ...]
) -> None:
    await desk.prompts.after_files(replace(desk.question, files=files))
    assert desk.in_thread == list(fitting)
    assert desk.shown() == [], "the files are in the thread, so what is to be done with them is offered there"


async def test_whoever_says_what_for_is_offered_nothing(desk: Desk) -> None:
    await desk.prompts.after_files(replace(desk.question, files=(PDF,), text="summarise it"))
    await desk.prompts.after_files(replace(desk.question, files=(PDF,), place="channel"))
    assert calls_of(desk.slack, "assistant.threads.setSuggestedPrompts") == []


async def test_prompts_speak_the_person_s_language(desk: Desk) -> None:
    desk.slack.workspace.user("Ana").locale = "zh-CN"
    await desk.prompts.after_files(replace(desk.question, files=(PDF,)))
    assert desk.in_thread[0] == ("总结一下", "请总结我刚发给你的内容。")


async def test_the_channel_a_person_looks_at_is_offered_by_its_name(desk: Desk) -> None:
    await desk.looks_at(ViewContext(desk.room("#general")))
    assert desk.shown() == [
        ("Summarise #general", "Summarise what was said in #general lately."),
        *GENERAL[:3],
    ]
    assert calls_of(desk.slack, "conversations.history") == []


async def test_the_message_a_person_looks_at_is_offered_by_its_link(desk: Desk) -> None:
    message = desk.slack.people.post("Ben", "#general", "the plan")
    await desk.looks_at(ViewContext(message.channel, message.ts))
    (title, words), *others = desk.shown()
    assert title == "Summarise the thread in #general"
    assert words.startswith("Summarise this thread: https://")
    assert f"/archives/{message.channel}/p{message.ts.replace('.', '')}" in words
    assert (others[0][0], len(others)) == ("Summarise #general", 3)


async def test_what_is_looked_at_still_or_no_longer_costs_no_call_more_than_needed(desk: Desk) -> None:
    look = ViewContext(desk.room("#general"))
    for seen in (look, look, None, None):
        await desk.looks_at(seen)
    assert len(calls_of(desk.slack, "assistant.threads.setSuggestedPrompts")) == 2
    assert desk.shown() == list(GENERAL)


async def test_a_channel_the_bot_is_not_in_is_not_offered(desk: Desk) -> None:
    room = desk.slack.workspace.channel("#general")
    room.members.remove(desk.slack.workspace.bot.id)
    await desk.looks_at(ViewContext(room.id))
    assert desk.shown() == list(GENERAL)


async def test_a_question_that_seems_to_mean_it_is_offered_to_say_so(desk: Desk) -> None:
    question = replace(desk.question, text="what happened in this channel?")
    await desk.prompts.about_view(question)
    assert desk.in_thread == [], "nothing is known of what they look at"
    await desk.prompts.note(question.team, question.user, ViewContext(desk.room("#general")))
    await desk.prompts.about_view(replace(question, text="what is a channel?"))
    await desk.prompts.about_view(replace(question, place="channel"))
    assert desk.in_thread == []
    await desk.prompts.about_view(question)
    assert desk.in_thread == [("Summarise #general", "Summarise what was said in #general lately.")]


@pytest.mark.parametrize("trouble", [StateError("away"), None], ids=["store", "slack"])
async def test_no_trouble_leaves_a_courtesy(desk: Desk, trouble: Exception | None) -> None:
    desk.views.trouble = trouble
    for method in ("assistant.threads.setSuggestedPrompts", "conversations.info"):
        desk.slack.faults.add(method, error="not_agent_app", times=9)
    await desk.looks_at(ViewContext(desk.room("#general")))
    await desk.prompts.after_files(replace(desk.question, files=(PDF,)))
    assert desk.slack.workspace.prompts == {}


async def test_a_store_that_hangs_holds_no_message_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NOTE_S", 0.01)
    desk.views.hangs = True
    async with asyncio.timeout(PATIENCE_S):
        await desk.prompts.note("T1", "U1", ViewContext("C1"))
