"""`step_after` gives each error one next step."""

import pytest

from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import TurnTaken
from bot.core.turn.failures import MAX_ATTEMPTS, Step, step_after
from bot.errors import AnswerCut, BotError, SlackError, StateError


class Busy(SlackError):
    is_passing = True


@pytest.mark.parametrize(
    ("trouble", "step"),
    [
        (TurnTaken(), "leave"),
        (StateError("away"), "leave"),
        (SlackError("internal_error"), "leave"),
        (Busy("ratelimited"), "hand_over"),
        (SlackError("channel_not_found", is_final=True), "close"),
        (Interrupted("changed"), "begin_again"),
        (Interrupted("stopped"), "end_early"),
        (AnswerCut(), "end_early"),
        (BotError(), "end_early"),
        (ZeroDivisionError(), "apologise"),
    ],
)
def test_each_error_has_one_next_step(trouble: Exception, step: Step) -> None:
    assert step_after(trouble, 1, is_answering=True) == step


@pytest.mark.parametrize("trouble", [SlackError("internal_error"), Busy("ratelimited")])
def test_a_turn_closes_when_slack_refuses_several_attempts(trouble: SlackError) -> None:
    assert step_after(trouble, MAX_ATTEMPTS, is_answering=True) != "close"
    assert step_after(trouble, MAX_ATTEMPTS + 1, is_answering=True) == "close"


@pytest.mark.parametrize("trouble", [AnswerCut(), Interrupted("stopped")])
def test_without_an_answer_nothing_can_end_early(trouble: Exception) -> None:
    assert step_after(trouble, 1, is_answering=False) == "apologise"
