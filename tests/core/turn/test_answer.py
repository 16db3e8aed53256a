"""Answerer answers the messages that wait in a thread, and ends every error as a sentence."""

import asyncio

import pytest

from bot import errors
from bot.core.model.events import Finished, TextDelta
from bot.core.model.usage import Usage
from bot.core.ports import Person, TurnStart
from bot.core.prompt.window import Window
from bot.core.reply import Footer
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import ThreadId
from bot.core.turn.attempt import GAVE_UP, UNEXPECTED
from bot.core.turn.finish import TurnLimits
from bot.core.waiting import THINKING
from tests.core.fakes import FakeGate, FakeThreads, says
from tests.core.scene import Scene
from tests.core.values import ANA, file_ref, inbound, turn


async def test_a_question_is_answered_shown_and_remembered() -> None:
    scene = Scene.of(says("It is ", "**42**."))
    scene.workspace.people[ANA] = Person(ANA, "Ana")
    await scene.ask(inbound(text="what is it?"))
    reply = scene.replies.last
    assert (reply.text, reply.footer_lines, reply.statuses) == ("It is **42**.", ("Thought for 1 s",), [THINKING])
    assert reply.footer == Footer(("Thought for 1 s",), question_ts="100.000001", has_reasoning=True)
    assert scene.turn.answer == "It is **42**."
    assert scene.turn.reasoning == "Hm. "
    assert scene.turn.reply_ts == ("91.0",)
    assert (scene.turn.spent.prompt_tokens, scene.turn.spent.cost, scene.turn.failure) == (10, 0.25, "")
    assert [said.text for said in scene.turn.said] == ["what is it?"]
    assert scene.threads.inbox == {}
    assert scene.threads.done == ["committed"]


async def test_without_a_waiting_message_nothing_happens() -> None:
    scene = Scene.of(says("never"))
    await scene.answerer.answer(inbound().thread)
    assert (scene.model.asks, scene.replies.opened) == ([], [])


async def test_a_thread_that_another_worker_answers_is_left_to_it() -> None:
    scene = Scene.of(says("never"))
    scene.threads.put(inbound())
    scene.threads.is_elsewhere = True
    assert await scene.answerer.answer(inbound().thread) is False
    assert (scene.model.asks, scene.replies.opened) == ([], [])


async def test_a_second_job_leaves_the_thread_to_the_running_turn() -> None:
    """Also when it comes for a message that the turn did not see: it looks once more."""
    scene = Scene.of(says("One."), says("Two."))
    came: list[bool] = []
    answerer = scene.answerer

    def look(step: str) -> None:
        # The second look finds nothing; a message comes in just then, and a job for it.
        if step == "begin" and scene.threads.done == ["committed"] and not came:
            came.append(True)

    async def begin(thread: ThreadId) -> TurnStart:
        started = await FakeThreads.begin(scene.threads, thread)
        if came == [True]:
            scene.threads.put(inbound("200.0", "101.0", text="late"))
            came.append(await answerer.answer(thread))
        return started

    scene.threads.before = look
    scene.threads.begin = begin  # type: ignore[method-assign]  # between the look and its answer
    scene.threads.put(inbound("101.0", text="early"))
    assert await answerer.answer(inbound("101.0").thread) is True
    assert came == [True, False]
    asked = [[said.text for said in one.said] for one in scene.threads.conversation.turns]
    assert asked == [["early"], ["late"]]
    assert answerer.answering == ()


async def test_all_that_waits_is_one_question_and_what_comes_meanwhile_the_next() -> None:
    scene = Scene.of(says("Both."), says("That too."))

    async def another() -> None:
        scene.threads.put(inbound("103.0", "101.0", text="and three"))

    scene.model.scripts[0].insert(1, another)
    await scene.ask(inbound("101.0", text="one"), inbound("102.0", "101.0", text="two"))
    asked = [[said.text for said in one.said] for one in scene.threads.conversation.turns]
    assert asked == [["one", "two"], ["and three"]]
    assert len(scene.model.asks) == 2


async def test_the_state_is_written_before_and_after_the_answer_is_shown() -> None:
    scene = Scene.of(says("Yes."))
    await scene.ask(inbound())
    written = [(bool(one.turn), one.posting, one.reply_ts, one.delivered) for one in scene.threads.recorded]
    assert written == [
        (True, False, (), False),
        (True, True, (), False),
        (True, False, ("91.0",), False),
        (True, False, ("91.0",), True),
    ]
    last = scene.threads.recorded[-1].turn
    assert last is not None
    assert last.reply_ts == ("91.0",)


