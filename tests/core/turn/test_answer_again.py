"""A turn that was killed, taken over, postponed or cancelled is answered exactly once."""

import asyncio
from dataclasses import replace

import pytest

from bot import errors
from bot.core.model.events import TextDelta
from bot.core.people.preferences import Choice, Reasoning
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.turn import Turn, TurnMessage
from bot.core.turn.failures import MAX_ATTEMPTS
from bot.core.turn.finish import TurnLimits
from tests.core.fakes import FakeThreads, Step, says
from tests.core.scene import Scene
from tests.core.values import inbound

DONE = Turn("2026-11-23", (TurnMessage("100.000001", "Ana", "hello"),), answer="Paid for.")
BUTTONS = ("can_continue", "asks_again", "is_failed", "is_stopped")
IS_GONE = errors.SlackError("channel_not_found", is_final=True)


def left(progress: Checkpoint) -> FakeThreads:
    return FakeThreads(attempt=1, progress=progress)


async def test_a_killed_turn_begins_again_after_its_messages_are_removed() -> None:
    remains = Checkpoint(reply_ts=("7.0", "8.0"), posting=True)
    scene = Scene.of(says("Again."), threads=left(remains))
    await scene.ask(inbound())
    assert scene.replies.last.discarded == [remains]
    assert scene.turn.reply_ts == ("91.0",)
    assert scene.turn.answer == "Again."


async def test_an_answer_that_was_complete_is_shown_again_without_asking_the_model() -> None:
    scene = Scene.of(says("never"), threads=left(Checkpoint(reply_ts=("7.0",), turn=DONE)))
    await scene.ask(inbound())
    assert scene.model.asks == []
    assert [one.reply_ts for one in scene.replies.last.discarded] == [("7.0",)]
    assert scene.replies.last.text == "Paid for."
    assert scene.turn.answer == "Paid for."
    assert "7.0" not in scene.turn.reply_ts


@pytest.mark.parametrize(
    ("wanted", "asks", "has_button"), [("summary", 1, False), ("full", 1, False), ("line", 0, True), ("off", 0, False)]
)
async def test_the_reasoning_of_a_resumed_answer_is_shown(wanted: Reasoning, asks: int, has_button: bool) -> None:
    done = replace(DONE, reasoning="Hm. ", thought_s=2.0)
    scene = Scene.of(says("- looked"), threads=left(Checkpoint(turn=done)))
    scene.choices.choices = Choice(wanted)
    await scene.ask(inbound())
    footer = scene.replies.last.footer
    assert footer is not None
    assert footer.has_reasoning is has_button
    assert (footer.reasoning_note.summary if footer.reasoning_note else "") == ("- looked" if asks else "")
    assert len(scene.model.asks) == asks
    assert scene.replies.last.text == "Paid for."


async def test_a_failure_that_was_complete_is_told_again_as_it_was() -> None:
    failed = Turn(DONE.date, DONE.said, answer="Half", failure="It broke.")
    scene = Scene.of(says("never"), threads=left(Checkpoint(turn=failed)))
    await scene.ask(inbound())
    assert scene.replies.last.text == "Half\n\n⚠️ It broke."


@pytest.mark.parametrize(
    ("broken", "can_continue", "asks_again"),
    [
        ([TextDelta("Half"), errors.AnswerCut()], True, False),
        ([errors.AnswerCut()], False, False),
        ([errors.BudgetUsedUp()], False, True),
        ([TextDelta("Half"), Interrupted("stopped")], True, False),
        ([Interrupted("stopped")], False, False),
    ],
)
async def test_a_failure_that_is_told_again_has_the_buttons_it_had(
    broken: list[Step], can_continue: bool, asks_again: bool
) -> None:
    first = Scene.of(broken)
    await first.ask(inbound())
    scene = Scene.of(says("never"), threads=left(Checkpoint(turn=first.turn)))
    await scene.ask(inbound())
    before, again = first.replies.last.footer, scene.replies.last.footer
    assert before is not None
    assert again is not None
    assert (again.can_continue, again.asks_again) == (can_continue, asks_again)
    assert [getattr(before, name) == getattr(again, name) for name in BUTTONS] == [True] * len(BUTTONS)
    assert scene.replies.last.text == first.replies.last.text


