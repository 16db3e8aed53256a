"""`step_after` decides what an error does to a turn, and nothing else does: the parts of a turn only raise."""

from dataclasses import dataclass, replace
from typing import Literal

from bot.core.reply import Footer
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import TurnTaken
from bot.core.thread.turn import Ended, Turn
from bot.core.turn.state import Answer
from bot.core.turn.telling import footer_of
from bot.errors import (
    BUSY_THROUGHOUT,
    GO_ON,
    AnswerCut,
    BotError,
    BudgetUsedUp,
    CostDeclined,
    ModelBusy,
    ModelTimeout,
    ModelUnreachable,
    SlackError,
    StateError,
)
from bot.words import text

STOPPED_SENTENCE = text("Stopped.")
# The limit exists because the question itself may be what crashes the worker.
MAX_ATTEMPTS = 3

# leave        the messages keep waiting for a later job
# hand_over    the messages keep waiting, and another worker may begin at once
# begin_again  the question has changed, and is answered as it reads now
# close        the turn ends without a word, because Slack shows nothing there any more
# end_early    the turn ends with the text there is so far, and says why it ends
# apologise    nobody expected this error: the person gets a sentence with a reference
Step = Literal["leave", "hand_over", "begin_again", "close", "end_early", "apologise"]


def step_after(error: Exception, attempt: int, *, is_answering: bool) -> Step:
    """`is_answering`: there is an answer that can be ended early."""
    match error:
        case TurnTaken() | StateError():
            return "leave"
        case SlackError() if not error.is_final and attempt <= MAX_ATTEMPTS:
            return "hand_over" if error.is_passing else "leave"
        case SlackError():
            return "close"
        case Interrupted(signal="changed"):
            return "begin_again"
        case Interrupted() | BotError() if is_answering:
            return "end_early"
        case _:
            return "apologise"


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """How an incomplete answer ends. `sentence` tells the person why. `error` is the class name of the error; it is
    empty when a person stopped the answer.
    """

    sentence: str
    footer: Footer
    error: str = ""

    @property
    def ended(self) -> Ended:
        if self.footer.is_stopped:
            return "stopped"
        if self.footer.asks_again:
            return "unpaid"
        return "cut" if self.footer.can_continue else ""


def early_end(error: Exception, answer: Answer, turn_timeout_s: float) -> EarlyEnd:
    if isinstance(error, Interrupted):
        has_begun = answer.has_begun
        footer = replace(footer_of(answer), is_stopped=True, can_continue=has_begun, is_failed=not has_begun)
        return EarlyEnd(STOPPED_SENTENCE, footer)
    if isinstance(error, ModelTimeout):
        error = _timeout_error(error, answer, turn_timeout_s)
    can_continue = isinstance(error, ModelTimeout | AnswerCut) and answer.has_begun
    footer = Footer(
        question_ts=answer.task.last.ts,
        language=answer.task.language,
        is_failed=True,
        can_continue=can_continue,
        # The question was not answered because of money, so the person can ask it again.
        asks_again=isinstance(error, BudgetUsedUp | CostDeclined),
    )
    return EarlyEnd(_sentence(error, can_continue=can_continue), footer, type(error).__name__)


def footer_again(turn: Turn, language: str) -> Footer:
    """Return the footer of a turn that an earlier attempt ended: its sentence may name a button."""
    has_begun, is_stopped = bool(turn.answer.strip()), turn.ended == "stopped"
    return Footer(
        question_ts=turn.said[-1].ts,
        language=language,
        has_versions=bool(turn.versions),
        is_stopped=is_stopped,
        can_continue=has_begun and turn.ended in {"stopped", "cut"},
        is_failed=bool(turn.failure) and not (is_stopped and has_begun),
        asks_again=turn.ended == "unpaid",
    )


def _sentence(error: Exception, *, can_continue: bool) -> str:
    if can_continue and isinstance(error, AnswerCut):
        return GO_ON
    return error.user_message if isinstance(error, BotError) else BotError.user_message


def _timeout_error(error: ModelTimeout, answer: Answer, turn_timeout_s: float) -> BotError:
    """Return the error that tells the person most. When the model was still queuing the question, that is the reason,
    not a slow answer.
    """
    if answer.queued is None:
        return error
    if answer.has_begun:
        return AnswerCut("turn")
    if answer.queued.is_down:
        return ModelUnreachable("turn")
    minutes = max(1, round(turn_timeout_s / 60))
    return ModelBusy("turn", user_message=BUSY_THROUGHOUT, fields={"minutes": minutes})
