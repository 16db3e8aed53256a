"""A turn under way: what it was given, and the answer as far as it has come."""

import time
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.core.agent.artifacts import Album
from bot.core.agent.loop import Outcome
from bot.core.agent.toolbox import Toolbox
from bot.core.audit import Audited, note
from bot.core.chosen_model import chosen_model
from bot.core.conversation import Conversation, Turn, WebPage
from bot.core.events import Waiting
from bot.core.inbound import Inbound
from bot.core.lease import Lease
from bot.core.money.amounts import MILLION
from bot.core.money.payer import Bill
from bot.core.ports import Doing, Person, Reply
from bot.core.prompt.question import Question
from bot.core.prompt.request import Request
from bot.core.summaries.summaries import Order as Summary
from bot.core.turn.output import TextFilters
from bot.words import say, text

WRITING_PAGE = text("Writing the page")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be answered together, what was said before, the right to write, the screen. `asker` is who asked last:
    in their name the turn reads and pays, in their language it speaks.
    """

    waiting: tuple[Inbound, ...]
    conversation: Conversation
    lease: Lease
    reply: Reply
    asker: Person

    @property
    def last(self) -> Inbound:
        """The newest of the messages: who said it is the asker."""
        return self.waiting[-1]

    @property
    def language(self) -> str:
        return self.asker.language

    @property
    def redo(self) -> bool:
        return bool(self.waiting) and self.waiting[0].redo != ""

    @property
    def is_edited(self) -> bool:
        """The question reads otherwise than when it was answered."""
        return bool(self.waiting) and self.waiting[0].redo == "edited"


@dataclass(slots=True)
class Run:
    """One answer being written. `waiting`: for the model to take the question, which it does not yet."""

    question: Question
    outcome: Outcome = field(default_factory=Outcome)
    filters: TextFilters = field(default_factory=TextFilters)
    album: Album | None = None
    toolbox: Toolbox | None = None
    request: Request | None = None
    page: WebPage | None = None
    summary: Summary | None = None
    page_state: str = ""
    waiting: Waiting | None = None
    is_order: bool = False
    bill: Bill | None = None

    def turn(self, answer: str) -> Turn:
        outcome = self.outcome
        return replace(
            self.question.turn,
            answer=answer,
            reasoning="".join(outcome.reasoning),
            thought_s=round(outcome.thought_s, 1),
            spent=outcome.spent,
            made=self.album.made if self.album else (),
            page=self.page,
            answered_at=round(time.time(), 1),
            is_tainted=self.toolbox is not None and self.toolbox.has_read_foreign,
        )

    def has_looked(self, label: str) -> bool:
        """Whether a tool has shown the model this page."""
        return self.toolbox is not None and self.toolbox.has_looked(label)

    def audit(self, task: Task, outcome: str, error_type: str = "") -> None:
        """What came of it, for the audit log."""
        last, spent = task.last, self.outcome.spent
        # The bill knows of every request, and the catalog's price where the provider states none.
        cost = self.bill.cost / MILLION if self.bill and self.bill.cost else spent.cost
        note(
            Audited(
                "answer",
                last.team,
                last.channel,
                last.user,
                model=spent.model or chosen_model(),
                outcome=outcome,
                error_type=error_type,
                latency_s=round(max(0.0, time.time() - float(last.ts)), 3),
                tokens_in=spent.prompt_tokens,
                tokens_out=spent.completion_tokens,
                cost=round(cost, 6),
                tools=tuple(dict.fromkeys(self.toolbox.called)) if self.toolbox else (),
            )
        )

    def tell_of_page(self, task: Task) -> None:
        """A page takes minutes and shows nothing of itself: at least that it is being written."""
        state: Literal["", "in_progress", "complete"] = ""
        if self.filters.page.has_page:
            state = "complete" if self.filters.page.html else "in_progress"
        if state and state != self.page_state:
            task.reply.show_doing(Doing("page", say(WRITING_PAGE, task.language), state))
        self.page_state = state or self.page_state
