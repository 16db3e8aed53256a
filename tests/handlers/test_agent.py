"""The native Stop button."""

from pathlib import Path

from bot.glm.offline_reply import OfflinePace, Reply
from bot.playground.checks import bot_messages, visible_text, wait_for
from bot.slack.foot import CONTINUE
from tests.stage import stage

WORDS = " ".join(f"word{i}" for i in range(200))


async def test_stop_ends_the_answer_keeps_it_and_offers_to_go_on(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=OfflinePace(0.01, 50.0)) as on:
        asked = on.slack.people.post("Ana", "@glm", "go on")

        def shown() -> str:
            return "".join(visible_text(one) for one in bot_messages(on.slack, asked.channel, asked.ts))

        await wait_for(lambda: "word1" in shown())
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
        await on.answers(asked.channel, asked.ts)
        await wait_for(lambda: "Stopped." in shown())
        assert on.model.departures == 1
        (answer,) = bot_messages(on.slack, asked.channel, asked.ts)
        assert CONTINUE in str(answer.blocks)


async def test_stop_where_nothing_runs_is_only_acknowledged(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
        await on.settled()
        stops = [one for one in on.slack.deliveries.log if one.event.get("type") == "agent_session_stopped"]
        assert [one.is_acknowledged for one in stops] == [True]
        assert [visible_text(one).split("\n")[0] for one in bot_messages(on.slack, asked.channel)] == ["One."]
