"""Every few seconds: all that waits has a job, and who waits long is told their place."""

import time
from dataclasses import dataclass, field

import pytest

from bot.core.inbound import Inbound, ThreadId
from bot.core.sweep import IN_LINE, TOLD_AFTER_S, TOLD_AGAIN_AFTER_S, YOURS_IS_NEXT, Sweep
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


async def test_everything_that_waits_gets_a_job() -> None:
    waiting, jobs = Waiting(), FakeJobs()
    one = waiting.put(inbound("1.0"), inbound("1.5", "1.0"))
    two = waiting.put(inbound("2.0"))
    waiting.running.add(two)
    waiting.put(inbound("3.0"))
    waiting.inbox[inbound("3.0").thread] = ()  # answered between the two looks
    await Sweep(waiting, jobs, Notices())()
    assert jobs.added == [(one, "1.0"), (two, "2.0")]


async def test_who_waits_long_is_told_their_place_among_those_of_their_workspace() -> None:
    waiting, notices = Waiting(), Notices()
    waiting.running.add(waiting.put(inbound("1.0"), since_s=99))
    waiting.put(inbound("2.0"), since_s=99)
    waiting.put(inbound("3.0", team="T2"), since_s=99)
    waiting.put(inbound("4.0"), since_s=TOLD_AFTER_S - 1)
    waiting.put(inbound("5.0"), since_s=TOLD_AFTER_S + 1)
    sweep = Sweep(waiting, FakeJobs(), notices)
    await sweep()
    assert notices.shown == [("2.0", YOURS_IS_NEXT), ("3.0", YOURS_IS_NEXT), ("5.0", IN_LINE.format(place=3))]
    await sweep()
    assert len(notices.shown) == 3, "told once, until Slack takes it away"


async def test_their_place_can_be_told_in_their_language() -> None:
    waiting, notices = Waiting(), Notices()
    for ts in ("1.0", "2.0"):
        waiting.put(inbound(ts), since_s=99)
    await Sweep(waiting, FakeJobs(), notices)()
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
        await Sweep(waiting, jobs, Notices())()
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
        await Sweep(going, jobs, Notices())()
    assert len(asked) == 1