async def test_an_answer_that_was_delivered_is_only_written_down() -> None:
    scene = Scene.of(says("never"), threads=left(Checkpoint(reply_ts=("7.0",), turn=DONE, delivered=True)))
    await scene.ask(inbound())
    assert scene.model.asks == []
    assert (scene.replies.last.shown, scene.replies.last.statuses, scene.replies.last.discarded) == ([], [], [])
    assert scene.turn == DONE
    assert scene.threads.inbox == {}


def steps_of_a_turn() -> list[str]:
    """The names of the store's steps of one usual turn, in order."""
    names: list[str] = []
    scene = Scene.of(says("One ", "two."), threads=FakeThreads(before=names.append))
    asyncio.run(scene.ask(inbound()))
    return names[1:-1]  # without the first begin and the one that finds nothing more


STEPS = steps_of_a_turn()
assert len(STEPS) >= 6, STEPS


@pytest.mark.parametrize("lost_at", range(len(STEPS)), ids=[f"{i} {name}" for i, name in enumerate(STEPS)])
async def test_a_worker_that_lost_its_thread_writes_nothing(lost_at: int) -> None:
    count = -1

    def before(name: str) -> None:
        nonlocal count
        if count == lost_at:
            scene.threads.take_over()
            recorded.extend(scene.threads.recorded)
        count += 1

    recorded: list[Checkpoint] = []
    scene = Scene.of(says("One ", "two."))
    scene.threads.before = before
    await scene.ask(inbound())
    assert count >= lost_at
    assert scene.threads.conversation.is_new
    assert "committed" not in scene.threads.done
    assert scene.threads.recorded == recorded
    assert list(scene.threads.inbox) == ["100.000001"]
    assert scene.threads.fence == 2, "no new turn was begun"


@pytest.mark.parametrize("step", ["holds", "record"])
async def test_a_store_that_is_away_for_a_moment_does_not_stop_a_turn(step: str) -> None:
    scene = Scene.of(says("Fine."), threads=FakeThreads(outages={step: 2}))
    await scene.ask(inbound())
    assert scene.turn.answer == "Fine."


async def test_a_finished_turn_waits_for_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    scene = Scene.of(says("Fine."), threads=FakeThreads(outages={"commit": 3}))
    await scene.ask(inbound())
    assert waits == [1, 1, 1]
    assert scene.turn.answer == "Fine."
    assert len(scene.model.asks) == 1


async def test_a_store_that_stays_away_leaves_the_turn_to_a_retry_that_only_commits() -> None:
    threads = FakeThreads(outages={"commit": 1})
    scene = Scene.of(says("Fine."), threads=threads, limits=TurnLimits(commit_patience_s=-1))
    with pytest.raises(errors.StateError):
        await scene.ask(inbound())
    assert list(threads.inbox) == ["100.000001"]
    await scene.answerer.answer(inbound().thread)
    assert len(scene.model.asks) == 1
    assert [reply.text for reply in scene.replies.opened] == ["Fine.", ""]
    assert scene.turn.answer == "Fine."


@pytest.mark.parametrize("step", ["begin", "load"])
async def test_without_the_store_nothing_is_begun(step: str) -> None:
    scene = Scene.of(says("never"), threads=FakeThreads(outages={step: 1}))
    with pytest.raises(errors.StateError):
        await scene.ask(inbound())
    assert (scene.model.asks, list(scene.threads.inbox)) == ([], ["100.000001"])


async def test_a_shutdown_hands_the_turn_over_without_counting_it() -> None:
    reached = asyncio.Event()

    async def wait() -> None:
        reached.set()
        await asyncio.sleep(30)

    scene = Scene.of([*says("Half")[:2], wait], says("Whole."))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(scene.ask(inbound()))
        await reached.wait()
        task.cancel()
    assert task.cancelled()
    assert scene.replies.last.handed_over
    assert scene.threads.done == ["released"]
    assert scene.threads.attempt == 0
    assert scene.model.closed == 1
    await scene.answerer.answer(inbound().thread)
    assert scene.turn.answer == "Whole."


