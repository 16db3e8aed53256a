"""Troubles between real processes, each on its own."""

import asyncio
import re
import sys
from pathlib import Path

from bot.glm.offline.reply import OfflinePace
from tests.chaos.echo import EchoModel, seeded_words
from tests.chaos.moments import all_hold, ask, screen, while_streaming
from tests.chaos.plan import draw
from tests.chaos.processes import Bot
from tests.chaos.run import Run
from tests.chaos.world import World, world
from tests.checks import PATIENCE_S, wait_for


async def a_short_run_loses_and_doubles_nothing(tmp_path: Path) -> None:
    plan = draw(12, 5, 1.6, seed=3)
    assert len(plan.breaks) >= 2
    async with world(tmp_path, EchoModel(words=seeded_words(3))) as on:
        found = await Run(on, plan)()
    assert not found.violations
    assert sum(found.outcomes.values()) == 12


async def a_rolling_restart_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    model = EchoModel(words=lambda _: 60, speed=OfflinePace(0.3, 50.0))
    async with world(tmp_path, model, SHUTDOWN_GRACE_S="1") as on:
        questions = []
        for number in range(1, 13):
            questions.append(ask(on, number, channel="@glm" if number % 2 else "#general"))
            await asyncio.sleep(0.15)
            if number in {4, 8}:
                worker = on.bots[f"worker{number // 4}"]
                leaving = worker.ask_to_stop()
                await worker.start()
        await all_hold(on, *questions)
        async with asyncio.timeout(PATIENCE_S):
            assert await leaving.wait() == 0


async def redis_asleep_while_a_stream_runs(tmp_path: Path) -> None:
    """The stream goes on, its commit follows; what is asked meanwhile is refused and comes again."""
    async with world(tmp_path, EchoModel(words=lambda _: 150, speed=OfflinePace(0.3, 50.0)), workers=1) as on:
        assert on.redis is not None
        first = ask(on, 1)
        await while_streaming(on, first)
        on.redis.pause()
        before = screen(on, first)
        second = ask(on, 2)

        def statuses() -> list[int]:
            return [one.status for one in on.slack.deliveries.log if one.event.get("ts") == second.message.ts]

        await wait_for(lambda: 503 in statuses())
        await wait_for(lambda: len(screen(on, first)) > len(before) + 100)
        on.redis.resume()
        await all_hold(on, first, second)
        assert statuses()[-1] == 200


async def two_web_processes_given_the_same_event_answer_once(tmp_path: Path) -> None:
    async with world(tmp_path, EchoModel(words=lambda _: 20), webs=2, workers=1) as on:
        question = ask(on, 1)
        await wait_for(lambda: on.slack.deliveries.is_idle)
        for name in ("web2", "web1", "web2"):
            on.deliver_to(name)
            for delivery in [one for one in on.slack.deliveries.log if one.event.get("ts") == question.message.ts]:
                on.slack.deliveries.repeat(delivery)
            await wait_for(lambda: on.slack.deliveries.is_idle)
        await all_hold(on, question)
        for delivery in list(on.slack.deliveries.log):
            on.slack.deliveries.repeat(delivery)
        await all_hold(on, question)
        assert len(on.model.asked) == 1


async def poison_is_set_aside_and_can_be_run_again(tmp_path: Path) -> None:
    async with world(tmp_path, EchoModel(words=lambda _: 20), workers=1) as on:
        poison = ask(on, 1)
        worker = on.bots["worker1"]
        for times in range(1, 4):
            await asked_times(on, times)
            await worker.kill()
            await worker.start()
        await wait_for(lambda: "failed several times" in screen(on, poison))
        reference = re.search(r"reference (\w+)", screen(on, poison))
        assert reference is not None
        after = ask(on, 2, root=poison.root_ts)
        await wait_for(lambda: after.token in screen(on, after))
        assert reference[1] in await command(worker, "doctor")
        assert "wait again" in await command(worker, "retry", reference[1])
        await wait_for(lambda: poison.token in screen(on, poison))
        assert await on.quiet(), await on.unsettled()
        assert reference[1] not in await command(worker, "doctor")


async def asked_times(on: World, times: int) -> None:
    await wait_for(lambda: len(on.model.asked) == times)


async def command(like: Bot, *words: str) -> str:
    """What `python -m bot …` prints with the settings of a running one."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *words),
        env=like.environment(),
        cwd=like.log.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode()
