"""More messages than there is room for: told once, in one's language; what was taken is answered."""

from pathlib import Path

from bot.glm.offline.reply import OfflinePace, Reply
from bot.words import say
from handlers.receive import NO_ROOM
from tests.checks import bot_messages, visible_text, wait_for
from tests.stage import stage

SLOW = OfflinePace(3.0, 1_000.0)


async def test_a_flood_of_one_person_is_answered_as_far_as_there_is_room(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="An answer.")] * 5, pace=SLOW, inbox_per_user=5) as on:
        asked = [on.slack.people.post("Ana", "@glm", f"question {n}") for n in range(40)]
        await wait_for(lambda: on.slack.deliveries.is_idle)
        await on.settled()

        def answered() -> list[str]:
            roots = [one.ts for one in asked]
            return [
                one.thread_ts or "" for one in bot_messages(on.slack) if one.thread_ts in roots and not one.ephemeral_to
            ]

        await wait_for(lambda: len(set(answered())) >= 5)
        told = [one for one in bot_messages(on.slack) if visible_text(one) == NO_ROOM["full_person"]]
        assert len(told) == 1
        assert told[0].ephemeral_to == on.slack.workspace.user("Ana").id
        refused = on.services.metrics.registry.get_sample_value("glm_messages_refused_total", {"room": "person"})
        assert 0 < (refused or 0) <= 40 - len(set(answered())), "what Slack had to deliver again counts once at most"
        assert on.model.requests
        assert len(on.model.requests) == len(set(answered())), "what was refused costs nothing"


async def test_it_is_said_in_the_person_s_language(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="好。")], pace=SLOW, inbox_per_user=1) as on:
        on.slack.workspace.user("Ana").locale = "zh-CN"
        for n in range(4):
            on.slack.people.post("Ana", "@glm", f"问题 {n}")
        wanted = say(NO_ROOM["full_person"], "zh")
        await wait_for(lambda: any(visible_text(one) == wanted for one in bot_messages(on.slack)))
        await on.settled()
        assert sum(visible_text(one) == wanted for one in bot_messages(on.slack)) == 1


async def test_a_full_thread_says_so_in_the_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="An answer."), Reply(text="Another.")], pace=SLOW, inbox_per_thread=3) as on:
        root = on.slack.people.post("Ben", "#general", "@glm start")
        await wait_for(lambda: on.model.requests)
        for n in range(8):
            on.slack.people.post("Ben", "#general", f"@glm more {n}", thread_ts=root.ts)
            await wait_for(lambda: on.slack.deliveries.is_idle)  # else they may come in any order
        told = NO_ROOM["full_thread"]
        await wait_for(lambda: any(visible_text(one) == told for one in bot_messages(on.slack)))
        await on.settled()
        (whisper,) = [one for one in bot_messages(on.slack) if visible_text(one) == told]
        assert whisper.thread_ts == root.ts
        await on.answers("#general", root.ts, 2)
        assert "more 1" in on.question()
        assert "more 7" not in on.question()
