"""Whatever stands in Redis, the process lives and people are answered; what it can't read is told of in doctor."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from bot import doctor
from bot.core.thread.inbound import ThreadId
from bot.glm.offline.reply import Reply
from bot.jobs import loops
from bot.jobs import worker as module
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from bot.store.encryption import Seal, open_seal
from bot.store.keys import TYPES, Keys
from bot.store.threads.threads import Threads
from tests.checks import wait_for
from tests.core.values import inbound
from tests.stage import Stage, stage

KEYS = Keys()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWEEP_S", 0.05)
    monkeypatch.setattr(module, "REDELIVERY_S", 0.5)
    monkeypatch.setattr(loops, "FIRST_WAIT_S", 0.01)


async def soil(redis: Any) -> None:
    """What no bot of ours has written."""
    ill = ThreadId("T1", "C1", "1.0")
    for number, word in enumerate(TYPES):
        if word not in {"waiting", "aside", "unreadable"}:
            await redis.set(f"glm:{word}:{number}", b"\xff")
            await redis.sadd(f"glm:{word}:{{{ill}}}", "what is this")
    await redis.zadd(KEYS.waiting, {b"x": 1, b"1:2": 1, b"\xff": float("inf"), str(ill): float("-inf")})
    for ts in ("2.0", "3.0"):
        message = inbound(ts).to_json()
        written = [b"2" + json.dumps(message).encode(), b"2" + b"[" * 5_000, b"\x01\xff", b""]
        other = Seal("another").pack(message, KEYS.inbox(inbound(ts).thread))
        for index, value in enumerate([*written, b"2" + other]):
            await redis.hset(KEYS.inbox(inbound(ts).thread), f"{ts}{index}", value)
        await redis.zadd(KEYS.waiting, {str(inbound(ts).thread): 1})
    await redis.hset(KEYS.dead_letters, "reference", b"garbage")
    await redis.hset(KEYS.unreadable, "note", b"garbage")
    await redis.xadd("glm-jobs:stream", {"function": b"\xff"})
    await redis.publish(KEYS.signals, b"\xff{")
    await redis.publish(KEYS.signals, json.dumps(["T1:C1:1.0", "explode"]))


async def answered(on: Stage, question: str) -> None:
    asked = on.slack.people.post("Ana", "#general", f"@glm {question}")
    assert "Yes." in (await on.answers("#general", asked.ts))[0]


async def test_people_are_answered_while_garbage_comes_and_after_a_restart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = Reply(text="Yes.")
    async with stage(tmp_path, [reply] * 2) as on:
        await answered(on, "are you there?")
        await soil(on.services.redis)
        await answered(on, "and now?")
        await wait_for(lambda: on.services.metrics.broken.labels("worker")._value.get() >= 1)
        await on.services.metrics.refresh(
            on.services.threads.waiting_threads, on.services.dead_letters.count, on.services.dead_letters.unread
        )
        assert on.services.metrics.registry.get_sample_value("glm_messages_aside") == 11
        assert (on.services.metrics.registry.get_sample_value("glm_records_unreadable") or 0) >= 3
    async with embedded_redis(tmp_path) as url:
        redis = Redis.from_url(url)
        await soil(redis)
        await redis.aclose()
    async with stage(tmp_path, [reply] * 2) as on:
        await answered(on, "still there?")
    settings = Settings(data_dir=tmp_path, glm_api_key=SecretStr("offline"))
    await doctor.examine(settings)
    told = capsys.readouterr().out
    assert "set aside at" in told
    assert "(no JSON)" in told
    assert "not readable since" in told


async def test_a_message_comes_back_with_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with embedded_redis(tmp_path) as url:
        redis = Redis.from_url(url)
        right, wrong = [await open_seal(redis, KEYS, key) for key in ("right", "wrong")]
        await Threads(redis, KEYS, right).admit(inbound("1.0"), follow=True)
        assert await Threads(redis, KEYS, wrong).waiting(inbound("1.0").thread) == ()
        references: Any = await redis.hkeys(KEYS.dead_letters)
        await redis.aclose()
    reference = str(references[0], "ascii")

    def settings(key: str) -> Settings:
        return Settings(data_dir=tmp_path, state_key=SecretStr(key))

    assert await doctor.run_again(settings("right"), reference) == 1
    assert "can't be read" in capsys.readouterr().out
    assert await doctor.run_again(settings("wrong"), reference) == 0
    assert "1 message(s)" in capsys.readouterr().out
    async with embedded_redis(tmp_path) as url:
        redis = Redis.from_url(url)
        waiting = await Threads(redis, KEYS, await open_seal(redis, KEYS, "right")).waiting(inbound("1.0").thread)
        await redis.aclose()
    assert [message.ts for message in waiting] == ["1.0"]
