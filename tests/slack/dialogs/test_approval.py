"""A question with Approve and Deny on the local Slack: shown to the asker or in the thread, waited for, withdrawn."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.core.agent.approvals import ApprovalSubject, PendingQuestion
from bot.core.agent.approved_calls import ApprovedCall
from bot.core.agent.ports import Argument, Detail
from bot.errors import StateError
from bot.playground.workspace.records import Message
from bot.slack.dialogs.approval import SlackAsking
from bot.slack.dialogs.approval_question import APPROVE, DENY, SHOW, QuestionContent, read_value
from bot.slack.read.history import NOTE
from bot.tools.web.addresses import OPEN
from bot.words import say
from tests.checks import calls_of, wait_for
from tests.slack.desk import SlackDesk, at_desk


@dataclass
class Table:
    """The questions of one process: decided by the test."""

    verdicts: dict[str, bool | None] = field(default_factory=dict)
    askers: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    standing: dict[tuple[ApprovalSubject, str], PendingQuestion] = field(default_factory=dict)
    is_away: bool = False
    waiting: int = 0
    gate: asyncio.Event | None = None
    noting: int = 0

    async def open(self, question: str, subject: ApprovalSubject, about: QuestionContent) -> PendingQuestion | None:
        if self.is_away:
            raise StateError("away")
        if standing := self.standing.get((subject, about.digest)):
            return standing
        self.verdicts[question] = None
        self.askers[question] = subject.asker
        self.standing[subject, about.digest] = PendingQuestion(question)
        return None

    async def shown_at(self, question: str, subject: ApprovalSubject, about: QuestionContent, ts: str) -> str:
        self.noting += 1
        if self.gate is not None:
            await self.gate.wait()
        known = self.standing[subject, about.digest].ts
        self.standing[subject, about.digest] = PendingQuestion(question, known or ts)
        return known or ts

    async def wait(self, question: str, timeout_s: float) -> bool | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        self.waiting += 1
        while self.verdicts[question] is None and loop.time() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return self.verdicts[question]

    async def close(self, question: str) -> bool | None:
        self.closed.append(question)
        return self.verdicts[question]


@dataclass
class Desk(SlackDesk):
    table: Table = field(default_factory=Table)

    async def ask(self, detail: Detail = "go", *, is_whispered: bool = False, **more: Any) -> bool:
        language = more.pop("language", "en")
        user = more.pop("user", self.question.user)
        asking = SlackAsking(self.gateway, self.table, is_whispered=is_whispered, **more)
        return await asking.for_turn(self.thread, user, language)("use “go” of “files”", detail)

    async def decide(self, verdict: bool) -> Message:
        await wait_for(lambda: self.messages)
        (shown,) = self.messages
        self.table.verdicts[read_value(shown.blocks[-1]["elements"][0]["value"])[0]] = verdict
        return shown


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_desk(Desk) as desk:
        yield desk


@pytest.mark.parametrize("verdict", [True, False])
@pytest.mark.parametrize("is_whispered", [True, False])
async def test_it_is_asked_once_and_the_answer_handed_on(desk: Desk, verdict: bool, is_whispered: bool) -> None:
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(desk.ask(is_whispered=is_whispered))
        shown = await desk.decide(verdict)
    assert asked.result() is verdict
    assert (shown.ephemeral_to == desk.question.user) is is_whispered
    assert list(desk.table.askers.values()) == [desk.question.user]
    assert desk.table.closed == []
    question, detail, actions = shown.blocks
    assert question["text"]["text"] == "May I use “go” of “files”?"
    assert detail["text"]["text"] == "go"
    buttons = [(one["type"], one["action_id"], one["text"]["text"]) for one in actions["elements"]]
    assert buttons == [("button", APPROVE, "Approve"), ("button", DENY, "Deny")]
    if not is_whispered:
        assert shown.metadata is not None
        assert shown.metadata["event_type"] == NOTE, "so that it is never taken for a part of an answer"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "May I open this page? Nobody here has mentioned it."),
        ("zh", "我可以打开这个网页吗？这里没有人提到过它。"),
    ],
)
async def test_what_nobody_has_mentioned_is_asked_about_as_a_colleague_would(
    desk: Desk, language: str, words: str
) -> None:
    asking = SlackAsking(desk.gateway, desk.table, is_whispered=False)
    approve = asking.for_turn(desk.thread, str(desk.question.user), language)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(approve(say(OPEN, language), "https://example.com"))
        shown = await desk.decide(True)
    assert shown.blocks[0]["text"]["text"] == words


async def test_nothing_in_the_detail_is_markup_and_it_has_a_length(desk: Desk) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.ask("<!channel> *bold* :tada: " + "x" * 9_000))
        shown = await desk.decide(True)
    text = shown.blocks[1]["text"]
    assert (text["type"], text["emoji"]) == ("plain_text", False)
    assert len(text["text"]) == 2_900
    assert text["text"].endswith("… (9,025 characters)")
    assert "<!channel>" not in shown.text


async def test_a_long_value_hides_no_other_and_each_is_clipped_by_itself(desk: Desk) -> None:
    given = (Argument("body", "x" * 9_000), Argument("to", "attacker@evil"))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.ask(given))
        shown = await desk.decide(False)
    body, to = [[field["text"] for field in block["fields"]] for block in shown.blocks[1:3]]
    assert body[0] == "body"
    assert body[1].endswith("x… (9,000 characters)")
    assert len(body[1]) <= 300
    assert to == ["to", "attacker@evil"]
    assert [one["action_id"] for one in shown.blocks[-1]["elements"]] == [APPROVE, DENY, SHOW]


async def test_when_nobody_answers_it_is_a_no_and_the_buttons_go(desk: Desk) -> None:
    assert await desk.ask(timeout_s=0.05) is False
    (shown,) = desk.messages
    assert [block["type"] for block in shown.blocks] == ["section", "section"]
    assert "Nobody answered in time" in shown.blocks[1]["text"]["text"]
    assert len(desk.table.closed) == 1, "a late press decides nothing"


async def test_a_refused_whisper_becomes_a_message_in_the_thread(desk: Desk) -> None:
    async with asyncio.TaskGroup() as tasks:
        # Somebody who is not in the channel cannot be whispered to there.
        asked = tasks.create_task(desk.ask(is_whispered=True, user="U0STRANGER"))
        shown = await desk.decide(True)
    assert asked.result()
    assert shown.ephemeral_to is None


async def test_a_question_that_cannot_be_shown_or_kept_is_a_no(desk: Desk) -> None:
    desk.slack.workspace.channels[desk.question.channel].is_archived = True
    assert await desk.ask() is False
    assert len(desk.table.closed) == 1
    desk.table.is_away = True
    assert await desk.ask() is False
    assert desk.messages == []


async def test_a_turn_that_is_stopped_while_its_question_is_being_posted_takes_it_away(desk: Desk) -> None:
    desk.slack.faults.add("chat.postMessage", delay_s=0.2, is_after=True)
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(desk.ask())
        await wait_for(lambda: desk.messages)
        asking.cancel()
    assert len(desk.table.closed) == 1, "a late press decides nothing"
    assert desk.messages == []


async def test_a_turn_that_is_stopped_while_it_asks_takes_the_question_away(desk: Desk) -> None:
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(desk.ask())
        await wait_for(lambda: desk.table.waiting)
        asking.cancel()
    assert len(desk.table.closed) == 1, "a late press decides nothing"
    assert desk.messages == []


# -- when another worker takes the turn over ---------------------------------------------------------------------------


async def handed_over(desk: Desk, **more: Any) -> None:
    """Asked by an attempt that is cancelled, and not because its turn is over."""
    asking = SlackAsking(desk.gateway, desk.table, is_whispered=False, **more)
    approve = asking.for_turn(desk.thread, str(desk.question.user), "en", lambda: False)
    async with asyncio.TaskGroup() as tasks:
        attempt = tasks.create_task(approve("use “go” of “files”", "go"))
        await wait_for(lambda: desk.table.waiting)
        attempt.cancel()


async def test_a_question_stands_when_its_turn_is_handed_over_and_is_not_asked_twice(desk: Desk) -> None:
    await handed_over(desk)
    assert desk.table.closed == []
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(desk.ask())
        await wait_for(lambda: desk.table.waiting == 2)
        await desk.decide(True)
    assert asked.result() is True
    assert len(desk.messages) == 1
    assert len(desk.table.askers) == 1


async def test_what_was_decided_meanwhile_counts_and_is_shown_to_nobody_again(desk: Desk) -> None:
    await handed_over(desk)
    ((key, standing),) = desk.table.standing.items()
    desk.table.verdicts[standing.question] = False
    desk.table.standing[key] = replace(standing, ts="", is_decided=True)
    assert await desk.ask() is False
    assert len(desk.messages) == 1


async def test_one_that_may_never_have_been_shown_is_shown_by_the_next(desk: Desk) -> None:
    await handed_over(desk)
    ((key, standing),) = desk.table.standing.items()
    desk.table.standing[key] = replace(standing, ts="")
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(desk.ask())
        await wait_for(lambda: len(desk.messages) == 2)
        desk.table.verdicts[standing.question] = True
    assert asked.result() is True


async def test_one_that_was_shown_and_not_noted_is_found_and_not_shown_again(desk: Desk) -> None:
    await handed_over(desk, people=desk.history)
    ((key, standing),) = desk.table.standing.items()
    desk.table.standing[key] = replace(standing, ts="")
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(desk.ask(people=desk.history))
        await wait_for(lambda: desk.table.waiting == 2)
        desk.table.verdicts[standing.question] = True
    assert asked.result() is True
    assert len(desk.messages) == 1


async def test_a_worker_that_ends_while_the_question_is_noted_has_it_noted(desk: Desk) -> None:
    """In a channel nobody finds the private message again."""
    desk.table.gate = asyncio.Event()
    asking = SlackAsking(desk.gateway, desk.table, is_whispered=True, people=desk.history)
    approve = asking.for_turn(desk.thread, str(desk.question.user), "en", lambda: False)
    async with asyncio.TaskGroup() as tasks:
        attempt = tasks.create_task(approve("use “go” of “files”", "go"))
        await wait_for(lambda: desk.table.noting)
        attempt.cancel()
        await asyncio.sleep(0)
        desk.table.gate.set()
    (standing,) = desk.table.standing.values()
    assert standing.ts == next(message.ts for message in desk.messages if not message.ephemeral_to)


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_the_question_of_a_worker_that_slept_in_its_call_goes_again(desk: Desk, is_cancelled: bool) -> None:
    """Another worker has found nothing, and shown it meanwhile."""
    woken = asyncio.Event()
    held = desk.slack.faults.add("chat.postMessage", gate=woken)
    sleeping = SlackAsking(desk.gateway, desk.table, is_whispered=False, people=desk.history)
    approve = sleeping.for_turn(desk.thread, str(desk.question.user), "en", lambda: False)
    async with asyncio.TaskGroup() as tasks:
        asleep = tasks.create_task(approve("use “go” of “files”", "go"))
        await wait_for(lambda: held.hits)
        asked = tasks.create_task(desk.ask(people=desk.history))
        await wait_for(lambda: any(standing.ts for standing in desk.table.standing.values()))
        if is_cancelled:
            asleep.cancel()
        woken.set()
        await wait_for(lambda: calls_of(desk.slack, "chat.delete"))
        await wait_for(lambda: len(desk.messages) == 1)
        (standing,) = desk.table.standing.values()
        desk.table.verdicts[standing.question] = True
    assert asked.result() is True
    assert [message.ts for message in desk.messages] == [standing.ts]


async def test_the_same_asked_a_second_time_in_a_turn_is_a_question_of_its_own(desk: Desk) -> None:
    asking = SlackAsking(desk.gateway, desk.table, is_whispered=False)
    approve = asking.for_turn(desk.thread, str(desk.question.user), "en")
    for number in (1, 2):
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(approve("use “go” of “files”", "go"))
            await wait_for(lambda: len(desk.messages) == len(desk.table.verdicts) == number)  # noqa: B023  # it ends here
            desk.table.verdicts[list(desk.table.verdicts)[-1]] = True
        assert asked.result() is True
    assert len(desk.table.askers) == 2


async def test_of_what_nobody_knows_the_person_is_told_what_it_was(desk: Desk) -> None:
    asking = SlackAsking(desk.gateway, desk.table, is_whispered=True)
    await asking.tell_unsure(desk.thread, ApprovedCall("use “go” of “files”", (Argument("to", "bob"),)), "en")
    await asking.tell_unsure(desk.thread, ApprovedCall("", ""), "zh")
    known, unknown = desk.messages
    assert "You approved that I use “go” of “files”, and I was interrupted" in str(known.blocks)
    assert "bob" in str(known.blocks)
    assert "为你做一件事" in str(unknown.blocks)
    assert known.metadata is not None
    assert known.metadata["event_type"] == NOTE
