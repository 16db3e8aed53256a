"""Every test is given out once, and what is done is forgotten. What is not quick is left out before it is imported."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from tests.conftest import says_left_out, spread

pytest.importorskip("xdist")

from tests.scheduling import TOGETHER, FilesTogether  # where there is xdist

COSTLY = min(TOGETHER)


@dataclass(eq=False)
class Worker:
    """What xdist's controller knows of one."""

    gateway: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id="gw"))
    given: list[int] = field(default_factory=list)
    shutting_down: bool = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def scheduled(tests: list[str], workers: list[Worker]) -> FilesTogether:
    option = SimpleNamespace(loadscopereorder=True)
    config = SimpleNamespace(option=option, getvalue=lambda _: ["popen"] * len(workers))
    scheduler = FilesTogether(config, None)
    for worker in workers:
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, tests)
    scheduler.schedule()
    return scheduler


def test_what_is_done_is_not_counted_again_after_each_test() -> None:
    tests = [f"tests/test_a.py::test_{number}" for number in range(200)]
    workers = [Worker(), Worker()]
    scheduler, done, most = scheduled(tests, workers), 0, 0
    while done < max(len(worker.given) for worker in workers):
        for worker in workers:
            if done < len(worker.given):
                scheduler.mark_test_complete(worker, worker.given[done])
        most = max(most, *(len(work) for work in scheduler.assigned_work.values()))
        done += 1
    assert sorted(workers[0].given + workers[1].given) == list(range(200))
    assert most <= 3, "xdist keeps two in reserve for each worker"
    assert not scheduler.has_pending


def test_one_worker_runs_all_of_a_file_whose_fixture_is_costly() -> None:
    tests = ["tests/test_a.py::test_a", f"{COSTLY}::test_a", "tests/test_b.py::test_a", f"{COSTLY}::test_b"]
    workers = [Worker(), Worker()]
    scheduled(tests, workers)
    assert [1, 3] in [sorted(set(worker.given) & {1, 3}) for worker in workers]


def test_what_a_dead_worker_had_is_told_and_what_it_had_done_is_not_done_again() -> None:
    tests = [f"tests/test_a.py::test_{number}" for number in range(20)]
    workers = [Worker(), Worker()]
    scheduler = scheduled(tests, workers)
    dead, other = workers
    first = dead.given[0]
    scheduler.mark_test_complete(dead, first)
    assert scheduler.remove_node(dead) == tests[dead.given[1]]
    while other.given:
        done = other.given.pop(0)
        assert done != first
        scheduler.mark_test_complete(other, done)


@pytest.mark.parametrize(
    ("line", "is_left_out"),
    [
        ("import subprocess", True),
        ("from tests.stage import Stage, stage", True),
        ("from tests.stage import stage  # the bot's own", True),
        ("from bot.documents.images import ocr", True),
        ("from bot.documents.sandbox.sandbox import Sandbox", True),
        ("pytestmark = pytest.mark.browser", True),
        ("pytestmark = [pytest.mark.anything, pytest.mark.processes]", True),
        ("from tests.stage import Stage", False),
        ("from tests.stage import Stage  # not stage", False),
        ("from tests.slack import stage", False),
        ("    import subprocess", False),
        ("@pytest.mark.processes", False),
        ("pytestmark = pytest.mark.no_cover  # not pytest.mark.processes", False),
    ],
)
def test_a_file_says_in_one_line_that_none_of_its_tests_is_quick(line: str, is_left_out: bool) -> None:
    assert says_left_out(f"import sys\n{line}\n\n\ndef test() -> None: ...\n") is is_left_out


def test_the_tests_of_each_file_are_spread_evenly_over_the_run() -> None:
    names = [f"tests/{file}.py::test_{number}" for file in ("test_a", "test_b") for number in range(100)]
    spread_out = [names[at] for at in spread(names)]
    assert sorted(spread_out) == sorted(names)
    for part in (spread_out[:50], spread_out[50:100], spread_out[100:150], spread_out[150:]):
        assert 24 <= sum("test_a" in name for name in part) <= 26
    of_a = [name for name in spread_out if "test_a" in name]
    assert of_a == names[:100], "and stay in their order"
