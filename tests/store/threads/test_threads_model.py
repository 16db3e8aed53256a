"""Whatever order things happen in: nothing admitted is lost or answered twice, and who lost a thread changes nothing.

A plain model of one thread runs beside the real scripts on a real Redis.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import redis as blocking_redis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from redis.asyncio import Redis

from bot.core.ports import TurnCommit, TurnStart
from bot.core.thread.checkpoint import Checkpoint
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.threads import Threads
from tests.core.values import inbound, turn

T = TypeVar("T")
STAMPS = [f"10{n}.000001" for n in range(4)]
THREAD = inbound("100.0").thread


@dataclass
class Holder:
    started: TurnStart
    is_current: bool = True


class ThreadMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        with blocking_redis.Redis.from_url(self.url) as cleaner:
            cleaner.flushall()
        self.runner = asyncio.Runner()
        self.redis = Redis.from_url(self.url)
        self.threads = Threads(self.redis, Keys(), Seal())
        self.state: dict[str, str] = {}
        self.taken: set[str] = set()
        self.answers: Counter[str] = Counter()
        self.allowed: Counter[str] = Counter()
        self.version = 0
        self.turns = 0
        self.progress: Checkpoint | None = None
        self.is_running = False
        self.holders: list[Holder] = []

    def run(self, act: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await act

        return self.runner.run(awaited())

    @property
    def waiting(self) -> set[str]:
        return {ts for ts, state in self.state.items() if state == "waiting"}

    @rule(ts=st.sampled_from(STAMPS), files_known=st.booleans())
    def admit(self, ts: str, *, files_known: bool) -> None:
        known = self.state.get(ts)
        expected = "new" if known is None else "again" if known == "waiting" else "answered"
        message = inbound(ts, "100.0", files_known=files_known)
        assert self.run(self.threads.admit(message, follow=True)).state == expected
        if expected == "new":
            self.state[ts] = "waiting"
            self.allowed[ts] += 1

    @rule(ts=st.sampled_from(STAMPS))
    def edit(self, ts: str) -> None:
        known = self.state.get(ts, "unknown")
        expected = "taken" if known == "waiting" and ts in self.taken else known
        assert self.run(self.threads.edit(inbound(ts, "100.0", text="edited"))) == expected
        if known == "answered":
            self.state[ts] = "offered"
        self.version += expected == "taken"

    @rule(ts=st.sampled_from(STAMPS))
    def delete(self, ts: str) -> None:
        known = self.state.get(ts, "unknown")
        expected = "taken" if known == "waiting" and ts in self.taken else known
        assert self.run(self.threads.delete(THREAD, ts)) == expected
        self.state[ts] = "offered"
        self.version += expected == "taken"

    @rule(ts=st.sampled_from(STAMPS))
    def reopen(self, ts: str) -> None:
        is_waiting = self.state.get(ts) == "waiting"
        assert self.run(self.threads.reopen(inbound(ts, "100.0"))) is not is_waiting
        if not is_waiting:
            self.state[ts] = "waiting"
            self.allowed[ts] += 1

    @rule()
    def begin(self) -> None:
        started = self.run(self.threads.begin(THREAD))
        assert {message.ts for message in started.waiting} == self.waiting
        if not self.waiting and self.progress is None and not self.is_running:
            assert started.fence == 0
            return
        assert all(started.fence > holder.started.fence for holder in self.holders)
        assert started.progress == self.progress
        assert started.version == self.version
        for holder in self.holders:
            holder.is_current = False
        self.taken, self.is_running = self.waiting, True
        self.holders.append(Holder(started))

    @precondition(lambda self: self.holders)
    @rule(data=st.data())
    def record(self, data: st.DataObject) -> None:
        holder = data.draw(st.sampled_from(self.holders))
        progress = Checkpoint(reply_ts=(f"{holder.started.fence}.0",))
        assert self.run(self.threads.record(THREAD, holder.started.fence, progress)) is holder.is_current
        if holder.is_current:
            self.progress = progress

    @precondition(lambda self: self.holders)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        holder = data.draw(st.sampled_from(self.holders))
        self.run(self.threads.release(THREAD, holder.started.fence))
        self.is_running = self.is_running and not holder.is_current

    @precondition(lambda self: self.holders)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        holder = data.draw(st.sampled_from(self.holders))
        answered = tuple(message.ts for message in holder.started.waiting)
        done = TurnCommit(answered, turn("q", "a"), None, holder.started.version)
        result = self.run(self.threads.commit(THREAD, holder.started.fence, done))
        if not holder.is_current:
            assert result == "taken"
        elif holder.started.version != self.version:
            assert result == "changed"
        else:
            assert result == "done"
            self.answers.update(answered)
            self.state |= dict.fromkeys(answered, "answered")
            self.progress, self.taken, self.is_running = None, set(), False
            self.turns += 1
            # Its fencing number still stands, but an answerer never commits twice.
            self.holders.remove(holder)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {message.ts for message in self.run(self.threads.waiting(THREAD))} == self.waiting

    @invariant()
    def what_waits_is_found(self) -> None:
        assert bool(self.run(self.threads.waiting_threads())) == bool(self.waiting)

    @invariant()
    def it_shows_whether_a_turn_runs(self) -> None:
        assert self.run(self.threads.is_running(THREAD)) is self.is_running

    @invariant()
    def nothing_is_answered_twice(self) -> None:
        assert all(self.answers[ts] <= self.allowed[ts] for ts in STAMPS)

    @invariant()
    def every_turn_is_remembered_once(self) -> None:
        assert len(self.run(self.threads.load(THREAD)).turns) == self.turns

    def teardown(self) -> None:
        self.run(self.redis.aclose())
        self.runner.close()


def test_no_order_of_events_loses_or_doubles_an_answer(redis_url: str) -> None:
    machine: Any = type("Machine", (ThreadMachine,), {"url": redis_url})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )


def test_the_model_notices_a_difference(redis_url: str) -> None:
    """The machine itself can fail: here a message is put into the inbox behind its back."""
    machine = type("Machine", (ThreadMachine,), {"url": redis_url})()
    machine.admit(STAMPS[0], files_known=True)
    machine.nothing_is_lost()
    machine.state[STAMPS[1]] = "waiting"
    try:
        machine.nothing_is_lost()
    except AssertionError:
        return
    finally:
        machine.teardown()
    raise AssertionError("a lost message was not noticed")
