"""What becomes of a turn that something went wrong with. Its parts raise; here it is decided, and nowhere else."""

from dataclasses import dataclass, replace
from typing import Literal

from bot.core.ports import Footer
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import TurnTaken
from bot.core.turn.state import Answer
from bot.core.turn.telling import foot_of
from bot.errors import (
    BUSY_THROUGHOUT,
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
# More attempts than these are not made: each of them may be what breaks its worker.
MAX_ATTEMPTS = 3

# `leave` the messages where they are, for a later job; `hand_over` the same, and the turn may be begun at once;
# `begin_again` with the question as it reads now; `close` without a word, since Slack takes none; `end_early` with what
# there is of the answer and why it ends; `apologise` for what nobody expected.
Step = Literal["leave", "hand_over", "begin_again", "close", "end_early", "apologise"]


def step_after(trouble: Exception, attempt: int, *, is_answering: bool) -> Step:
    """`is_answering`: there is an answer under way that can be ended early."""
    match trouble:
        case TurnTaken() | StateError():
            return "leave"
        case SlackError() if not trouble.is_final and attempt <= MAX_ATTEMPTS:
            return "hand_over" if trouble.is_passing else "leave"
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
    """How an answer ends before it is whole: what is said of it, and what stands under it. `error` is the name of what
    went wrong; empty where a person has stopped it.
    """

    sentence: str
    footer: Footer
    error: str = ""


def ended_by(trouble: Exception, answer: Answer, turn_timeout_s: float) -> EarlyEnd:
    if isinstance(trouble, Interrupted):
        has_begun = answer.has_begun
        footer = replace(foot_of(answer), is_stopped=True, can_continue=has_begun, is_failed=not has_begun)
        return EarlyEnd(STOPPED_SENTENCE, footer)
    error = _waited_out(trouble, answer, turn_timeout_s) if isinstance(trouble, ModelTimeout) else trouble
    footer = Footer(
        question_ts=answer.task.last.ts,
        language=answer.task.language,
        is_failed=True,
        can_continue=isinstance(error, ModelTimeout | AnswerCut) and answer.has_begun,
        # Where it was money that was missing, the question can be asked again.
        asks_again=isinstance(error, BudgetUsedUp | CostDeclined),
    )
    sentence = error.user_message if isinstance(error, BotError) else BotError.user_message
    return EarlyEnd(sentence, footer, type(error).__name__)


def _waited_out(error: ModelTimeout, answer: Answer, turn_timeout_s: float) -> BotError:
    """The turn's time was over before the model had taken the question: then that is what there is to say."""
    if answer.queued is None:
        return error
    if answer.has_begun:
        return AnswerCut("turn")
    if answer.queued.is_down:
        return ModelUnreachable("turn")
    minutes = max(1, round(turn_timeout_s / 60))
    return ModelBusy("turn", user_message=BUSY_THROUGHOUT, fields={"minutes": minutes})
