"""ApprovalQuestion is a question with Approve and Deny as it is shown: its words, its content and its buttons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.agent.approvals import ApprovalSubject
from bot.core.agent.ports import Detail
from bot.core.thread.inbound import ThreadId
from bot.slack.blocks import Blocks, escape, fallback
from bot.slack.dialogs.approval_text import blocks, digest, is_whole, plain, section
from bot.slack.outbound import Mentioning
from bot.words import say, text

APPROVE, DENY, SHOW = "approve_call", "deny_call", "show_call"
APPROVE_LABEL = text("Approve")
DENY_LABEL = text("Deny")
SHOW_LABEL = text("Show all")


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """What a question is about. The buttons carry the `digest` too, so that a press counts for this content only."""

    digest: str
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ApprovalQuestion:
    """A question to `user`. `named` are the words after their name, empty if they are not mentioned. `number` is 2 if
    the turn asks the same a second time. `is_over` says, when the turn is cancelled, whether it has ended for good.
    """

    thread: ThreadId
    user: str
    words: str
    detail: Detail
    language: str
    named: str = ""
    number: int = 1
    is_over: Callable[[], bool] = lambda: True

    @property
    def subject(self) -> ApprovalSubject:
        return ApprovalSubject(self.thread, self.user, self.number)

    @property
    def about(self) -> QuestionContent:
        return QuestionContent(digest(self.words, self.detail), plain(self.words, self.detail))

    @property
    def is_direct(self) -> bool:
        return self.thread.channel.startswith("D")

    @property
    def spoken(self) -> str:
        if not self.named:
            return fallback(escape(self.words))
        return Mentioning(fallback(f"<@{self.user}>{escape(self.named)}"), self.user)

    @property
    def head(self) -> dict[str, Any]:
        """The question as rich text, in whose texts nothing is markup
        (https://docs.slack.dev/reference/block-kit/blocks).
        """
        if not self.named:
            return section(self.words)
        who = {"type": "user", "user_id": Mentioning(self.user, self.user)}
        words = {"type": "text", "text": self.named}
        return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [who, words]}]}

    @property
    def blocks(self) -> Blocks:
        """The question without its buttons."""
        return [self.head, *blocks(self.detail, self.language)]

    def with_buttons(self, value: str) -> Blocks:
        if not self.named:
            return [section(self.words), *blocks(self.detail, self.language), _row(value, self.detail, self.language)]
        return [*self.blocks, _row(value, self.detail, self.language)]


def question_of(template: str, action: str, language: str) -> str:
    """The question about an action. A second line of the action is a sentence that follows the question."""
    first_line, _, note = action.partition("\n")
    question = say(template, language, action=first_line)
    return f"{question}{' ' if note.isascii() else ''}{note}" if note else question


def value_of(question: str, digest: str) -> str:
    """The value of a button."""
    return f"{question}.{digest}"


def read_value(value: str) -> tuple[str, str]:
    """The question's id and the digest of its content, from the value of a button."""
    question, _, digest = value.partition(".")
    return question, digest


def _row(value: str, detail: Detail, language: str) -> dict[str, Any]:
    buttons = [
        _button(APPROVE, say(APPROVE_LABEL, language), value, style="primary"),
        _button(DENY, say(DENY_LABEL, language), value, style="danger"),
    ]
    if not is_whole(detail):
        buttons.append(_button(SHOW, say(SHOW_LABEL, language), value))
    return {"type": "actions", "elements": buttons}


def _button(action: str, label: str, value: str, **more: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label},
        "value": value,
        **more,
    }
