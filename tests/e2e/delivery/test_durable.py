"""Fairness, a full or absent Redis, and what a person sees meanwhile."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from bot.core.intake import sweep
from bot.glm.offline.offline import OfflineModel
from bot.glm.offline.reply import OfflinePace, Reply
from bot.glm.offline.wire import Call
from bot.jobs import worker
from bot.playground.server import LocalSlack
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.stage import stage

TEN_WORDS = " ".join(f"word{i}" for i in range(10))


def hold(model: OfflineModel, text: str) -> asyncio.Event:
    """The model does not begin to say this until the event is set."""
    go, paced = asyncio.Event(), model._paced

    async def holding(reply: Reply, call: Call) -> AsyncGenerator[bytes, None]:
        if reply.text == text:
            await go.wait()
        async for piece in paced(reply, call):
            yield piece

    model._paced = holding  # type: ignore[method-assign]  # it takes its time
    return go


def answer(body: dict[str, Any]) -> Reply:
    return Reply(text="Just one." if "just one" in str(body["messages"][-1]) else TEN_WORDS)


async def test_one_person_with_many_questions_does_not_starve_another(tmp_path: Path) -> None:
    async with stage(tmp_path, answer, turns_per_user=2) as on:
        on.slack.enforce_rates = False
        go = hold(on.model, TEN_WORDS)
        many = [on.slack.people.post("Ana", "@glm", f"question {n}") for n in range(10)]
        await wait_for(lambda: len(on.model.requests) == 2)
        one = on.slack.people.post("Ben", "@glm", "just one")
        await wait_for(lambda: [visible_text(m) for m in bot_messages(on.slack, one.channel, one.ts)] == ["Just one."])
        assert len(on.model.requests) == 3
        go.set()
        for message in many:
            await on.answers(message.channel, message.ts)
        assert len(on.model.requests) == 11


async def test_who_waits_long_is_told_the_place_in_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SWEEP_S", 0.2)
    monkeypatch.setattr(sweep, "TOLD_AFTER_S", 0.3)
    async with stage(tmp_path, lambda _: Reply(text=TEN_WORDS), turns_per_user=1) as on:
        go = hold(on.model, TEN_WORDS)
        asked = [on.slack.people.post("Ana", "@glm", f"question {n}") for n in range(5)]

        def statuses() -> list[str]:
            return [str(call.args.get("status")) for call in calls_of(on.slack, "assistant.threads.setStatus")]

        await wait_for(lambda: any("yours is next" in status for status in statuses()))
        await wait_for(lambda: any("number 2 in line" in status for status in statuses()))
        go.set()
        for message in asked:
            await on.answers(message.channel, message.ts)


async def test_a_full_redis_is_told_to_slack_and_nothing_is_lost(tmp_path: Path) -> None:
    slack = LocalSlack(retry_delays_s=(0.3,) * 1_000)
    async with stage(tmp_path, lambda _: Reply(text="Here."), slack=slack) as on:
        await on.services.redis.config_set("maxmemory", "1")
        asked = slack.people.post("Ana", "@glm", "hello")
        await wait_for(lambda: slack.deliveries.log and slack.deliveries.log[0].status)
        assert slack.deliveries.log[0].status == 503
        await on.services.redis.config_set("maxmemory", "0")
        assert await on.answers(asked.channel, asked.ts) == ["Here."]


async def test_an_answer_goes_on_while_redis_is_away_and_is_remembered_when_it_is_back(tmp_path: Path) -> None:
    words = " ".join(f"word{i}" for i in range(120))
    slack = LocalSlack(retry_delays_s=(0.5,) * 1_000)
    async with stage(
        tmp_path, [Reply(text=words), Reply(text="Two.")], pace=OfflinePace(0.05, 60.0), slack=slack
    ) as on:
        asked = slack.people.post("Ana", "@glm", "one")
        await wait_for(lambda: "word1" in "".join(visible_text(m) for m in bot_messages(slack)))
        pid = (await on.services.redis.info("server"))["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            second = slack.people.post("Ana", "@glm", "two", thread_ts=asked.ts)

            def statuses() -> list[int]:
                return [one.status for one in slack.deliveries.log if one.event.get("ts") == second.ts]

            await wait_for(lambda: 503 in statuses())
            await wait_for(lambda: "word60" in "".join(visible_text(m) for m in bot_messages(slack)))
            assert 200 not in statuses()
        finally:
            os.kill(pid, signal.SIGCONT)
        answers = await on.answers(asked.channel, asked.ts, 2)
        assert answers == [words, "Two."]
        assert words in str(on.asked(1)["messages"])
