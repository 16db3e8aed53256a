"""`read_earlier` reads what people wrote between two turns once, and again after Slack failed."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.brief import Brief, Span
from bot.core.ports import Person, SlackMessage
from bot.core.prompt.earlier_messages import WHOLE
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.turn import Turn, TurnMessage
from bot.errors import FileForbidden
from tests.core.scene import Scene
from tests.core.values import ANA, file_ref, inbound

BEN = "U0000000BEN"


def slack_message(ts: str, text: str, user: str = BEN, **more: object) -> SlackMessage:
    return replace(SlackMessage(ts, user, text, (), by_bot=False), **more)  # type: ignore[arg-type]


def scene_with(*earlier: SlackMessage) -> Scene:
    scene = Scene.of()
    scene.workspace.people |= {ANA: Person(ANA, "Ana"), BEN: Person(BEN, "Ben")}
    scene.workspace.earlier = earlier
    return scene


def first_turn(**more: object) -> Turn:
    turn = Turn("2026-11-23", (TurnMessage("1.0", "Ana", "start"),), answer="Hello.", reply_ts=("2.0",))
    return replace(turn, **more)  # type: ignore[arg-type]


async def told(scene: Scene, conversation: Conversation, *waiting: Inbound) -> Turn:
    question = await scene.composed(waiting or (inbound("9.0", "1.0", text="what did we decide?"),), conversation)
    return question.turn


async def test_what_was_said_since_the_last_turn_comes_before_the_question() -> None:
    scene = scene_with(
        slack_message("2.0", "Hello.", "UBOT", by_bot=True),
        slack_message("3.0", "which plan?", ANA),
        slack_message("4.0", "We decided on plan B."),
        slack_message("5.0", "sorry, busy", "UBOT", by_bot=True),
    )
    turn = await told(scene, Conversation((first_turn(),)))
    assert [(said.speaker, said.text, said.role) for said in turn.said] == [
        ("Ana", "which plan?", "person"),
        ("Ben", "We decided on plan B.", "person"),
        ("Ana", "what did we decide?", "question"),
    ]
    assert scene.workspace.read_since == ["1.0"]
    assert [said.ts for said in turn.asked] == ["9.0"]


async def test_it_is_read_once() -> None:
    scene = scene_with(slack_message("4.0", "We decided on plan B."))
    before = Conversation((first_turn(),))
    turn = await told(scene, before)
    again = await told(scene, Conversation((*before.turns, turn)), inbound("12.0", "1.0"))
    assert [said.ts for said in again.said] == ["12.0"]
    assert scene.workspace.read_since == ["1.0", "9.0"]


async def test_what_stands_between_two_waiting_messages_stays_there() -> None:
    scene = scene_with(slack_message("4.0", "or C"), slack_message("9.5", "later"))
    turn = await told(scene, Conversation((first_turn(),)), inbound("3.0", "1.0"), inbound("9.0", "1.0"))
    assert [said.ts for said in turn.said] == ["3.0", "4.0", "9.0"]


async def test_a_failed_read_is_tried_again_at_the_next_turn() -> None:
    scene = scene_with(slack_message("3.0", "one"), slack_message("4.0", "two"))
    scene.workspace.missed_since = "3.0"
    before = Conversation((first_turn(),))
    turn = await told(scene, before)
    assert [said.ts for said in turn.said] == ["3.0", "9.0"]
    assert turn.missed_since == "3.0"
    scene.workspace.missed_since = ""
    again = await told(scene, Conversation((*before.turns, turn)), inbound("12.0", "1.0"))
    assert [said.text for said in again.said] == ["two", "hello"], "the question between them is known"
    assert again.missed_since == ""


async def test_a_thread_never_seen_that_could_not_be_read_is_read_at_the_next_turn() -> None:
    scene = scene_with(slack_message("1.0", "the root"), slack_message("1.5", "an old answer", "UBOT", by_bot=True))
    scene.workspace.missed_since = WHOLE
    turn = await told(scene, Conversation())
    assert ([said.ts for said in turn.said], turn.missed_since) == (["9.0"], WHOLE)
    scene.workspace.missed_since = ""
    scene.workspace.earlier += (slack_message("9.5", "an answer", "UBOT", by_bot=True),)
    again = await told(scene, Conversation((replace(turn, answer="x", reply_ts=("9.5",)),)), inbound("12.0", "1.0"))
    assert [(said.role, said.text) for said in again.said] == [
        ("person", "the root"),
        ("bot", "an old answer"),
        ("question", "hello"),
    ]


async def test_in_direct_messages_nobody_speaks_between_but_a_failed_read_is_made_good() -> None:
    scene = scene_with(slack_message("1.0", "the root", ANA))
    await told(scene, Conversation((first_turn(),)), inbound("9.0", "1.0", place="dm"))
    assert scene.workspace.threads_read == 0
    behind = Conversation((first_turn(said=(TurnMessage("3.0", "", "?"),), missed_since=WHOLE),))
    turn = await told(scene, behind, inbound("9.0", "1.0", place="dm"))
    assert [said.ts for said in turn.said] == ["1.0", "9.0"]


@pytest.mark.parametrize(
    ("more", "since"),
    [
        ({"order": "undo"}, "1.0"),
        ({"brief": Brief()}, "1.0"),
        ({"brief": Brief(spans=(Span("C1", "a thread", root_ts="1.0"),))}, ""),
        ({"order": "undo", "place": "dm"}, ""),
    ],
)
async def test_a_button_reads_nothing_and_what_it_did_not_read_is_read_later(more: dict[str, Any], since: str) -> None:
    scene = scene_with(slack_message("4.0", "We decided on plan B."))
    turn = await told(scene, Conversation((first_turn(),)), inbound("9.0", "1.0", **more))
    assert (scene.workspace.threads_read, turn.missed_since) == (0, since)


async def test_a_summary_as_the_first_turn_of_a_thread_leaves_it_to_be_read() -> None:
    scene = scene_with()
    assert (await told(scene, Conversation(), inbound("9.0", "1.0", brief=Brief()))).missed_since == WHOLE
    assert (await told(scene, Conversation(), inbound("9.0", brief=Brief()))).missed_since == ""


async def test_a_turn_that_broke_leaves_what_it_did_not_read_to_the_next() -> None:
    bare = await scene_with().composer.bare((inbound("9.0", "1.0"),), Person(ANA, "Ana"), Conversation((first_turn(),)))
    assert bare.turn.missed_since == "1.0"


async def test_an_answer_that_is_written_anew_keeps_what_was_read() -> None:
    said = (TurnMessage("4.0", "Ben", "B", role="person"), TurnMessage("9.0", "Ana", "?"))
    before = Conversation((first_turn(said=said, missed_since="4.0", number=1),))
    question = scene_with().composer.again(inbound("9.0", "1.0"), before)
    assert question is not None
    assert (question.turn.said, question.turn.missed_since) == (said, "4.0")


async def test_what_was_to_be_forgotten_is_not_read_again() -> None:
    scene = scene_with(slack_message("1.0", "secret"), slack_message("5.0", "fine"))
    turn = await told(scene, Conversation(since_ts="4.0"))
    assert [said.ts for said in turn.said] == ["5.0", "9.0"]


async def test_an_older_message_that_is_asked_again_reads_nothing() -> None:
    scene = scene_with(slack_message("4.0", "We decided on plan B."))
    before = Conversation((first_turn(), first_turn(said=(TurnMessage("9.0", "Ana", "?"),))))
    turn = await told(scene, before, inbound("3.0", "1.0"))
    assert (scene.workspace.threads_read, [said.ts for said in turn.said]) == (0, ["3.0"])


async def test_only_a_question_orders_anything() -> None:
    scene = scene_with(slack_message("4.0", "!think about it"))
    question = await scene.composed((inbound("9.0", "1.0", quoted="!think"),), Conversation((first_turn(),)))
    assert question.think is None
    assert [said.text for said in question.turn.said] == ["!think about it", "hello"]
    asked = await scene.composed((inbound("9.0", "1.0", text="!think hard"),), Conversation((first_turn(),)))
    assert asked.think is True


async def test_of_much_that_was_said_between_the_newest_is_told_and_how_much_is_missing() -> None:
    scene = scene_with(*(slack_message(f"{at}.0", f"message {at} " + "words " * 600) for at in range(3, 103)))
    question = await scene.composed((inbound("200.0", "1.0"),), Conversation((first_turn(),)))
    kept = len(question.turn.said) - 1
    assert 20 < kept < 40
    assert question.turn.said[0].text.startswith(f"message {103 - kept} ")
    assert question.turn.said[0].notes[0].startswith(f"({100 - kept} earlier messages")
    assert question.receipt.read[0] == f"the newest {kept} of 100 earlier messages"


async def test_messages_that_slack_did_not_hand_over_count_among_those_left_out() -> None:
    scene = scene_with(slack_message("1.0", "root"), slack_message("8.0", "newest"))
    scene.workspace.left_out = 9_000
    question = await scene.composed((inbound("9.0", "1.0"),), Conversation())
    assert question.receipt.read[0] == "the newest 2 of 9002 earlier messages"


async def test_files_of_what_was_said_are_seen_and_one_that_the_question_brings_is_seen_with_it() -> None:
    scene = scene_with(slack_message("4.0", "see", files=(file_ref("a.png"), file_ref("b.png"))))
    question = inbound("9.0", "1.0", files=(file_ref("b.png"),))
    turn = await told(scene, Conversation((first_turn(),)), question)
    assert [[one.name for one in said.pictures] for said in turn.said] == [["a.png"], ["b.png"]]


async def test_a_picture_that_only_an_address_names_is_not_shown_to_who_may_not_see_it() -> None:
    named = FileRef("F00SECRET", "cpu.png", mode="linked")
    scene = scene_with(slack_message("4.0", "", is_app=True, name="ci", quoted="CPU", files=(named,)))
    turn = await told(scene, Conversation((first_turn(),)))
    assert turn.pictures == ()
    assert turn.said[0].notes == (f"cpu.png was attached but not read: {FileForbidden().user_message}",)
    assert scene.files.fetched == []
