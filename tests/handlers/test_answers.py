"""What people do with an answer, through signed payloads and Bolt: every button and every option of its row."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Turn
from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.api.views import open_stack
from bot.playground.app.deliveries import Delivery
from bot.playground.workspace.records import Message, View
from bot.slack.dialogs import modals
from bot.slack.reply import footer
from handlers.again import ACTION
from handlers.private_replies import TOO_LATE
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.stage import Stage, stage

FIRST = Reply(text="First **answer**.", reasoning="Let me see. It is so.")


class Desk:
    """A question of Ana's in a channel, and its answer."""

    def __init__(self, on: Stage, question: Message) -> None:
        self.on = on
        self.question = question
        self.thread = ThreadId(on.slack.workspace.team.id, question.channel, question.ts)

    @property
    def messages(self) -> list[Message]:
        found = bot_messages(self.on.slack, self.question.channel, self.question.ts)
        return [message for message in found if message.ephemeral_to is None]

    @property
    def texts(self) -> list[str]:
        return [visible_text(message) for message in self.messages]

    @property
    def whispers(self) -> list[str]:
        found = bot_messages(self.on.slack, self.question.channel)
        return [visible_text(message) for message in found if message.ephemeral_to]

    async def shows(self, words: str) -> None:
        def is_whole() -> bool:
            done = all(message.streaming_state != "in_progress" for message in self.messages)
            # What was streamed first is edited as rich text, whose bold has no marks.
            return done and words.replace("*", "") in "".join(self.texts).replace("*", "")

        await wait_for(is_whole, what=words)
        await self.on.settled()

    async def click(self, action: str, *, user: str = "Ana", **chosen: Any) -> Delivery:
        delivery = await self.on.slack.people.click(user, self.messages[-1], action, **chosen)
        assert delivery.is_acknowledged
        await self.on.carried_out()
        return delivery

    async def rate(self, verdict: str, user: str = "Ana") -> Delivery:
        return await self.click(footer.RATED, user=user, value=f"{verdict} {self.question.ts}")

    async def choose(self, name: str) -> Delivery:
        (more,) = [
            element
            for block in self.messages[-1].blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == footer.MORE
        ]
        (option,) = [one for one in more["options"] if one["value"].split()[0] == name]
        return await self.click(footer.MORE, selected_option=option)

    def view(self, user: str = "Ana") -> View:
        return open_stack(self.on.slack, self.on.slack.workspace.user(user).id)[-1]

    async def turns(self) -> tuple[Turn, ...]:
        return (await self.on.services.threads.load(self.thread)).turns

    async def feedback(self) -> list[str]:
        key = f"glm:thread:{{{self.thread}}}"
        names: list[Any] = await self.on.services.redis.hkeys(key)
        return sorted(name.decode() for name in names if name.startswith(b"feedback:"))


@asynccontextmanager
async def answered(folder: Path, *following: Reply, **changes: Any) -> AsyncIterator[Desk]:
    async with stage(folder, [FIRST, *following], **changes) as on:
        on.slack.enforce_rates = False
        desk = Desk(on, on.slack.people.post("Ana", "#general", "@glm why is it so?"))
        await desk.shows("First **answer**.")
        yield desk


def shown(view: View) -> str:
    sections = [block["text"]["text"] for block in view.view["blocks"] if block["type"] == "section"]
    written = [block["elements"][0] for block in view.view["blocks"] if block["type"] == "rich_text"]
    return "\n".join([*sections, *(one["elements"][0]["text"] for one in written)])


