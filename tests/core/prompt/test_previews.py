"""What Slack shows under the links of a question counts, whether it comes a moment or a turn later."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.core.ports import SlackMessage
from bot.core.prompt import previews
from bot.core.prompt.previews import UNFURL_WAITS_S, late_previews, with_previews
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound
from bot.core.thread.turn import Turn, TurnMessage
from tests.core.fake_sources import FakeWorkspace
from tests.core.scene import Scene
from tests.core.values import ANA, file_ref, inbound

PAGE = "what is https://tracker.example/ENG-1 about?"
MESSAGE = "what is https://acme.slack.com/archives/C01/p1766458026240809 about?"
CARD = "Preview of https://tracker.example/ENG-1:\nLogin broken"
ASKED = TurnMessage("1.0", "Ana", PAGE, user=ANA)


@dataclass
class SlowWorkspace(FakeWorkspace):
    async def message(self, inbound: Inbound) -> SlackMessage | None:
        await asyncio.Event().wait()
        return None


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "UNFURL_WAITS_S", tuple(0.0 for _ in UNFURL_WAITS_S))


def slack_message(ts: str, quoted: str = CARD) -> SlackMessage:
    return SlackMessage(ts, ANA, PAGE, (file_ref("a.png"),), by_bot=False, quoted=quoted)


def workspace_with(*messages: SlackMessage) -> FakeWorkspace:
    return FakeWorkspace(messages={message.ts: message for message in messages})


def conversation_of(*asked: TurnMessage) -> Conversation:
    return Conversation((Turn("2026-11-23", asked, answer="Hello."),))


async def test_the_preview_of_a_page_is_added_and_of_the_others_nothing_is_asked() -> None:
    workspace = workspace_with(slack_message("2.0"))
    waiting = (inbound("1.0", text="hello"), inbound("2.0", "1.0", text=PAGE))
    hello, question = await with_previews(workspace, waiting)
    assert hello == waiting[0]
    assert (question.text, question.quoted, question.files) == (PAGE, CARD, (file_ref("a.png"),))
    assert workspace.looked_up == ["2.0"]


@pytest.mark.parametrize(("text", "tries"), [(PAGE, 1), (MESSAGE, len(UNFURL_WAITS_S)), ("hello", 0)])
async def test_a_linked_message_is_waited_for_longer_than_a_page(text: str, tries: int) -> None:
    workspace = workspace_with()
    question = inbound("1.0", text=text)
    assert await with_previews(workspace, [question]) == (question,)
    assert len(workspace.looked_up) == tries


@pytest.mark.parametrize("more", [{"quoted": CARD}, {"redo": "again"}, {"order": "undo"}], ids=str)
async def test_what_is_known_or_ordered_is_not_looked_up(more: dict[str, Any]) -> None:
    workspace = workspace_with(slack_message("1.0"))
    question = inbound("1.0", text=PAGE, **more)
    assert await with_previews(workspace, [question]) == (question,)
    assert workspace.looked_up == []


async def test_a_slow_slack_costs_the_previews_and_no_more_than_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "UNFURL_PATIENCE_S", 0.01)
    monkeypatch.setattr(previews, "LATE_PATIENCE_S", 0.01)
    question = inbound("2.0", "1.0", text=PAGE)
    assert await with_previews(SlowWorkspace(), [question]) == (question,)
    assert await late_previews(SlowWorkspace(), [question], conversation_of(ASKED)) == ()


async def test_a_late_preview_comes_alone_before_the_next_question_and_once() -> None:
    scene = Scene.of()
    scene.workspace.messages["1.0"] = slack_message("1.0")
    before = conversation_of(ASKED)
    second = (await scene.composed((inbound("2.0", "1.0"),), before)).turn
    assert [(said.ts, said.text, said.quoted, said.role, said.user) for said in second.said] == [
        ("1.0", "", CARD, "person", ANA),
        ("2.0", "hello", "", "question", ANA),
    ]
    assert second.pictures == ()
    third = (await scene.composed((inbound("3.0", "1.0"),), Conversation((*before.turns, second)))).turn
    assert [said.ts for said in third.said] == ["3.0"]


@pytest.mark.parametrize(
    "said",
    [
        replace(ASKED, text="hello"),
        replace(ASKED, quoted=CARD),
        replace(ASKED, role="person"),
        replace(ASKED, user=""),
        replace(ASKED, ts="8.0"),
    ],
    ids=["no link", "known", "no question", "of another place", "later"],
)
async def test_other_messages_are_not_looked_up_again(said: TurnMessage) -> None:
    workspace = workspace_with(slack_message(said.ts))
    assert await late_previews(workspace, [inbound("2.0", "1.0")], conversation_of(said)) == ()
    assert workspace.looked_up == []


async def test_nothing_is_told_of_a_message_that_is_gone_or_has_no_preview() -> None:
    asked = replace(ASKED, ts="1.5")
    workspace = workspace_with(slack_message("1.5", quoted=""))
    assert await late_previews(workspace, [inbound("2.0", "1.0")], conversation_of(ASKED, asked)) == ()
    assert workspace.looked_up == ["1.0", "1.5"]
