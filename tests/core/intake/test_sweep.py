"""Sweep adds missing jobs, takes over from dead workers, and tells people their place in line."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from bot.core.intake.sweep import IN_LINE, TOLD_AFTER_S, TOLD_AGAIN_AFTER_S, YOURS_IS_NEXT, Sweep
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import RecordUnreadable, StateError
from bot.words import say
from tests.core.fakes import FakeJobs
from tests.core.values import inbound


@dataclass
class Waiting:
    """`since_s`: how long each thread waits."""

    inbox: dict[ThreadId, tuple[Inbound, ...]] = field(default_factory=dict)
    since_s: dict[ThreadId, float] = field(default_factory=dict)
    running: set[ThreadId] = field(default_factory=set)
    nameless: set[ThreadId] = field(default_factory=set)
    told: set[ThreadId] = field(default_factory=set)

    def put(self, *messages: Inbound, since_s: float = 0.0) -> ThreadId:
        thread = messages[0].thread
        self.inbox[thread], self.since_s[thread] = messages, since_s
        return thread

    async def waiting_threads(self) -> tuple[ThreadId, ...]:
        return tuple(self.inbox)

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        return self.inbox[thread]

    async def waits_since(self, thread: ThreadId) -> float:
        return time.time() - self.since_s[thread]

    async def answerer(self, thread: ThreadId) -> str:
        return "w1" if thread in self.running - self.nameless else ""

    async def is_running(self, thread: ThreadId) -> bool:
        return thread in self.running

    async def tell_once(self, thread: ThreadId, within_s: int) -> bool:
        assert within_s == TOLD_AGAIN_AFTER_S
        is_first = thread not in self.told
        self.told.add(thread)
        return is_first


@dataclass
class Notices:
    shown: list[tuple[str, str]] = field(default_factory=list)

    async def waits(self, asked: Inbound, words: str) -> None:
        self.shown.append((asked.root_ts, words))


class Left:
    """What dead workers have left, at each look."""

    def __init__(self, *threads: tuple[ThreadId, int]) -> None:
        self.threads = threads
        self.told: list[ThreadId] = []

    async def abandoned(self, answering: Iterable[ThreadId]) -> tuple[tuple[ThreadId, int], ...]:
        self.told = list(answering)
        return self.threads


def sweeping(
    waiting: Waiting, jobs: FakeJobs, notices: Notices | None = None, left: Left | None = None, *answering: ThreadId
) -> Sweep:
    return Sweep(waiting, jobs, notices or Notices(), left or Left(), lambda: answering)


async def test_a_dead_workers_thread_gets_one_job_for_each_turn_it_began() -> None:
    waiting, jobs = Waiting(), FakeJobs()
    one, two, mine = (waiting.put(inbound(f"{number}.0")) for number in (1, 2, 3))
    waiting.running |= {two, mine}
    left = Left((one, 4), (two, 1))
    await sweeping(waiting, jobs, None, left, mine)()
    assert jobs.added == [(one, "after:4"), (two, "after:1")], "and no job of the message's own beside it"
    assert left.told == [mine], "what this worker answers itself is not abandoned"


async def test_a_handed_over_thread_that_waits_long_is_told_its_place() -> None:
    waiting, jobs, notices = Waiting(), FakeJobs(), Notices()
    one = waiting.put(inbound("1.0"), since_s=99)
    await sweeping(waiting, jobs, notices, Left((one, 2)))()
    assert jobs.added == [(one, "after:2")]
    assert notices.shown == [("1.0", YOURS_IS_NEXT)]


async def test_take_over_looks_only_at_abandoned_turns() -> None:
    waiting, jobs = Waiting(), FakeJobs()
    one, two = waiting.put(inbound("1.0")), waiting.put(inbound("2.0"))
    assert await sweeping(waiting, jobs, None, Left((one, 1))).take_over() == {one}
    assert jobs.added == [(one, "after:1")]
    assert two not in dict(jobs.added)


async def test_everything_that_waits_and_that_nobody_answers_gets_a_job() -> None:
    waiting, jobs = Waiting(), FakeJobs()
    one = waiting.put(inbound("1.0"), inbound("1.5", "1.0"))
    two = waiting.put(inbound("2.0"))
    waiting.running.add(two)
    waiting.put(inbound("3.0"))
    waiting.inbox[inbound("3.0").thread] = ()  # answered between the two looks
    await sweeping(waiting, jobs)()
    assert jobs.added == [(one, "1.0")], "whoever answers looks again when done"


async def test_a_thread_of_an_older_workers_turn_gets_a_job_and_no_status() -> None:
    waiting, jobs, notices = Waiting(), FakeJobs(), Notices()
    one = waiting.put(inbound("1.0"), since_s=99)
    waiting.running, waiting.nameless = {one}, {one}
    await sweeping(waiting, jobs, notices)()
    assert jobs.added == [(one, "1.0")]
    assert notices.shown == []


async def test_people_who_wait_long_are_told_their_place_in_their_workspace() -> None:
    waiting, notices = Waiting(), Notices()
    waiting.running.add(waiting.put(inbound("1.0"), since_s=99))
    waiting.put(inbound("2.0"), since_s=99)
    waiting.put(inbound("3.0", team="T2"), since_s=99)
    waiting.put(inbound("4.0"), since_s=TOLD_AFTER_S - 1)
    waiting.put(inbound("5.0"), since_s=TOLD_AFTER_S + 1)
    sweep = sweeping(waiting, FakeJobs(), notices)
    await sweep()
    assert notices.shown == [("2.0", YOURS_IS_NEXT), ("3.0", YOURS_IS_NEXT), ("5.0", IN_LINE.format(place=3))]
    await sweep()
    assert len(notices.shown) == 3, "told once, until Slack takes it away"


async def test_their_place_can_be_told_in_their_language() -> None:
    waiting, notices = Waiting(), Notices()
    for ts in ("1.0", "2.0"):
        waiting.put(inbound(ts), since_s=99)
    await sweeping(waiting, FakeJobs(), notices)()
    assert [say(words, "zh") for _, words in notices.shown] == [
        "正忙，下一个就是你的问题…",
        "正忙，你的问题排在第 2 位…",
    ]


@dataclass
class Troubled(Waiting):
    """Some threads make trouble; `is_away`: the store does not answer for anybody."""

    troubles: dict[ThreadId, Exception] = field(default_factory=dict)
    is_away: bool = False

    async def waiting_threads(self) -> tuple[ThreadId, ...]:
        if self.is_away:
            raise StateError("away")
        return tuple(self.inbox)

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        if thread in self.troubles:
            raise self.troubles[thread]
        return self.inbox[thread]


@pytest.mark.parametrize("trouble", [StateError("this one"), RecordUnreadable("x"), ZeroDivisionError()])
async def test_a_thread_that_makes_trouble_keeps_no_other_waiting(trouble: Exception) -> None:
    waiting, jobs = Troubled(), FakeJobs()
    threads = [waiting.put(inbound(f"{number}.0")) for number in range(1, 6)]
    waiting.troubles = {threads[0]: trouble, threads[3]: KeyError("later")}
    with pytest.raises(type(trouble)):
        await sweeping(waiting, jobs)()
    assert [thread for thread, _ in jobs.added] == [threads[1], threads[2], threads[4]]


async def test_a_store_that_goes_away_ends_the_sweep() -> None:
    waiting, jobs = Troubled(), FakeJobs()
    for number in range(1, 6):
        waiting.put(inbound(f"{number}.0"))
    asked: list[ThreadId] = []

    class Going(Troubled):
        async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
            asked.append(thread)
            self.is_away = True
            raise StateError("away")

    going = Going(inbox=waiting.inbox)
    with pytest.raises(StateError):
        await sweeping(going, jobs)()
    assert len(asked) == 1
