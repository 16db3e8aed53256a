"""FairTurns decides when a thread is answered, and which turns run one at a time."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.core.intake.fairness import SUSPECT_AFTER, FairTurns
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError
from tests.checks import PATIENCE_S
from tests.core.fakes import FakeJobs
from tests.core.values import ANA, inbound

ONE, TWO, THREE = (inbound(f"{n}.0") for n in (1, 2, 3))


@dataclass
class Gate:
    """A limit and an inbox in one. `line` are the threads that `leave` gives, in turn."""

    inbox: dict[ThreadId, tuple[Inbound, ...]] = field(default_factory=dict)
    attempted: int = 0
    is_open: bool = True
    is_away: bool = False
    line: list[ThreadId] = field(default_factory=list)
    entered: list[tuple[ThreadId, str]] = field(default_factory=list)
    left: list[tuple[ThreadId, str]] = field(default_factory=list)

    async def enter(self, thread: ThreadId, user: str) -> bool:
        self.entered.append((thread, user))
        return self.is_open

    async def leave(self, thread: ThreadId, user: str) -> ThreadId | None:
        await asyncio.sleep(0)
        if self.is_away:
            raise StateError("away")
        self.left.append((thread, user))
        return self.line.pop(0) if self.line else None

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        return self.inbox.get(thread, ())

    async def attempts(self, thread: ThreadId) -> int:
        return self.attempted


@dataclass
class FairnessScene:
    gate: Gate = field(default_factory=lambda: Gate({one.thread: (one,) for one in (ONE, TWO, THREE)}))
    jobs: FakeJobs = field(default_factory=FakeJobs)
    answered: list[ThreadId] = field(default_factory=list)
    running: int = 0
    most: int = 0
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: Exception | None = None
    is_elsewhere: bool = False

    def __post_init__(self) -> None:
        self.hold.set()
        self.turns = FairTurns(self.gate, self.gate, self.jobs, self.answer)

    async def answer(self, thread: ThreadId) -> bool:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(0.001)
            await self.hold.wait()
            if self.trouble:
                raise self.trouble
            self.answered.append(thread)
        finally:
            self.running -= 1
        return not self.is_elsewhere

    async def run_all(self) -> None:
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            for one in (ONE, TWO, THREE):
                group.create_task(self.turns.run(one.thread))


async def test_a_turn_enters_is_answered_and_leaves() -> None:
    scene = FairnessScene()
    await scene.turns.run(ONE.thread)
    assert scene.answered == [ONE.thread]
    assert scene.gate.entered == scene.gate.left == [(ONE.thread, ANA)]


async def test_without_room_a_thread_waits_in_line() -> None:
    scene = FairnessScene()
    scene.gate.is_open = False
    await scene.turns.run(ONE.thread)
    assert (scene.answered, scene.gate.left) == ([], [])


async def test_a_thread_that_somebody_else_answers_keeps_its_place() -> None:
    scene = FairnessScene(is_elsewhere=True)
    await scene.turns.run(ONE.thread)
    assert scene.gate.left == []


async def test_a_thread_in_which_nothing_waits_is_only_tidied_up() -> None:
    scene = FairnessScene(Gate())
    await scene.turns.run(ONE.thread)
    assert scene.answered == [ONE.thread]
    assert scene.gate.entered == []


async def test_the_end_of_a_turn_adds_the_next_job() -> None:
    scene = FairnessScene()
    gone = inbound("9.0").thread
    scene.gate.line = [gone, TWO.thread, THREE.thread]
    await scene.turns.run(ONE.thread)
    assert scene.jobs.added == [(TWO.thread, "2.0:next")]
    assert scene.gate.left == [(ONE.thread, ANA), (gone, ANA)], "what was deleted gives its place back"


@pytest.mark.parametrize("trouble", [ZeroDivisionError(), StateError("x")])
async def test_a_turn_that_breaks_leaves_too(trouble: Exception) -> None:
    scene = FairnessScene(trouble=trouble)
    with pytest.raises(type(trouble)):
        await scene.turns.run(ONE.thread)
    assert scene.gate.left == [(ONE.thread, ANA)]


async def test_a_turn_that_is_cancelled_leaves_too() -> None:
    scene = FairnessScene()
    scene.hold.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await scene.turns.run(ONE.thread)
    await asyncio.sleep(0.01)
    assert scene.gate.left == [(ONE.thread, ANA)]


@pytest.mark.parametrize("part", ["gate", "jobs"])
async def test_a_store_that_is_away_at_the_end_spoils_no_answer(part: str) -> None:
    scene = FairnessScene()
    scene.gate.line = [TWO.thread]
    (scene.gate if part == "gate" else scene.jobs).is_away = True
    await scene.turns.run(ONE.thread)
    assert scene.answered == [ONE.thread]


@pytest.mark.parametrize(("attempted", "most"), [(0, 3), (SUSPECT_AFTER - 1, 3), (SUSPECT_AFTER, 1)])
async def test_turns_that_crashed_before_run_one_at_a_time(attempted: int, most: int) -> None:
    scene = FairnessScene()
    scene.gate.attempted = attempted
    await scene.run_all()
    assert sorted(scene.answered, key=str) == [one.thread for one in (ONE, TWO, THREE)]
    assert scene.most == most
