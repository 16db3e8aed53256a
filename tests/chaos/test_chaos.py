"""Real processes between the local Slack and the offline model: nothing lost, nothing doubled, whatever dies.

They mostly wait for leases to run out, so several run at once; each still is a test of its own name. The bots are forks
of one process that has imported everything, but for one scenario, whose bots are started as people start them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from tests.chaos import approvals, moments, processes, troubles
from tests.chaos.forking import Origin, origin

pytestmark = pytest.mark.e2e

AT_ONCE = 3
Scenario = Callable[[Path], Awaitable[None]]

SCENARIOS: dict[str, Scenario] = {
    "poison is set aside and can be run again": troubles.poison_is_set_aside_and_can_be_run_again,
    **{
        f"all-in-one killed {moment.__name__}": partial(moments.the_all_in_one_killed_answers_after_its_restart, moment)
        for moment in moments.MOMENTS
    },
    "worker killed at any moment": moments.a_worker_killed_at_any_moment_is_replaced_by_the_other,
    "paused worker": moments.a_paused_worker_wakes_to_silence,
    "worker paused before it tries again": moments.a_worker_paused_before_it_tries_again_wakes_to_silence,
    "rolling restart": troubles.a_rolling_restart_under_load_loses_and_doubles_nothing,
    "Redis asleep while a stream runs": troubles.redis_asleep_while_a_stream_runs,
    "two web processes": troubles.two_web_processes_given_the_same_event_answer_once,
    "approved write": approvals.an_approved_write_whose_worker_is_killed_runs_once_or_is_told_as_unsure,
    "old buttons": approvals.old_buttons_after_a_takeover_work_and_never_twice,
    "reasoning": approvals.a_reasoning_is_shown_once,
    "short seeded run": troubles.a_short_run_loses_and_doubles_nothing,
}


BY_COMMAND_LINE = {"short seeded run"}


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Exception | None]:
    """How each scenario ended."""
    with origin({"PATH": "/usr/bin:/bin", "PYTHONPATH": str(processes.ROOT)}) as forks:
        return asyncio.run(_run_all(tmp_path_factory, forks))


async def _run_all(folders: pytest.TempPathFactory, forks: Origin) -> dict[str, Exception | None]:
    ended: dict[str, Exception | None] = {}
    room = asyncio.Semaphore(AT_ONCE)

    async def run(name: str, scenario: Scenario) -> None:
        processes.ORIGIN.set(None if name in BY_COMMAND_LINE else forks)
        async with room:
            try:
                await scenario(folders.mktemp("chaos"))
            except Exception as error:  # noqa: BLE001  # raised by the test of that name
                ended[name] = error
            else:
                ended[name] = None

    async with asyncio.TaskGroup() as group:
        for name, scenario in SCENARIOS.items():
            group.create_task(run(name, scenario))
    return ended


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_lost_and_nothing_doubled(name: str, ends: dict[str, Exception | None]) -> None:
    assert name in ends
    if error := ends[name]:
        raise error
