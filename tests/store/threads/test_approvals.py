"""Who may decide, that only the first word counts, and how long is waited, also through an outage."""

import asyncio
import base64
import json

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisDisconnected

from bot.core.agent.approvals import ApprovalSubject, PendingQuestion
from bot.core.ports import TurnCommit
from bot.core.thread.inbound import ThreadId
from bot.slack.dialogs.approval_question import QuestionContent
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.approvals import LIFE_S, Approvals
from bot.store.threads.threads import Threads
from tests.checks import PATIENCE_S

THREAD = ThreadId("T1", "C1", "1.0")
SHOWN = {"action": "May I?", "detail": [["to", "bob@our"]]}
ABOUT = QuestionContent("d1", SHOWN)


async def opened(redis: Redis) -> Approvals:
    approvals = Approvals(redis, Keys())
    await approvals.open("q", ApprovalSubject(THREAD, "UANA"), ABOUT)
    return approvals


async def test_only_the_asker_decides_and_only_once(redis: Redis) -> None:
    approvals = await opened(redis)
    assert await approvals.decide("q", "UBEN", "approved", "d1") == "not_yours"
    assert await approvals.wait("q", 0.0) is None, "nothing was decided by that"
    await approvals.open("q", ApprovalSubject(THREAD, "UANA"), ABOUT)
    assert await approvals.decide("q", "UANA", "denied") == "decided"
    assert await approvals.decide("q", "UANA", "approved", "d1") == "already"
    assert await approvals.decide("q", "UBEN", "approved", "d1") == "not_yours"
    assert await approvals.wait("q", 1.0) is False


async def test_of_many_presses_at_once_one_counts(redis: Redis) -> None:
    approvals = await opened(redis)
    told = await asyncio.gather(*(approvals.decide("q", "UANA", "approved", "d1") for _ in range(10)))
    assert sorted(told) == ["already"] * 9 + ["decided"]
    assert await approvals.wait("q", 1.0) is True


async def test_waiting_ends_as_soon_as_it_is_decided(redis: Redis) -> None:
    approvals = await opened(redis)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(approvals.wait("q", 60.0))
        await asyncio.sleep(0)
        assert await approvals.decide("q", "UANA", "approved", "d1") == "decided"
    assert waiting.result() is True


async def test_a_press_after_the_waiting_is_late(redis: Redis) -> None:
    approvals = await opened(redis)
    assert await approvals.wait("q", 0.01) is None
    assert await approvals.decide("q", "UANA", "approved", "d1") == "late"
    assert await approvals.decide("unknown", "UANA", "approved", "d1") == "late"


async def test_a_press_in_the_last_moment_counts_when_it_is_told_so(redis: Redis) -> None:
    approvals = await opened(redis)
    assert await approvals.decide("q", "UANA", "approved", "d1") == "decided"
    assert await approvals.close("q") is True
    assert await approvals.close("unknown") is None


async def test_it_is_kept_a_little_longer_than_anybody_waits(redis: Redis) -> None:
    approvals = await opened(redis)
    await approvals.decide("q", "UANA", "approved", "d1")
    assert 600 < await redis.ttl("glm:approval:q") <= LIFE_S
    kept = await redis.get("glm:approval:q")
    assert kept is not None
    told = json.loads(kept)
    told.pop("shown")
    assert told == {"v": 1, "asker": "UANA", "thread": str(THREAD), "verdict": "approved", "digest": "d1"}


async def test_a_yes_to_something_else_than_what_is_asked_about_is_a_no(redis: Redis) -> None:
    approvals = await opened(redis)
    assert await approvals.decide("q", "UANA", "approved", "d2") == "changed"
    assert await approvals.decide("q", "UANA", "approved", "d1") == "already"
    assert await approvals.wait("q", 1.0) is False


async def test_a_no_counts_whatever_has_changed(redis: Redis) -> None:
    approvals = await opened(redis)
    assert await approvals.decide("q", "UANA", "denied", "d2") == "decided"
    assert await approvals.wait("q", 1.0) is False


