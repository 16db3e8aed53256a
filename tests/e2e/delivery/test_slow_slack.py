"""A Slack whose every answer takes its time: nobody sees a time-out, and all of it comes in the end."""

import asyncio
from pathlib import Path

from bot.glm.offline.reply import Reply
from bot.playground.api.views import open_stack
from bot.slack.reply import footer
from handlers.private_replies import in_all
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.test_in_hand import last_answer
from tests.stage import Stage, stage

ANSWER = Reply(text="Blue.", reasoning="Let me see.")


def told(on: Stage, user: str) -> str:
    person = on.slack.workspace.user(user).id
    return "\n".join(visible_text(one) for one in bot_messages(on.slack) if one.ephemeral_to == person)


def view(on: Stage, user: str) -> str:
    return str([shown.view for shown in open_stack(on.slack, on.slack.workspace.user(user).id)])


async def test_a_command_is_acknowledged_while_every_call_stands_still(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="They greeted each other.")) as on:
        on.slack.people.post("Ana", "#general", "hello")
        gate = asyncio.Event()
        on.slack.faults.add("*", gate=gate, times=None)
        for command, words in (("/summarize", "last 20"), ("/glm", "think on"), ("/gone", "")):
            delivery = await on.slack.people.slash_command("Ben", "#general", command, words)
            assert delivery.is_acknowledged
        assert told(on, "Ben") == ""
        gate.set()
        await on.carried_out()
        assert "On it: the summary of #general" in told(on, "Ben")
        assert "Done: think is now `on` for you." in told(on, "Ben")
        assert "I don't know this command any more: " in told(on, "Ben")
        await on.settled()


async def test_what_takes_long_to_put_together_is_filled_in_later(tmp_path: Path) -> None:
    async with stage(tmp_path, [ANSWER]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm what is it?")
        await on.answers("#general", asked.ts)
        gate = asyncio.Event()
        on.slack.faults.add("users.info", gate=gate, times=None)
        delivery = await on.slack.people.click("Ben", last_answer(on, asked), footer.REASONING)
        assert delivery.is_acknowledged
        await wait_for(lambda: open_stack(on.slack, on.slack.workspace.user("Ben").id))
        assert in_all("One moment…") in view(on, "Ben").replace("\\n", "\n")
        gate.set()
        await on.carried_out()
        assert "Let me see." in view(on, "Ben")


async def test_nothing_waits_behind_an_answer_that_takes_long(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Blue.", wait_s=60.0)], worker_concurrency=1, shutdown_grace_s=0.1) as on:
        on.slack.people.post("Ana", "#general", "@glm what is it?")
        await wait_for(lambda: on.model.requests)
        await on.slack.people.slash_command("Ben", "#general", "/glm", "think on")
        await on.carried_out()
        assert "Done: think is now `on` for you." in told(on, "Ben")
