import math

import pytest
from prometheus_client import generate_latest

from bot.core.model.events import Finished, TextDelta, Unfinished
from bot.core.model.messages import Ask
from bot.core.model.usage import Usage
from bot.core.thread.inbound import ThreadId
from bot.errors import ModelBusy, StateError
from bot.metrics import MeteredModel, Metrics
from tests.core.fakes import FakeModel

THREAD = ThreadId("T1", "C1", "1.0")


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


async def test_tokens_and_cost_are_counted_and_events_pass() -> None:
    metrics = Metrics()
    done = Finished("stop", Usage(100, 20, 5, 50), "glm", 0.25, "CNY")
    model = MeteredModel(FakeModel([[TextDelta("hi"), done]]), metrics)
    assert [event async for event in model.stream(Ask(()))] == [TextDelta("hi"), done]
    tokens = "gen_ai_client_token_usage_total"
    assert value(metrics, tokens, gen_ai_token_type="input", gen_ai_request_model="glm") == 100
    assert value(metrics, tokens, gen_ai_token_type="output", gen_ai_request_model="glm") == 20
    assert value(metrics, "glm_cost_total", currency="CNY") == 0.25


async def test_a_failure_is_counted_by_its_kind_and_raised() -> None:
    metrics = Metrics()
    model = MeteredModel(FakeModel([[TextDelta("hi"), ModelBusy()]]), metrics)
    with pytest.raises(ModelBusy):
        _ = [event async for event in model.stream(Ask(()))]
    assert value(metrics, "gen_ai_client_operation_errors_total", error_type="ModelBusy") == 1


async def test_closing_early_closes_the_model() -> None:
    inner = FakeModel([[TextDelta("a"), TextDelta("b")]])
    stream = MeteredModel(inner, Metrics()).stream(Ask(()))
    await anext(stream)
    await stream.aclose()
    assert inner.closed


async def test_turns_are_timed_and_counted_while_they_run() -> None:
    metrics = Metrics()
    running: list[float | None] = []

    async def work(thread: ThreadId) -> bool:
        running.append(value(metrics, "glm_turns_running"))
        if thread.channel == "CBAD":
            raise ZeroDivisionError
        return thread.channel != "CELSEWHERE"

    await metrics.timed(work)(THREAD)
    with pytest.raises(ZeroDivisionError):
        await metrics.timed(work)(ThreadId("T1", "CBAD", "1.0"))
    assert not await metrics.timed(work)(ThreadId("T1", "CELSEWHERE", "1.0"))
    assert running == [1, 1, 1]
    assert value(metrics, "glm_turns_running") == 0
    assert value(metrics, "glm_turn_seconds_count") == 1


def test_two_bots_in_one_process_have_metrics_of_their_own() -> None:
    first, second = Metrics(), Metrics()
    first.cost.labels("USD").inc()
    assert b'glm_cost_total{currency="USD"}' in generate_latest(first.registry)
    assert b'glm_cost_total{currency="USD"}' not in generate_latest(second.registry)


async def test_what_an_answer_that_broke_off_has_used_is_counted_too() -> None:
    metrics = Metrics()
    used = Unfinished(Usage(100, 20), "glm", 0.25, "CNY")
    with pytest.raises(ModelBusy):
        _ = [event async for event in MeteredModel(FakeModel([[used, ModelBusy()]]), metrics).stream(Ask(()))]
    assert value(metrics, "glm_cost_total", currency="CNY") == 0.25


async def test_loops_that_broke_are_counted() -> None:
    metrics = Metrics()
    for loop in ("sweep", "sweep", "tidy"):
        metrics.broke(loop)
    assert value(metrics, "glm_loops_broken_total", loop="sweep") == 2


async def test_what_is_set_aside_or_unreadable_shows_and_an_outage_shows_as_no_number() -> None:
    metrics = Metrics()

    async def three() -> list[int]:
        return [1, 2, 3]

    async def two() -> int:
        return 2

    async def away() -> int:
        raise StateError("away")

    await metrics.refresh(three, two, three)
    names = ("glm_threads_waiting", "glm_messages_aside", "glm_records_unreadable")
    assert [value(metrics, name) for name in names] == [3, 2, 3]
    await metrics.refresh(three, away, three)
    assert all(math.isnan(value(metrics, name) or 0) for name in names)


async def test_a_provider_with_ever_new_names_for_its_model_does_not_grow_the_metrics() -> None:
    metrics = Metrics()
    ends = [Finished("stop", Usage(1, 1), f"glm-{number}") for number in range(1_000)]
    model = MeteredModel(FakeModel([[*ends]]), metrics)
    assert len([event async for event in model.stream(Ask(()))]) == len(ends)
    assert generate_latest(metrics.registry).count(b"gen_ai_client_token_usage_total{") < 100
    told = {"gen_ai_token_type": "input", "gen_ai_request_model": "others"}
    assert value(metrics, "gen_ai_client_token_usage_total", **told) == len(ends) - 20