@pytest.mark.parametrize(
    "trouble",
    [
        errors.ModelBusy(),
        errors.ModelBalanceGone(),
        errors.ModelKeyWrong(),
        errors.ContentRefused(),
        errors.ModelTimeout(),
        errors.AnswerCut(),
        errors.ModelError(user_message="Their own words."),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_known_trouble_ends_in_its_sentence(trouble: errors.ModelError) -> None:
    scene = Scene.of([trouble])
    await scene.ask(inbound())
    assert scene.replies.last.text == f"⚠️ {trouble.user_message}"
    assert scene.turn.failure == trouble.user_message
    assert scene.threads.inbox == {}


async def test_a_trouble_in_the_middle_stands_under_what_was_said() -> None:
    scene = Scene.of([TextDelta("Half an "), TextDelta("ans"), errors.AnswerCut()])
    await scene.ask(inbound())
    assert scene.replies.last.text == f"Half an ans\n\n⚠️ {errors.GO_ON}"
    assert (scene.turn.answer, scene.turn.failure) == ("Half an ans", errors.GO_ON)


@pytest.mark.parametrize("words", [[], ["  ", "\n"]], ids=["no event", "only blanks"])
async def test_an_answer_without_a_word_is_said_to_be_empty(words: list[str]) -> None:
    scene = Scene.of(says(*words))
    await scene.ask(inbound())
    assert errors.AnswerEmpty.user_message in scene.replies.last.text


async def test_a_turn_that_takes_too_long_is_stopped() -> None:
    scene = Scene.of([TextDelta("Well"), lambda: asyncio.sleep(30)], limits=TurnLimits(turn_timeout_s=0.02))
    await scene.ask(inbound())
    assert scene.replies.last.text == f"Well\n\n⚠️ {errors.ModelTimeout.user_message}"
    assert scene.model.closed == 1


async def test_an_unexpected_error_ends_as_a_sentence_with_a_reference() -> None:
    scene = Scene.of([ZeroDivisionError()])
    await scene.ask(inbound(text="secret plan", files=(file_ref(),)))
    before, after = UNEXPECTED.split("{reference}")
    assert scene.replies.last.text.startswith("⚠️ " + before)
    assert scene.replies.last.text.endswith(after)
    assert scene.turn.said[0].notes == ("plan.png was attached but not read: the question could not be answered",)


async def test_an_unexpected_error_amid_the_answer_gets_its_own_paragraph() -> None:
    scene = Scene.of([TextDelta("Half an ans"), ZeroDivisionError()])
    await scene.ask(inbound())
    assert scene.replies.last.text.startswith("Half an ans\n\n⚠️ ")


async def test_an_unexpected_trouble_ends_the_question_for_good_after_the_last_attempt() -> None:
    scene = Scene.of(says("never"), threads=FakeThreads(attempt=3))
    await scene.ask(inbound())
    assert scene.replies.last.text.startswith("⚠️ " + GAVE_UP.split("{", maxsplit=1)[0])
    assert scene.model.asks == []
    assert scene.threads.inbox == {}
    ((reference, kept),) = scene.dead_letters.put_aside.items()
    assert reference in scene.replies.last.text
    assert [message.ts for message in kept] == ["100.000001"]


async def test_too_long_is_tried_once_more_with_half_the_room() -> None:
    turns = [turn(f"question {n} " + "word " * 60, "answer " * 60) for n in range(20)]
    threads = FakeThreads(conversation=Conversation(tuple(turns)))
    scene = Scene.of([errors.ContextTooLong()], says("Summed up."), says("Fine."), threads=threads)
    scene.window = Window(6_000)
    await scene.ask(inbound(text="and now?"))
    first, _, second = scene.model.asks
    assert len(second.messages) < len(first.messages)
    assert scene.turn.answer == "Fine."
    assert scene.threads.conversation.folded.summary == "Summed up."
    assert scene.replies.last.footer_lines == (
        "This thread is long: I keep only a summary of its beginning.",
        "Thought for 1 s",
    )


async def test_too_long_twice_is_told() -> None:
    scene = Scene.of([errors.ContextTooLong()])
    await scene.ask(inbound())
    assert len(scene.model.asks) == 2
    assert errors.ContextTooLong.user_message in scene.replies.last.text


async def test_the_length_limit_and_the_files_stand_in_the_footer() -> None:
    scene = Scene.of([TextDelta("Long"), Finished("length", Usage(), "glm")])
    scene.files.troubles["F-b.zip"] = errors.FileUnsupported()
    await scene.ask(inbound(files=(file_ref("a.png"), file_ref("b.zip"))))
    assert scene.replies.last.footer_lines == (
        "Read: a.png · Not read: b.zip (a kind of file I can't read)",
        "The answer reached the length limit. Say “continue” for the rest.",
    )
    assert scene.replies.last.statuses == [THINKING, "is looking at 2 files…"]


async def test_the_messages_of_earlier_turns_are_known_as_ours() -> None:
    earlier = turn("one", "first")
    scene = Scene.of(says("Two."))
    scene.threads.conversation = Conversation((type(earlier)(earlier.date, earlier.said, reply_ts=("5.0", "6.0")),))
    await scene.ask(inbound())
    assert scene.replies.known == [frozenset({"5.0", "6.0"})]


async def test_a_refused_person_is_not_answered_and_the_others_are() -> None:
    scene = Scene.of(says("Hello."), gate=FakeGate({"UGUS"}))
    await scene.ask(inbound("1.0", user="UGUS", text="me?"), inbound("2.0", "1.0", text="and me?"))
    assert [said.text for said in scene.turn.said] == ["and me?"]
    assert (scene.threads.inbox, len(scene.model.asks)) == ({}, 1)


async def test_without_anybody_allowed_the_model_is_not_asked() -> None:
    scene = Scene.of(says("Hello."), gate=FakeGate({"UGUS"}))
    await scene.ask(inbound("1.0", user="UGUS"))
    assert (scene.threads.inbox, scene.model.asks, scene.replies.opened) == ({}, [], [])


async def test_a_gate_that_can_t_be_asked_lets_nobody_through_and_the_question_waits() -> None:
    scene = Scene.of(says("Hello."), gate=FakeGate(is_away=True))
    with pytest.raises(errors.StateError):
        await scene.ask(inbound("1.0"))
    assert (list(scene.threads.inbox), scene.model.asks, scene.threads.done) == (["1.0"], [], ["left"])


async def test_the_asker_is_looked_up_once_a_turn() -> None:
    scene = Scene.of(says("Yes."))
    await scene.ask(inbound(place="dm"))
    assert scene.turn.answer == "Yes."
    # Once as who asks; and as who spoke, for the question without its files and for the whole one.
    assert scene.workspace.asked_about == [ANA] * 3