async def test_a_good_answer_is_noted_without_a_word(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.rate(footer.UP)
        assert await desk.feedback() == [f"feedback:{desk.question.ts}:{desk.question.user}"]
        assert desk.whispers == [], "the button itself shows it"


async def test_where_slack_has_no_buttons_for_feedback_plain_ones_stand(tmp_path: Path) -> None:
    async with stage(tmp_path, [FIRST]) as on:
        for method in ("chat.stopStream", "chat.postMessage"):
            on.slack.faults.add(method, error="invalid_blocks", times=1)
        desk = Desk(on, on.slack.people.post("Ana", "#general", "@glm why is it so?"))
        await desk.shows("First **answer**.")
        await desk.click(footer.GOOD)
        assert await desk.feedback() == [f"feedback:{desk.question.ts}:{desk.question.user}"]
        assert desk.whispers == []


async def test_an_earlier_version_is_taken_again(tmp_path: Path) -> None:
    async with answered(tmp_path, Reply(text="Second."), Reply(text="Third.")) as desk:
        for words in ("Second.", "Third."):
            await desk.click(footer.AGAIN)
            await desk.shows(words)
        await desk.choose(footer.VERSIONS)
        heads = [block["text"]["text"] for block in desk.view().view["blocks"] if "accessory" in block]
        assert [head.split(" · ")[0] for head in heads] == ["*Version 2*", "*Version 1*"]
        assert all("<!date^" in head for head in heads)
        first = [block for block in desk.view().view["blocks"] if "accessory" in block][-1]
        view = desk.view()
        await desk.on.slack.people.click("Ana", view, modals.USE, value=first["accessory"]["value"])
        await desk.shows("First **answer**.")
        assert len(desk.on.model.requests) == 3, "nothing is asked of the model"
        (turn,) = await desk.turns()
        assert (turn.answer, turn.versions) == ("First **answer**.", ("Second.", "Third."))


async def test_after_forgetting_nothing_can_be_pressed(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.choose(footer.FORGET)
        assert desk.view().view["close"]["text"] == "Cancel"
        await desk.on.slack.people.submit_view("Ana", desk.view(), {})
        await desk.on.carried_out()
        await desk.on.settled()
        (message,) = desk.messages
        assert not [block for block in message.blocks if block["type"] in {"actions", "context_actions"}]
        assert "First **answer**." in visible_text(message)


async def test_a_bad_answer_is_noted_and_its_reason_asked_for(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.rate(footer.DOWN, user="Ben")
        view = desk.view("Ben")
        assert view.view["callback_id"] == modals.FEEDBACK
        ben = desk.on.slack.workspace.user("Ben").id
        assert await desk.feedback() == [f"feedback:{desk.question.ts}:{ben}"], "noted also when the dialogue is closed"
        typed = {"reason": {"value": {"type": "plain_text_input", "value": "too short"}}}
        delivery = await desk.on.slack.people.submit_view("Ben", view, typed)
        assert delivery.is_acknowledged
        await desk.on.carried_out()
        assert not view.is_open
        sealed = await desk.on.services.redis.hget(f"glm:thread:{{{desk.thread}}}", (await desk.feedback())[0])
        assert sealed is not None
        assert b"too short" in sealed


async def test_an_answer_is_written_anew_in_its_place_and_the_old_one_kept(tmp_path: Path) -> None:
    async with answered(tmp_path, Reply(text="Second answer.")) as desk:
        await desk.click(footer.AGAIN)
        await desk.shows("Second answer.")
        (after,) = desk.messages
        assert "First" not in desk.texts[0]
        assert [one.reply_ts for one in await desk.turns()] == [(after.ts,)]
        assert desk.on.question() == "Ana: why is it so?\n"
        assert [(one.answer, one.versions) for one in await desk.turns()] == [
            ("Second answer.", ("First **answer**.",))
        ]
        await desk.choose(footer.VERSIONS)
        assert shown(desk.view()).splitlines()[-1] == "First answer."


@pytest.mark.parametrize(("option", "thinking"), [(footer.THINK, "enabled"), (footer.FAST, "disabled")])
async def test_an_answer_is_written_anew_with_or_without_thinking(tmp_path: Path, option: str, thinking: str) -> None:
    async with answered(tmp_path, Reply(text="Second answer.")) as desk:
        await desk.choose(option)
        await desk.shows("Second answer.")
        assert desk.on.asked()["thinking"]["type"] == thinking


async def test_the_reasoning_is_shown_to_who_asks_for_it(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.click(footer.REASONING, user="Ben")
        assert shown(desk.view("Ben")) == FIRST.reasoning


async def test_the_markdown_can_be_copied(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.choose(footer.COPY)
        assert shown(desk.view()) == "First **answer**."


async def test_the_fields_to_copy_from_are_closed_by_their_button(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.choose(footer.COPY)
        view = desk.view()
        assert (await desk.on.slack.people.submit_view("Ana", view)).is_acknowledged
        assert not view.is_open


async def test_a_thread_is_forgotten_once_that_is_confirmed(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        await desk.choose(footer.FORGET)
        assert await desk.turns(), "not before"
        before = desk.messages[-1].blocks
        await desk.on.slack.people.submit_view("Ana", desk.view())
        await wait_for(lambda: desk.whispers)
        assert await desk.turns() == ()
        desk.messages[-1].blocks = before  # as on a screen that has not heard of it yet
        await desk.click(footer.REASONING)
        assert shown(desk.view()) == "I no longer remember this one."
        await desk.choose(footer.COPY)
        assert shown(desk.view()) == "I no longer remember this one."
        await desk.click(footer.AGAIN, user="Ben")
        await wait_for(lambda: len(desk.whispers) == 2)
        assert desk.whispers[1] == "I no longer remember this one."
        await desk.on.settled()
        assert len(desk.on.model.requests) == 1


async def test_what_was_forgotten_is_not_told_to_the_model_again(tmp_path: Path) -> None:
    async with answered(tmp_path, Reply(text="Second.")) as desk:
        await desk.choose(footer.FORGET)
        await desk.on.slack.people.submit_view("Ana", desk.view())
        await wait_for(lambda: desk.whispers)
        desk.on.slack.people.post("Ana", "#general", "@glm and now?", thread_ts=desk.question.ts)
        await desk.shows("Second.")
        assert "why is it so?" not in str(desk.on.asked()["messages"])


async def test_a_stopped_answer_can_be_continued(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(200))
    script = [Reply(text=words), Reply(text="And so on.")]
    async with stage(tmp_path, script, pace=OfflinePace(0.01, 50.0)) as on:
        desk = Desk(on, on.slack.people.post("Ana", "#general", "@glm go on"))
        await wait_for(lambda: "word1" in "".join(desk.texts))
        on.slack.people.press_stop("Ana", "#general", desk.question.ts)
        await desk.shows("Stopped.")
        delivery = await desk.click(footer.CONTINUE)
        await on.slack.deliveries.send("interactive", delivery.body)
        await desk.shows("And so on.")
        assert on.question() == "Ana: Please continue where you stopped.\n"
        assert len(on.model.requests) == 2, "however often Slack tells of the press"
        assert len(desk.messages) == 2


async def test_a_dialogue_that_cannot_be_opened_breaks_nothing(tmp_path: Path) -> None:
    async with answered(tmp_path, Reply(text="Second answer.")) as desk:
        desk.on.slack.faults.add("views.open", error="expired_trigger_id", times=9)
        await desk.on.slack.people.click("Ana", desk.messages[-1], footer.REASONING)
        desk.on.slack.faults.clear()
        await desk.click(footer.AGAIN)
        await desk.shows("Second answer.")


async def test_an_edited_question_has_one_answer_and_the_old_one_is_a_version(tmp_path: Path) -> None:
    second = Reply(text="Second.", reasoning="So it is not.")
    async with answered(tmp_path, second, Reply(text="Third.")) as desk:
        desk.on.slack.people.edit(desk.question, "@glm why not?")
        await wait_for(lambda: desk.whispers)
        offer = next(one for one in bot_messages(desk.on.slack) if one.ephemeral_to)
        await desk.on.slack.people.click("Ana", offer, ACTION)
        await desk.shows("Second.")
        assert [text.splitlines()[0] for text in desk.texts] == ["Second."]
        await desk.click(footer.REASONING)
        assert shown(desk.view()) == second.reasoning
        await desk.choose(footer.COPY)
        assert shown(desk.view()) == "Second."
        await desk.choose(footer.VERSIONS)
        assert "First answer." in shown(desk.view())
        await desk.click(footer.AGAIN)
        await desk.shows("Third.")
        assert desk.on.question() == "Ana: why not?\n"
        assert [text.splitlines()[0] for text in desk.texts] == ["Third."]


async def test_an_answer_whose_question_is_gone_is_not_written_anew(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        desk.on.slack.people.delete(desk.question)
        await desk.on.settled()
        asked = len(desk.on.model.requests)
        await desk.click(footer.AGAIN)
        await wait_for(lambda: desk.whispers)
        assert desk.whispers == ["I no longer remember this one."]
        await desk.on.settled()
        assert len(desk.on.model.requests) == asked


async def test_who_presses_is_told_when_nothing_comes_of_it(tmp_path: Path) -> None:
    async with answered(tmp_path) as desk:
        desk.on.slack.faults.add("views.open", error="expired_trigger_id", times=1)
        await desk.click(footer.REASONING)
        await wait_for(lambda: desk.whispers)
        assert desk.whispers == [TOO_LATE]


async def test_continue_is_said_by_a_guest_from_elsewhere_as_one(tmp_path: Path) -> None:
    """A stream wants the person's own workspace (slack.md §1.3)."""
    words = " ".join(f"word{n}" for n in range(200))
    async with stage(tmp_path, lambda _: Reply(text=words), pace=OfflinePace(0.01, 100.0), allow_external=True) as on:
        on.slack.workspace.user("Ben").team = "T0ELSEWHERE"
        desk = Desk(on, on.slack.people.post("Ben", "#general", "@glm go on"))
        for times in (1, 2):
            await wait_for(lambda: any(one.streaming_state == "in_progress" for one in desk.messages))
            on.slack.people.press_stop("Ben", "#general", desk.question.ts)
            await wait_for(lambda: "Stopped." in desk.texts[-1])
            await on.settled()
            if times == 1:
                await desk.click(footer.CONTINUE, user="Ben")
        starts = calls_of(on.slack, "chat.startStream")
        assert [call.args["recipient_team_id"] for call in starts] == ["T0ELSEWHERE"] * 2