async def test_what_is_asked_about_is_shown_to_who_was_asked_and_sealed(redis: Redis) -> None:
    approvals = Approvals(redis, Keys(), Seal("secret"))
    await approvals.open("q", ApprovalSubject(THREAD, "UANA"), ABOUT)
    assert await approvals.shown("q", "UANA") == SHOWN
    assert await approvals.shown("q", "UBEN") is None
    assert await approvals.shown("unknown", "UANA") is None
    kept = json.loads(await redis.get("glm:approval:q") or b"")
    assert b"bob@our" not in base64.b64decode(kept["shown"])


async def test_the_next_attempt_finds_the_question_of_the_one_before(redis: Redis) -> None:
    approvals, ana = await opened(redis), ApprovalSubject(THREAD, "UANA")
    assert await approvals.open("q2", ana, ABOUT) == PendingQuestion("q")
    assert await approvals.shown_at("q", ana, ABOUT, "7.5") == "7.5"
    assert await approvals.shown_at("q", ana, ABOUT, "8.5") == "7.5", "a worker that slept shows it once more"
    assert await approvals.open("q2", ana, ABOUT) == PendingQuestion("q", "7.5")
    await approvals.decide("q", "UANA", "approved", "d1")
    assert await approvals.open("q2", ana, ABOUT) == PendingQuestion("q", "7.5", is_decided=True)
    assert await approvals.wait("q", 1.0) is True
    assert await approvals.decide("q2", "UANA", "approved", "d1") == "late", "there is no second one"


@pytest.mark.parametrize(
    ("subject", "about"),
    [
        (ApprovalSubject(THREAD, "UANA", 2), ABOUT),
        (ApprovalSubject(THREAD, "UBEN"), ABOUT),
        (ApprovalSubject(ThreadId("T1", "C1", "2.0"), "UANA"), ABOUT),
        (ApprovalSubject(THREAD, "UANA"), QuestionContent("d2", SHOWN)),
    ],
)
async def test_a_question_of_its_own_is_asked_for_all_else(
    redis: Redis, subject: ApprovalSubject, about: QuestionContent
) -> None:
    approvals = await opened(redis)
    assert await approvals.open("q2", subject, about) is None


async def test_one_that_nobody_answered_in_time_is_asked_anew(redis: Redis) -> None:
    approvals = await opened(redis)
    await approvals.close("q")
    assert await approvals.open("q2", ApprovalSubject(THREAD, "UANA"), ABOUT) is None


async def test_a_press_says_whether_anybody_waits_for_it(redis: Redis) -> None:
    approvals = await opened(redis)
    await redis.delete("glm:awaited:q")  # as it is some seconds after its worker died
    assert await approvals.decide("q", "UANA", "approved", "d1") == "kept"
    assert await approvals.wait("q", 1.0) is True, "it counts for whoever comes"
    await approvals.open("q2", ApprovalSubject(THREAD, "UANA", 2), ABOUT)
    await redis.delete("glm:awaited:q2")
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(approvals.wait("q2", 60.0))
        while not await redis.exists("glm:awaited:q2"):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert await approvals.decide("q2", "UANA", "approved", "d1") == "decided"
    assert waiting.result() is True


async def test_after_the_turn_its_buttons_decide_nothing(redis: Redis) -> None:
    approvals = await opened(redis)
    await redis.hset("glm:turn:{T1:C1:1.0}", "fence", "1")
    assert await Threads(redis, Keys(), Seal()).commit(THREAD, 1, TurnCommit(())) == "done"
    assert await approvals.decide("q", "UANA", "approved", "d1") == "late"


class Hiccup:
    """A store that fails for a moment and then is back."""

    def __init__(self, redis: Redis, failures: int) -> None:
        self._redis = redis
        self.failures = failures

    async def set(self, name: str, value: bytes, ex: int) -> object:
        return await self._redis.set(name, value, ex=ex)

    async def get(self, name: str) -> object:
        if self.failures:
            self.failures -= 1
            raise RedisDisconnected("gone for a moment")
        return await self._redis.get(name)


async def test_waiting_survives_an_outage(redis: Redis) -> None:
    approvals = await opened(redis)
    await approvals.decide("q", "UANA", "approved", "d1")
    hiccup = Hiccup(redis, failures=1)
    approvals._redis = hiccup  # type: ignore[assignment]
    assert await approvals.wait("q", 5.0) is True
    assert hiccup.failures == 0
