"""A turn handles a model that takes text back, waits in a queue, or breaks off."""

import asyncio

import pytest

from bot.core.model.events import Finished, TextDelta, TextRetracted, ToolCalled, Unfinished, Waiting
from bot.core.model.messages import ToolCall
from bot.core.model.usage import Usage
from bot.core.thread.interrupts import Interrupted
from bot.core.turn import respond
from bot.core.turn.finish import TurnLimits
from bot.core.waiting import BUSY, DOWN, THINKING
from bot.errors import GO_ON, AnswerCut, ModelTimeout, ModelUnreachable, SlackError
from tests.core.fakes import Step, says
from tests.core.scene import Scene
from tests.core.values import inbound


class SlackBusy(SlackError):
    is_passing = True


DONE = Finished("stop", Usage(10, 5), "glm", 0.25)


async def test_retracted_text_is_replaced_in_place() -> None:
    scene = Scene.of([TextDelta("I thi"), TextRetracted(), TextDelta("It is"), TextDelta(" a pump."), DONE])
    await scene.ask(inbound())
    reply = scene.replies.last
    assert (reply.text, reply.restarts) == ("It is a pump.", 1)
    assert scene.turn.answer == "It is a pump."
    assert reply.statuses[-1] == THINKING


async def test_kept_text_stays() -> None:
    scene = Scene.of([TextDelta("It is. "), TextDelta("Wrong."), TextRetracted("It is. "), TextDelta("Right."), DONE])
    await scene.ask(inbound())
    assert scene.replies.last.text == scene.turn.answer == "It is. Right."


async def test_text_of_an_earlier_round_stays() -> None:
    call: list[Step] = [TextDelta("Let me look."), ToolCalled(ToolCall("c1", "nothing", {})), DONE]
    scene = Scene.of(call, [TextDelta("I thi"), TextRetracted(), TextDelta("It is a pump."), DONE])
    await scene.ask(inbound())
    assert scene.replies.last.text == scene.turn.answer == "Let me look.\n\nIt is a pump."
    scene = Scene.of(call, [TextDelta("It is "), TextDelta("no"), TextRetracted("It is "), TextDelta("a pump."), DONE])
    await scene.ask(inbound())
    assert scene.replies.last.text == scene.turn.answer == "Let me look.\n\nIt is a pump."


async def test_code_that_was_taken_back_leaves_no_fence_open() -> None:
    scene = Scene.of([TextDelta("```html\n<html><body>"), TextRetracted(), TextDelta("No page.\n```\nx\n```"), DONE])
    await scene.ask(inbound())
    assert scene.replies.last.text == "No page.\n```\nx\n```"
    assert scene.turn.page is None


async def test_a_stop_comes_before_what_would_take_its_place() -> None:
    async def stop() -> None:
        scene.replies.last.breaks_once = Interrupted("stopped")

    scene = Scene.of([TextDelta("I thi"), stop, TextRetracted(), TextDelta("It is a pump."), DONE])
    await scene.ask(inbound())
    assert scene.replies.last.text.startswith("I thi")
    assert scene.replies.last.restarts == 0
    assert "pump" not in scene.turn.answer


async def test_slack_may_be_busy_when_words_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respond, "RESTART_WAITS_S", (0.0, 0.0))

    async def busy() -> None:
        scene.replies.last.restarts_refused = [SlackBusy("ratelimited")]

    scene = Scene.of([TextDelta("I thi"), busy, TextRetracted(), TextDelta("It is a pump."), DONE])
    await scene.ask(inbound())
    assert scene.replies.last.text == "It is a pump."


async def test_the_place_in_the_queue_is_told_and_then_that_it_thinks() -> None:
    waits: list[Step] = [Waiting(3), Waiting(2), Waiting(1, is_down=True), Waiting(0)]
    scene = Scene.of([*waits, *says("Hello.")])
    await scene.ask(inbound())
    told = [BUSY.format(place=3), BUSY.format(place=2), DOWN.format(place=1), THINKING]
    assert scene.replies.last.statuses[-4:] == told
    assert scene.replies.last.text == "Hello."


@pytest.mark.parametrize(
    ("waiting", "words"),
    [(Waiting(2), "didn't get its turn within 1 minutes"), (Waiting(2, is_down=True), ModelUnreachable.user_message)],
)
async def test_a_turn_that_only_waited_says_so_at_its_end(waiting: Waiting, words: str) -> None:
    scene = Scene.of([waiting, lambda: asyncio.sleep(30)], limits=TurnLimits(turn_timeout_s=0.02))
    await scene.ask(inbound())
    assert words in scene.replies.last.text
    assert ModelTimeout.user_message not in scene.replies.last.text
    scene = Scene.of([waiting, Waiting(0), lambda: asyncio.sleep(30)], limits=TurnLimits(turn_timeout_s=0.02))
    await scene.ask(inbound())
    assert ModelTimeout.user_message in scene.replies.last.text


async def test_a_turn_that_waits_in_the_middle_of_its_answer_is_cut() -> None:
    scene = Scene.of([TextDelta("Half"), Waiting(2), lambda: asyncio.sleep(30)], limits=TurnLimits(turn_timeout_s=0.02))
    await scene.ask(inbound())
    assert GO_ON in scene.replies.last.text
    assert scene.replies.last.footer is not None
    assert scene.replies.last.footer.can_continue


async def test_an_answer_at_the_length_limit_can_be_gone_on_with() -> None:
    scene = Scene.of([TextDelta("Long"), Finished("length", Usage(), "glm")])
    await scene.ask(inbound())
    assert scene.replies.last.footer is not None
    assert scene.replies.last.footer.can_continue


async def test_the_usage_of_a_broken_answer_counts() -> None:
    used = Unfinished(Usage(100, 20), "glm", 0.5)
    scene = Scene.of([TextDelta("Half"), used, AnswerCut()])
    await scene.ask(inbound())
    assert (scene.turn.spent.prompt_tokens, scene.turn.spent.cost) == (100, 0.5)
    assert GO_ON in scene.replies.last.text
