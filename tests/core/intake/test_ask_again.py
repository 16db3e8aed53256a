"""AskAgain asks a question once more, with its text from memory or from Slack."""

from dataclasses import dataclass, field, replace

import pytest

from bot.core.intake.ask_again import SLACKBOT, AskAgain
from bot.core.intake.edits import MessageEdits
from bot.core.ports import SlackMessage
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.turn import TurnMessage
from tests.core.fake_sources import FakeWorkspace
from tests.core.fakes import FakeJobs, FakeThreads
from tests.core.values import ANA, inbound, turn


@dataclass
class Inbox(FakeThreads):
    reopened: list[Inbound] = field(default_factory=list)

    async def reopen(self, message: Inbound) -> bool:
        self.reopened.append(message)
        return True


class Unheard:
    async def send(self, thread: ThreadId, signal: object) -> None:
        raise AssertionError("nobody is to be interrupted")


@dataclass
class Again:
    inbox: Inbox = field(default_factory=Inbox)
    slack: FakeWorkspace = field(default_factory=FakeWorkspace)

    @property
    def use(self) -> AskAgain:
        return AskAgain(self.inbox, self.slack, MessageEdits(self.inbox, FakeJobs(), Unheard()))  # type: ignore[arg-type]


PRESSED = inbound("1.000001", files_known=False, text="")
IN_SLACK = SlackMessage("1.000001", ANA, "how much?", (), by_bot=False)


async def test_an_answered_question_is_asked_from_memory() -> None:
    again = Again()
    answered = turn("Five.")
    said = replace(answered.said[0], ts=PRESSED.ts, text="how many?")
    again.inbox.conversation = Conversation((replace(answered, said=(said,)),))
    assert await again.use.redo(PRESSED, "think")
    (asked,) = again.inbox.reopened
    assert (asked.text, asked.redo, asked.files_known) == ("how many?", "think", True)
    assert again.slack.looked_up == []


async def test_a_failed_question_is_read_from_slack() -> None:
    again = Again()
    failed = turn("")
    said = replace(failed.said[0], ts=PRESSED.ts)
    again.inbox.conversation = Conversation((replace(failed, said=(said,), failure="Too busy."),))
    again.slack.messages[PRESSED.ts] = IN_SLACK
    assert await again.use.redo(PRESSED, "again")
    (asked,) = again.inbox.reopened
    assert (asked.text, asked.redo) == ("how much?", "edited")


@pytest.mark.parametrize("message", [None, replace(IN_SLACK, user=SLACKBOT)], ids=["gone", "deleted, with replies"])
async def test_a_deleted_question_is_not_asked(message: SlackMessage | None) -> None:
    again = Again()
    if message:
        again.slack.messages[PRESSED.ts] = message
    assert not await again.use.redo(PRESSED, "again")
    assert not await again.use.as_it_reads(PRESSED)
    assert again.inbox.reopened == []


async def test_what_was_to_be_forgotten_is_not_read_again() -> None:
    again = Again()
    again.inbox.conversation = Conversation(since_ts="2.000000")
    again.slack.messages[PRESSED.ts] = IN_SLACK
    assert not await again.use.redo(PRESSED, "again")
    assert again.slack.looked_up == []


async def test_only_the_last_answer_is_gone_on_with() -> None:
    again = Again()
    last = turn("Five.")
    again.inbox.conversation = Conversation((last,))
    assert not await again.use.go_on(PRESSED, "9.000009")
    assert await again.use.go_on(PRESSED, last.said[-1].ts)


async def test_a_late_preview_makes_an_answer_no_newer() -> None:
    again = Again()
    last = turn("Five.")
    late = TurnMessage("0.500000", "Ana", "", quoted="Preview", role="person")
    again.inbox.conversation = Conversation((replace(last, said=(late, *last.said)),))
    assert not await again.use.go_on(PRESSED, late.ts)