async def test_the_turn_closes_where_slack_shows_nothing_any_more() -> None:
    scene = Scene.of(says("Nobody ", "hears."))
    scene.replies.breaks = IS_GONE
    await scene.ask(inbound())
    assert scene.threads.inbox == {}
    assert (scene.turn.answer, len(scene.model.asks)) == ("", 1)


async def test_when_slack_is_away_the_question_is_left_for_later() -> None:
    scene = Scene.of(says("Fine."))
    scene.replies.breaks_at_end = errors.SlackError("internal_error")
    with pytest.raises(errors.SlackError):
        await scene.ask(inbound())
    assert list(scene.threads.inbox) == ["100.000001"]
    scene.replies.breaks_at_end = None
    await scene.answerer.answer(inbound().thread)
    assert scene.replies.last.text == "Fine."
    assert len(scene.model.asks) == 1, "the answer was complete, so it is not asked for again"


@pytest.mark.parametrize("code", ["restricted_action", "messages_tab_disabled", ""])
async def test_a_final_refusal_ends_the_attempts(code: str) -> None:
    scene = Scene.of(says("Fine."))
    scene.replies.breaks = errors.SlackError(code)
    scene.threads.put(inbound())
    for _ in range(10):
        try:
            await scene.answerer.answer(inbound().thread)
        except errors.SlackError:
            continue
    assert len(scene.model.asks) <= MAX_ATTEMPTS
    if code:
        assert scene.threads.inbox == {}


# -- the question changes while it is being answered -----------------------------------------------------------------


async def test_an_edit_during_the_answer_rewrites_the_same_message() -> None:
    edited = inbound(text="what is 3 + 3?")
    scene = Scene.of(says("Four."), says("Six."))

    async def change() -> None:
        scene.threads.edit(edited)
        scene.interrupts.signal(edited.thread, "changed")
        await asyncio.sleep(1)

    scene.model.scripts[0].insert(1, change)
    await scene.ask(inbound(text="what is 2 + 2?"))
    (reply,) = scene.replies.opened
    assert (reply.text, reply.restarts) == ("Six.", 1)
    assert [turn.said[0].text for turn in scene.threads.conversation.turns] == ["what is 3 + 3?"]
    assert scene.model.closed == 2


async def test_the_commit_finds_an_edit_whose_signal_was_lost() -> None:
    scene = Scene.of(says("Four."), says("Six."))

    async def change() -> None:
        scene.threads.edit(inbound(text="what is 3 + 3?"))

    scene.model.scripts[0].insert(1, change)
    await scene.ask(inbound(text="what is 2 + 2?"))
    assert scene.replies.last.text == "Six."
    assert [turn.answer for turn in scene.threads.conversation.turns] == ["Six."]


async def test_a_question_that_is_deleted_takes_its_answer_with_it() -> None:
    scene = Scene.of(says("Four."))

    async def change() -> None:
        scene.threads.inbox.clear()
        scene.threads.version += 1
        scene.threads.progress = Checkpoint()
        scene.interrupts.signal(inbound().thread, "changed")
        await asyncio.sleep(1)

    scene.model.scripts[0].insert(1, change)
    await scene.ask(inbound())
    assert scene.replies.last.is_withdrawn
    assert scene.threads.conversation.is_new
    assert len(scene.model.asks) == 1


async def test_a_stopped_answer_keeps_what_was_said() -> None:
    scene = Scene.of(says("Half an ", "answer."))

    async def stop() -> None:
        scene.interrupts.signal(inbound().thread, "stopped")
        await asyncio.sleep(1)

    scene.model.scripts[0].insert(2, stop)
    await scene.ask(inbound())
    assert scene.replies.last.text == "Half an \n\n⏹ _Stopped._"
    assert (scene.turn.answer, scene.turn.failure) == ("Half an ", "Stopped.")
    assert scene.model.closed == 1
    assert scene.threads.inbox == {}


async def test_an_answer_of_an_earlier_attempt_to_a_changed_question_is_not_shown() -> None:
    threads = FakeThreads(attempt=1, version=1, progress=Checkpoint(turn=DONE, version=0))
    scene = Scene.of(says("New."), threads=threads)
    await scene.ask(inbound(text="changed"))
    assert scene.replies.last.text == "New."
    assert len(scene.model.asks) == 1
