"""An answer follows the asker's settings, and can be regenerated."""

import asyncio
from dataclasses import replace

import pytest

from bot import errors
from bot.core.model.events import Finished, TextDelta
from bot.core.model.usage import Usage
from bot.core.people.preferences import Choice, Reasoning
from bot.core.ports import Person
from bot.core.reply import Footer, ReasoningNote
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Redo
from bot.core.thread.interrupts import Interrupted
from tests.core.fakes import Step, says
from tests.core.scene import Scene
from tests.core.values import ANA, file_ref, inbound, turn

OLD = replace(turn("what is it?", "Old.", ts="100.000001"), reply_ts=("5.0", "6.0"), number=1, thinking=None)
LATER = replace(turn("and then?", "Later.", ts="200.0"), number=2)


BULLETS: list[Step] = [TextDelta("- weighed it"), Finished("stop", Usage(), "glm")]


@pytest.mark.parametrize(
    ("reasoning", "footer"),
    [
        ("off", Footer((), "100.000001")),
        ("line", Footer(("Thought for 1 s",), "100.000001", has_reasoning=True)),
        ("summary", Footer((), "100.000001", reasoning_note=ReasoningNote("- weighed it", 1.0))),
        ("full", Footer((), "100.000001", reasoning_note=ReasoningNote("- weighed it", 1.0, full="Hm. "))),
    ],
)
async def test_the_reasoning_is_shown_as_was_chosen(reasoning: Reasoning, footer: Footer) -> None:
    scene = Scene.of(says("Yes."), BULLETS)
    scene.choices.choices = Choice(reasoning)
    await scene.ask(inbound())
    shown = scene.replies.last.footer
    assert shown
    assert (
        replace(shown, reasoning_note=shown.reasoning_note and replace(shown.reasoning_note, thought_s=1.0)) == footer
    )
    assert scene.turn.reasoning == "Hm. ", "remembered either way"
    assert len(scene.model.asks) == 1 + (footer.reasoning_note is not None)


async def test_the_answer_is_written_down_before_its_reasoning_is_summarised() -> None:
    """A worker that is killed then has shown all of it: whoever takes over asks the model for the summary alone."""
    known: list[str] = []

    async def note() -> None:
        written = scene.threads.progress.turn if scene.threads.progress else None
        known.append(written.answer if written else "")

    scene = Scene.of(says("Yes."), [note, *BULLETS])
    scene.choices.choices = Choice("summary")
    await scene.ask(inbound())
    assert known == ["Yes."]


async def test_an_answer_without_reasoning_has_none_to_show() -> None:
    scene = Scene.of([*says("Yes.")[1:]])
    scene.choices.choices = Choice("full")
    await scene.ask(inbound())
    assert scene.replies.last.footer == Footer((), "100.000001")
    assert len(scene.model.asks) == 1


async def test_an_answer_that_broke_off_has_no_reasoning_under_it() -> None:
    scene = Scene.of([*says("Half")[:2], errors.AnswerCut()])
    scene.choices.choices = Choice("full")
    await scene.ask(inbound())
    assert scene.replies.last.footer == Footer(question_ts="100.000001", can_continue=True, is_failed=True)


@pytest.mark.parametrize(
    ("text", "choice", "told"),
    [
        ("!think hi", "auto", True),
        ("!nothink why is that?", "on", False),
        ("hi", "auto", False),
        ("why is that?", "auto", None),
        ("why is that?", "off", False),
        ("hi", "on", True),
    ],
)
async def test_thinking_is_sent_and_remembered(text: str, choice: str, *, told: bool | None) -> None:
    scene = Scene.of(says("Yes."))
    scene.choices.choices = Choice("line", "on" if choice == "on" else "off" if choice == "off" else "auto")
    await scene.ask(inbound(text=text))
    assert scene.model.asks[0].thinking is told
    assert scene.turn.thinking is told
    assert "!" not in scene.turn.said[0].text


def again(redo: Redo = "again", ts: str = "100.000001", **more: object) -> Scene:
    scene = Scene.of(says("New."), **more)
    scene.threads.conversation = Conversation((OLD, LATER))
    scene.threads.put(inbound(ts, "100.000001", redo=redo))
    return scene


