"""`step_after` gives each error one next step, and `early_end` its words and buttons."""

import re

import pytest

from bot.core.model.events import TextDelta
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import TurnTaken
from bot.core.turn.failures import MAX_ATTEMPTS, Step, step_after
from bot.errors import AnswerCut, BotError, ModelError, SlackError, StateError
from bot.slack.reply.footer import footer_blocks
from tests.core.scene import Scene
from tests.core.values import inbound


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


NAMED = re.compile(r"\*([^*]+)\*")


def kinds(kind: type[BotError] = BotError) -> list[type[BotError]]:
    return [kind, *(one for below in kind.__subclasses__() for one in kinds(below))]


@pytest.mark.parametrize("shown", ["", "Half an answer"])
async def test_a_sentence_names_only_buttons_that_stand_under_it(shown: str) -> None:
    """As for Z.ai's `finish_reason: network_error` before the first word (openclaw#27281)."""
    for kind in kinds(ModelError):
        scene = Scene.of([TextDelta(shown), kind()])
        await scene.ask(inbound())
        under = scene.replies.last.footer
        assert under is not None
        elements = [element for block in footer_blocks(under) for element in block.get("elements", ())]
        there = {element["text"]["text"] for element in elements if element["type"] == "button"}
        assert set(NAMED.findall(scene.turn.failure)) <= there, kind
        assert ("continue" in scene.turn.failure) == (issubclass(kind, AnswerCut) and bool(shown)), kind
