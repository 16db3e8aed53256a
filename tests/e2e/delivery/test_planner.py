"""The way to the screen changes with what Slack still allows."""

import re
from pathlib import Path

from bot.glm.offline.reply import OfflinePace, Reply
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.stage import stage

VERY_LONG = "\n\n".join(f"## Part {n}\n\n" + " ".join(f"word{n}x{i}" for i in range(700)) for n in range(12))


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


async def test_thirty_answers_at_once_arrive_whole_under_slacks_real_tiers(tmp_path: Path) -> None:
    text = " ".join(f"word{i}" for i in range(60))
    async with stage(tmp_path, lambda _: Reply(text=text), pace=OfflinePace(0.05, 100.0)) as on:
        channels = [on.slack.workspace.add_channel(f"c{n}", ["Ana"]).id for n in range(30)]
        for channel in channels:
            on.slack.workspace.join(channel, on.slack.workspace.bot.id)
        roots = [on.slack.people.post("Ana", channel, "@glm go") for channel in channels]

        def shown() -> list[str]:
            return [
                normal(visible_text(message))
                for root in roots
                for message in bot_messages(on.slack, root.channel, root.ts)
                if message.streaming_state != "in_progress"
            ]

        await wait_for(lambda: len(shown()) == 30 and set(shown()) == {text})
        starts = calls_of(on.slack, "chat.startStream")
        assert sum(call.error == "" for call in starts) >= 10
        assert sum(call.status == 429 for call in on.slack.calls) <= 12


async def test_an_answer_of_many_messages_comes_as_a_file_too(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=VERY_LONG)]) as on:
        on.slack.enforce_rates = False
        asked = on.slack.people.post("Ana", "#general", "@glm everything")
        await wait_for(lambda: any(message.files for message in bot_messages(on.slack, "#general", asked.ts)))
        await on.settled()
        messages = bot_messages(on.slack, "#general", asked.ts)
        texts = [visible_text(message) for message in messages if not message.files]
        assert normal("\n".join(texts)) == normal(VERY_LONG)
        (holder,) = [message for message in messages if message.files]
        assert "It covers: Part 0 · Part 1" in holder.text
        assert on.slack.workspace.files[holder.files[0]].data.decode() == VERY_LONG


async def test_where_the_bot_may_not_answer_the_asker_gets_the_answer_directly(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="The answer is 42.")]) as on:
        general = on.slack.workspace.channel("#general").id
        for method in ("chat.startStream", "chat.postMessage"):
            on.slack.faults.add(
                method, error="is_archived", times=100, when=lambda args: args.get("channel") == general
            )
        on.slack.people.post("Ana", "#general", "@glm what is it?")
        dm = on.slack.workspace.dm("Ana").id
        await wait_for(lambda: len(bot_messages(on.slack, dm)) == 2)
        notice, answer = [visible_text(message) for message in bot_messages(on.slack, dm)]
        assert general in notice
        assert answer == "The answer is 42."
        await on.settled()
