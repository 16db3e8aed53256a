"""What is offered under an answer that did not come to its end.

Continue where there is something to continue, Try again after an error, and no ratings of what is no answer.
"""

from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Message
from bot.slack.reply import footer
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.acting import post
from tests.e2e.documents.test_pictures import upload
from tests.stage import Stage, stage

SLOW = OfflinePace(0.05, 50.0)
WORDS = " ".join(f"word{i}" for i in range(200))


def offered(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] in {"actions", "context_actions"}]
    return [element["action_id"] for row in rows for element in row]


def last(on: Stage, root: Message) -> Message:
    found = bot_messages(on.slack, root.channel, root.ts)
    return [message for message in found if not message.ephemeral_to][-1]


def labels(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row if element["type"] == "button"]


async def test_an_answer_stopped_before_its_first_word_can_only_be_tried_again(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Too late."), Reply(text="Here.")], pace=OfflinePace(5.0, 50.0)) as on:
        root = post(on, "go on")
        await wait_for(lambda: on.model.requests)
        on.slack.people.press_stop("Ana", root.channel, root.ts)
        (answer,) = await on.answers(root.channel, root.ts)
        assert "Stopped." in answer
        assert labels(last(on, root)) == ["Try again"]
        assert footer.CONTINUE not in offered(last(on, root))


async def test_a_stopped_answer_goes_on_once(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS), Reply(text="The rest.")], pace=SLOW) as on:
        root = post(on, "go on")
        await wait_for(
            lambda: any("word1" in visible_text(one) for one in bot_messages(on.slack, root.channel, root.ts))
        )
        on.slack.people.press_stop("Ana", root.channel, root.ts)
        await on.answers(root.channel, root.ts)
        stopped = last(on, root)
        assert "Continue" in labels(stopped)
        await on.slack.people.click("Ana", stopped, footer.CONTINUE)
        await on.carried_out()
        await on.answers(root.channel, root.ts, 2)
        assert "The rest." in visible_text(last(on, root))
        await on.slack.people.click("Ana", stopped, footer.CONTINUE)
        await on.settled()
        assert len(on.model.requests) == 2
        told = [visible_text(one) for one in bot_messages(on.slack, root.channel) if one.ephemeral_to]
        assert told == ["There's nothing left to continue there: just ask for what you still need."]


async def test_an_error_is_tried_again_with_its_files_and_takes_the_error_s_place(tmp_path: Path) -> None:
    def answers(_: object) -> Reply:
        return Reply(status=400, body=b'{"error": {"message": "bad"}}') if is_broken else Reply(text="Seen.")

    is_broken = True
    async with stage(tmp_path, answers) as on:
        root = on.slack.people.post("Ana", "@glm", "what is it?", files=[upload(on, "plan.png")])
        await on.answers(root.channel, root.ts)
        failed = last(on, root)
        assert "⚠️" in visible_text(failed)
        assert labels(failed) == ["Try again"]
        assert not {footer.GOOD, footer.BAD, footer.CONTINUE} & set(offered(failed))
        is_broken = False
        await on.slack.people.click("Ana", failed, footer.AGAIN)
        await on.carried_out()
        await wait_for(lambda: "Seen." in visible_text(last(on, root)))
        await on.settled()
        (answer,) = await on.answers(root.channel, root.ts)
        assert "⚠️" not in answer
        assert "Read: plan.png" in answer
        assert footer.AGAIN in offered(last(on, root))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_an_answer_cut_at_its_limit_can_be_continued_and_rated(tmp_path: Path, locale: str) -> None:
    async with stage(tmp_path, [Reply(text="Half", finish="length")]) as on:
        on.slack.workspace.user("Ana").locale = locale
        root = post(on, "go on")
        await on.answers(root.channel, root.ts)
        assert labels(last(on, root))[-2:] == (
            ["Continue", "Regenerate"] if locale == "en-US" else ["继续", "重新生成"]
        )
