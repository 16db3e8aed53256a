"""The values of a turn, one for each phase: its Task, what is Prepared for the model, and its Answer."""

import time
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.core.agent.artifacts import Artifacts
from bot.core.agent.loop import Outcome
from bot.core.agent.setup import OpenTurn
from bot.core.agent.toolbox import Toolbox
from bot.core.audit import AuditEvent, note
from bot.core.model.events import Waiting
from bot.core.money.amounts import MILLION
from bot.core.money.payer import Bill
from bot.core.people.preferences import Choice
from bot.core.ports import Person
from bot.core.prompt.question import Question
from bot.core.prompt.request import Request
from bot.core.reply import Reply, TurnStep
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import Lease
from bot.core.thread.turn import Turn, WebPage
from bot.core.turn.output import TextFilters
from bot.words import say, text

WRITING_PAGE = text("Writing the page")


@dataclass(frozen=True, slots=True)
class Task:
    """The messages that a turn answers together, the conversation before them, the lease and the reply.

    `asker` is who asked last. The turn reads files and pays in their name, and speaks their language.
    """

    waiting: tuple[Inbound, ...]
    conversation: Conversation
    lease: Lease
    reply: Reply
    asker: Person

    @property
    def last(self) -> Inbound:
        """The newest message. Its author is the asker."""
        return self.waiting[-1]

    @property
    def language(self) -> str:
        return self.asker.language

    @property
    def open_turn(self) -> OpenTurn:
        """The turn as tools see it, which may ask the asker something or need their approval."""
        return OpenTurn(self.last, self.asker, self.reply, self.lease)

    @property
    def redo(self) -> bool:
        return bool(self.waiting) and self.waiting[0].redo != ""

    @property
    def is_edited(self) -> bool:
        """The question was edited after it was answered."""
        return bool(self.waiting) and self.waiting[0].redo == "edited"

    @property
    def answered_before(self) -> Turn | None:
        """The turn whose answer is regenerated, or None."""
        return self.conversation.turn_of(self.waiting[0].ts) if self.redo else None

    @property
    def before(self) -> Conversation:
        """The conversation before the question."""
        old_turn = self.answered_before
        return self.conversation.before(old_turn) if old_turn else self.conversation


@dataclass(frozen=True, slots=True)
class Prepared:
    """The request to the model and the tools for it. In `turn` notes take the place of text that is too long."""

    turn: Turn
    toolbox: Toolbox
    request: Request


@dataclass(slots=True)
class Answer:
    """An answer that is being written. When an error ends it early, the text so far is shown and kept.

    `model` is the name of the model that was chosen, or "" for the configured one. `prepared` is None until the request
    is built. `queued` is set while the model has not taken the question yet. `is_order`: the message was a button's
    order, which needs no model.
    """

    task: Task
    question: Question
    choice: Choice
    bill: Bill
    model: str
    artifacts: Artifacts
    outcome: Outcome = field(default_factory=Outcome)
    filters: TextFilters = field(default_factory=TextFilters)
    prepared: Prepared | None = None
    page: WebPage | None = None
    page_state: str = ""
    queued: Waiting | None = None
    is_order: bool = False

    @property
    def text(self) -> str:
        """The text that the person sees."""
        return self.filters.text

    @property
    def has_begun(self) -> bool:
        return bool(self.text.strip())

    def turn(self, answer: str, failure: str = "") -> Turn:
        """Return the turn as the thread keeps it, with this text as its answer."""
        outcome = self.outcome
        return replace(
            self.question.turn,
            answer=answer,
            failure=failure,
            reasoning="".join(outcome.reasoning),
            thought_s=round(outcome.thought_s, 1),
            spent=outcome.spent,
            made=self.artifacts.made,
            page=self.page,
            answered_at=round(time.time(), 1),
            is_tainted=self.prepared is not None and self.prepared.toolbox.has_read_foreign,
        )

    def audit(self, outcome: str, error_type: str = "") -> None:
        """Write the outcome of the answer to the audit log."""
        last, spent = self.task.last, self.outcome.spent
        # The bill counts every request, and uses the catalog's price where the provider states none.
        cost = self.bill.cost / MILLION if self.bill.cost else spent.cost
        note(
            AuditEvent(
                "answer",
                last.team,
                last.channel,
                last.user,
                model=spent.model or self.model,
                outcome=outcome,
                error_type=error_type,
                latency_s=round(max(0.0, time.time() - float(last.ts)), 3),
                tokens_in=spent.prompt_tokens,
                tokens_out=spent.completion_tokens,
                cost=round(cost, 6),
                tools=tuple(dict.fromkeys(self.prepared.toolbox.called)) if self.prepared else (),
            )
        )

    def show_page_step(self) -> None:
        """Show that a web page is being written. It takes minutes, and its text is not shown."""
        state: Literal["", "in_progress", "complete"] = ""
        if self.filters.page.has_page:
            state = "complete" if self.filters.page.html else "in_progress"
        if state and state != self.page_state:
            self.task.reply.show_step(TurnStep("page", say(WRITING_PAGE, self.task.language), state))
        self.page_state = state or self.page_state
