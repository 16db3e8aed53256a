"""A summary that would be dear: what it costs is said first, and only its asker decides."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap import model_side
from bot.glm.offline.reply import Reply
from bot.playground.workspace.records import Message
from bot.slack.dialogs import approval_question
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.documents.test_pictures import upload
from tests.e2e.documents.test_summarize import book, summary_of
from tests.e2e.tools.test_approvals import question, questions
from tests.stage import Stage, stage

PAGES = 60


@dataclass
class Asked:
    on: Stage
    shared: Message
    asking: Message

    async def press(self, button: str, who: str = "Ana") -> None:
        await self.on.slack.people.click(who, self.asking, button)
        await self.on.carried_out()

    def told(self, who: str) -> list[str]:
        """What this person alone is told."""
        user = self.on.slack.workspace.user(who).id
        return [visible_text(one) for one in bot_messages(self.on.slack) if one.ephemeral_to == user]

    def answers(self) -> list[str]:
        said = bot_messages(self.on.slack, self.shared.channel, self.shared.ts)
        texts = [visible_text(one) for one in said if one.ts != self.asking.ts and not one.ephemeral_to]
        return [text for text in texts if not text.startswith(f"<@{self.on.slack.workspace.user('Ana').id}>")]

    async def answer(self) -> str:
        await wait_for(self.answers, what="an answer")
        await self.on.settled()
        (answer,) = self.answers()
        return answer


@asynccontextmanager
async def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    """Ana has ordered the summary of a book in a channel, where Ben sees what she is asked."""
    monkeypatch.setattr(model_side, "COST_TO_ASK", {"CNY": 0.001, "USD": 0.001})
    notes = [Reply(text="Notes: it costs much [book.docx p. 1].")]
    async with stage(tmp_path, lambda body: summary_of(body, notes)) as on:
        shared = on.slack.people.post("Ben", "#general", files=[upload(on, "book.docx", book(PAGES, 700))])
        await on.slack.people.message_shortcut("Ana", shared, "summarise_message")
        await on.carried_out()
        yield Asked(on, shared, await question(on, shared))


async def test_what_it_would_cost_is_said_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(tmp_path, monkeypatch) as order:
        shown = visible_text(order.asking)
        assert re.search(rf"This is {PAGES} pages, about [¥$]\d+\.\d\d\. Go on\?", shown), shown
        assert not order.on.model.requests
        await order.press(approval_question.APPROVE)
        assert "All in all it costs 1,111 euros [" in await order.answer()
        assert len(order.on.model.requests) > 3
        assert not questions(order.on, order.shared), "its buttons are gone"


async def test_no_means_that_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asked(tmp_path, monkeypatch) as order:
        await order.press(approval_question.DENY)
        assert "All right, I won't read it." in await order.answer()
        assert not order.on.model.requests
        assert not questions(order.on, order.shared)


async def test_another_person_s_click_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asked(tmp_path, monkeypatch) as order:
        for button in (approval_question.APPROVE, approval_question.DENY):
            await order.press(button, "Ben")
        await wait_for(lambda: len(order.told("Ben")) == 2, what="Ben is told")
        assert questions(order.on, order.shared), "it still waits"
        assert not order.answers()
        assert not order.on.model.requests
        await order.press(approval_question.APPROVE)
        assert "All in all it costs" in await order.answer()


async def test_a_button_pressed_twice_is_pressed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asked(tmp_path, monkeypatch) as order:
        async with asyncio.TaskGroup() as group:
            for button in (approval_question.APPROVE, approval_question.APPROVE, approval_question.DENY):
                group.create_task(order.press(button))
        answer = await order.answer()
        texts = [str(request.body) for request in order.on.model.requests]
        assert ("All in all it costs" in answer) == bool(texts)
        parts = [text for text in texts if "Take notes on this part" in text]
        assert len(parts) == len(set(parts)), "no part is read twice"
        await wait_for(lambda: order.told("Ana").count("That's decided already.") == 2, what="the others are told so")
