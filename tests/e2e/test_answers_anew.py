"""An answer that is written anew stands in its place: the old one goes, what is remembered is what is shown."""

from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Message
from bot.slack.reply import footer
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.e2e.acting import post, quarters
from tests.stage import Stage, stage

SLOW = OfflinePace(0.01, 200.0)
FIRST, SECOND = ("First " * 40, "Second " * 40)


def answers(on: Stage, root: Message) -> list[Message]:
    return bot_messages(on.slack, root.channel, root.ts)


def told(on: Stage, root: Message) -> list[str]:
    return [visible_text(message) for message in answers(on, root)]


async def two_answers(on: Stage, channel: str = "@glm") -> Message:
    """A thread of two questions and their answers; the first is about a picture."""
    root = post(
        on, "@glm what is it?" if channel != "@glm" else "what is it?", ("plan.png", quarters()), channel=channel
    )
    await on.answers(root.channel, root.ts)
    post(on, "and then?", channel=channel, thread_ts=root.ts)
    await on.answers(root.channel, root.ts, 2)
    return root


async def pressed(on: Stage, message: Message, action: str = footer.AGAIN) -> None:
    await on.slack.people.click("Ana", message, action)
    await on.carried_out()


@pytest.mark.parametrize("channel", ["@glm", "#general"])
@pytest.mark.parametrize("is_streamed", [True, False])
async def test_a_new_version_takes_the_old_one_s_place_with_its_receipt(
    tmp_path: Path, channel: str, *, is_streamed: bool
) -> None:
    script = [Reply(text=FIRST), Reply(text=SECOND), Reply(text="# Anew\n\nIt is **new**.\n\n- one\n- two")]
    async with stage(tmp_path, script, pace=SLOW) as on:
        if not is_streamed:
            on.slack.faults.add("chat.startStream", error="unknown_method", times=None)
        root = await two_answers(on, channel)
        first, second = answers(on, root)
        await pressed(on, first)
        await wait_for(lambda: "It is" in told(on, root)[0])
        await on.settled()
        assert [message.ts for message in answers(on, root)] == [first.ts, second.ts]
        new, old = told(on, root)
        assert "First" not in new
        assert "Anew" in new
        assert "Read: plan.png" in new
        assert "New answer to" not in new
        assert old.startswith("Second")
        post(on, "so?", channel=channel, thread_ts=root.ts)
        await wait_for(lambda: len(on.model.requests) == 4)
        asked = str(on.asked()["messages"])
        assert "It is **new**." in asked
        assert "First First" not in asked


async def test_where_slack_takes_no_edit_the_new_version_says_what_it_answers(tmp_path: Path) -> None:
    script = [Reply(text=FIRST), Reply(text=SECOND), Reply(text="Anew.")]
    async with stage(tmp_path, script, pace=SLOW) as on:
        root = await two_answers(on)
        first, second = answers(on, root)
        on.slack.faults.add("chat.update", error="block_mismatch", times=None)
        await pressed(on, first)
        await wait_for(lambda: any("Anew." in one for one in told(on, root)))
        await on.settled()
        assert answers(on, root)[0].ts == second.ts
        assert first.ts not in [message.ts for message in answers(on, root)]
        *_, moved = told(on, root)
        assert moved.startswith("New answer to *What is it?*\n\nAnew.")
        assert "Read: plan.png" in moved


async def test_the_last_answer_needs_no_name_where_it_is_moved(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=FIRST), Reply(text="Anew.")], pace=SLOW) as on:
        root = post(on, "what is it?")
        await on.answers(root.channel, root.ts)
        on.slack.faults.add("chat.update", error="block_mismatch", times=None)
        await pressed(on, answers(on, root)[0])
        await wait_for(lambda: any("Anew." in one for one in told(on, root)))
        await on.settled()
        (moved,) = told(on, root)
        assert moved.startswith("Anew.")


async def test_an_edited_question_is_answered_in_the_old_answer_s_place(tmp_path: Path) -> None:
    script = [Reply(text=FIRST), Reply(text=SECOND), Reply(text="Edited answer."), Reply(text="So.")]
    async with stage(tmp_path, script, pace=SLOW) as on:
        root = await two_answers(on)
        first, second = answers(on, root)
        on.slack.people.edit(root, "why is it so?")
        await wait_for(lambda: calls_of(on.slack, "chat.postEphemeral"))
        offer = next(message for message in bot_messages(on.slack, root.channel) if message.ephemeral_to)
        await on.slack.people.click("Ana", offer, "answer_again")
        await on.carried_out()
        await wait_for(lambda: any("Edited answer." in one for one in told(on, root)))
        await on.settled()
        shown = [message for message in answers(on, root) if not message.ephemeral_to]
        assert [message.ts for message in shown] == [first.ts, second.ts]
        assert "Read: plan.png" in visible_text(shown[0])
        assert "First" not in visible_text(shown[0])
        session = on.slack.workspace.sessions[root.channel, root.ts]
        await wait_for(lambda: session.title == "Why is it so?")
        post(on, "so?", thread_ts=root.ts)
        await wait_for(lambda: len(on.model.requests) == 4)
        asked = str(on.asked()["messages"])
        assert asked.count("Image 1 (img_1)") == 1
        assert "img_2" not in asked
        assert "what is it?" not in asked
        assert "why is it so?" in asked
        assert "First First" not in asked