async def test_a_regenerated_answer_takes_the_place_of_the_old_one() -> None:
    scene = again()
    await scene.answerer.answer(inbound().thread)
    reply = scene.replies.last
    assert (reply.text, reply.restarts) == ("New.", 1)
    assert scene.threads.recorded[0].reply_ts == ("5.0", "6.0"), "the messages on the screen are this turn's now"
    assert reply.footer is not None
    assert reply.footer.has_versions
    assert (scene.turn.answer, scene.turn.versions, scene.turn.number) == ("New.", ("Old.",), 1)
    assert [said.text for said in scene.turn.said] == ["what is it?"], "as it was asked then"
    asked = scene.model.asks[0].messages
    assert [message.role for message in asked] == ["system", "user"], "what was said later is not known yet"


@pytest.mark.parametrize(("redo", "told"), [("again", None), ("think", True), ("fast", False)])
async def test_an_answer_is_regenerated_with_or_without_thinking(redo: Redo, *, told: bool | None) -> None:
    scene = again(redo)
    await scene.answerer.answer(inbound().thread)
    assert scene.model.asks[0].thinking is told
    assert scene.turn.thinking is told


async def test_versions_are_kept_oldest_first() -> None:
    scene = again()
    scene.threads.conversation = Conversation((replace(OLD, versions=("Oldest.",)),))
    await scene.answerer.answer(inbound().thread)
    assert scene.turn.versions == ("Oldest.", "Old.")


async def test_a_failure_is_no_version() -> None:
    scene = again()
    scene.threads.conversation = Conversation((replace(OLD, answer="", failure="It broke."),))
    await scene.answerer.answer(inbound().thread)
    assert scene.turn.versions == ()


async def test_messages_beside_a_regenerated_question_are_answered_after_it() -> None:
    scene = again()
    scene.threads.put(inbound("300.0", "100.000001", text="and you?"))
    await scene.answerer.answer(inbound().thread)
    asked = [[said.text for said in one.said] for one in scene.threads.conversation.turns[2:]]
    assert asked == [["what is it?"], ["and you?"]]
    assert scene.threads.inbox == {}


async def test_a_turn_that_is_no_longer_remembered_is_asked_like_any_other() -> None:
    scene = again()
    scene.threads.conversation = Conversation()
    await scene.answerer.answer(inbound().thread)
    assert (scene.turn.answer, scene.turn.versions, scene.turn.number) == ("New.", (), 0)
    assert scene.turn.said[0].text == "hello"


async def test_the_bot_speaks_the_asker_s_language() -> None:
    scene = Scene.of([TextDelta("半"), errors.ModelBusy()])
    scene.workspace.people[ANA] = Person(ANA, "Ana", language="zh-CN")
    await scene.ask(inbound(files=(file_ref("a.png"),)))
    reply = scene.replies.last
    assert reply.statuses == ["正在思考…", "正在查看 a.png…"]
    assert reply.text == "半\n\n⚠️ 模型现在非常繁忙，请过一分钟再问。"
    assert reply.footer is not None
    assert reply.footer.language == "zh-CN"


async def test_a_stopped_turn_offers_to_go_on() -> None:
    scene = Scene.of(says("Half an ", "answer."))

    async def stop() -> None:
        scene.interrupts.signal(inbound().thread, "stopped")
        await asyncio.sleep(1)

    scene.model.scripts[0].insert(2, stop)
    await scene.ask(inbound())
    lines = ("Thought for 1 s",)
    assert scene.replies.last.footer == Footer(
        lines, "100.000001", has_reasoning=True, is_stopped=True, can_continue=True
    )


@pytest.mark.parametrize("trouble", [errors.ModelBusy(), RuntimeError("unforeseen")], ids=["known", "unforeseen"])
async def test_an_answer_that_could_not_be_written_anew_leaves_the_old_one_a_click_away(trouble: Exception) -> None:
    scene = again()
    scene.model.scripts = [[trouble]]
    await scene.answerer.answer(inbound().thread)
    footer = scene.replies.last.footer
    assert footer is not None
    assert footer.has_versions
    assert (scene.turn.versions, scene.turn.number) == (("Old.",), 1)


async def test_a_stop_that_the_screen_tells_of_while_the_answer_ends_does_not_ask_again() -> None:
    scene = Scene.of(says("Half an ", "answer."))

    async def stop() -> None:
        scene.interrupts.signal(inbound().thread, "stopped")
        scene.replies.last.breaks_once = Interrupted("stopped")
        await asyncio.sleep(1)

    scene.model.scripts[0].insert(2, stop)
    await scene.ask(inbound())
    assert len(scene.model.asks) == 1
    assert scene.replies.last.text == "Half an \n\n⏹ _Stopped._"
