"""When a model is away the next one answers, and says so; a limit, a lost network and a long answer are no reason."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.core.model.events import (
    FallbackUsed,
    Finished,
    ModelEvent,
    TextDelta,
    TextRetracted,
    ToolCalled,
    Unfinished,
    Waiting,
)
from bot.core.model.messages import Ask, ToolCall
from bot.errors import (
    AnswerCut,
    ContentRefused,
    ModelBalanceGone,
    ModelBusy,
    ModelError,
    ModelUnreachable,
    TextOnlyModel,
)
from bot.glm.away import mark_away
from bot.glm.fallback import FallbackModel, Replacements
from bot.glm.offline.faults import aborted, away, busy, overloaded
from bot.glm.offline.offline import Script
from bot.glm.offline.reply import Reply, refused
from tests.glm.conversing import QUESTION, Talk, finished_of, reasoning_of, talking, text_of, with_picture
from tests.ports import free_port

A, B, C, BLIND = "z-ai/glm-4.6v", "z-ai/glm-4.6v-flashx", "z-ai/glm-4.6v-flash", "z-ai/glm-4.6"
LONG = "The pump on the second floor leaks at its lower valve, so close that one first. " * 5


@dataclass
class Row:
    """Models in a row behind one client."""

    talk: Talk
    model: FallbackModel

    async def ask(self, ask: Ask = QUESTION, told: list[ModelEvent] | None = None) -> list[ModelEvent]:
        told = [] if told is None else told
        async for event in self.model.stream(ask):
            told.append(event)  # what came before an error is wanted too
        return told

    @property
    def asked(self) -> list[str]:
        """The models of the requests, in their order."""
        return [str(body["model"]) for body in self.talk.sent]

    def fails(self, reply: Reply, *models: str) -> None:
        for model in models:
            self.talk.model.faults[model.rpartition("/")[2]] = reply


@asynccontextmanager
async def row(
    listed: Sequence[str] | None = (B, C), script: Script | None = None, **endpoint: Any
) -> AsyncGenerator[Row, None]:
    async with talking(script or (lambda body: Reply(f"I am {body['model']}.")), **endpoint) as talk:
        resting = lambda name: talk.client.breakers.of(name).is_resting  # noqa: E731
        yield Row(talk, FallbackModel(talk.client, Replacements(listed, resting, lambda *_: True), A))


def instead(events: Sequence[ModelEvent]) -> list[FallbackUsed]:
    return [event for event in events if isinstance(event, FallbackUsed)]


@pytest.mark.parametrize(
    "trouble",
    [
        away(500),
        away(502),
        away(503),
        away(504),
        overloaded(),
        overloaded(2),
        refused("1305", "overloaded", 429),
        refused("1234", "network", 500),
        refused("overloaded_error", "x", 529),
        refused("1305", "overloaded", 200),
        Reply("Hello", cut_after=0),
    ],
)
async def test_a_model_that_is_away_is_replaced_by_the_next(trouble: Reply) -> None:
    async with row() as models:
        models.fails(trouble, A)
        events = await models.ask()
        assert text_of(events) == f"I am {B}."
        assert instead(events) == [FallbackUsed(frozenset({A}), "GLM-4.6V", "GLM-4.6V-FlashX")]
        assert models.asked == [A, A, A, B]
        assert finished_of(events).model == B
        assert sum(models.talk.slept) < 10


async def test_one_that_says_it_is_back_only_later_is_asked_once() -> None:
    async with row() as models:
        models.fails(Reply(status=503, body=b"maintenance", headers={"Retry-After": "30"}), A)
        assert text_of(await models.ask()) == f"I am {B}."
        assert models.asked == [A, B]
        models.fails(overloaded(600), A)
        assert text_of(await models.ask()) == f"I am {B}."
        assert models.talk.slept == []


@pytest.mark.parametrize("code", ["1302", "1303"])
@pytest.mark.parametrize("status", [429, 200])
async def test_a_limit_is_waited_for_and_nobody_else_is_asked(code: str, status: int) -> None:
    refusals = iter([refused(code, "x", status, {"Retry-After": "20"})] * 6)
    async with row(script=lambda _: next(refusals, None) or Reply("Here.")) as models:
        events = await models.ask()
        assert text_of(events) == "Here."
        assert set(models.asked) == {A}
        assert models.talk.slept == [20.0] * 6
        assert not instead(events)


async def test_a_limit_without_an_end_is_told_as_one() -> None:
    async with row(script=lambda _: busy(90)) as models:
        with pytest.raises(ModelBusy):
            await models.ask()
        assert set(models.asked) == {A}


async def test_without_a_connection_no_other_model_is_asked() -> None:
    async with row(base_url=f"http://127.0.0.1:{free_port()}/v1") as models:
        for _ in range(2):  # the second one waits for the network to come back, as long as it rests
            with pytest.raises(ModelUnreachable):
                await models.ask()
        assert sum(models.talk.slept) >= 20.0
        assert models.talk.client.breakers.provider.is_open
        assert not any(models.talk.client.breakers.of(name).is_open for name in (A, B, C))


async def test_while_a_model_rests_others_answer_at_once_and_then_it_is_tried() -> None:
    async with row() as models:
        models.fails(away(), A)
        for _ in range(2):
            await models.ask()
        before = len(models.asked)
        models.talk.slept.clear()
        assert text_of(await models.ask()) == f"I am {B}."
        assert models.asked[before:] == [B]
        assert models.talk.slept == []
        models.talk.now += 20.0
        models.talk.model.faults.clear()
        events = await models.ask()
        assert text_of(events) == f"I am {A}."
        assert not instead(events)


async def test_a_failed_probe_asks_the_next_model_and_does_not_wait() -> None:
    async with row() as models:
        models.fails(away(), A)
        for _ in range(2):
            await models.ask()
        models.talk.now += 20.0
        models.talk.slept.clear()
        before = len(models.asked)
        assert text_of(await models.ask()) == f"I am {B}."
        assert models.asked[before:] == [A, B]
        assert 20.0 not in models.talk.slept


async def test_pictures_go_only_to_a_model_that_sees() -> None:
    async with row((BLIND, C)) as models:
        models.fails(away(), A)
        assert text_of(await models.ask()) == f"I am {BLIND}."
        assert text_of(await models.ask(with_picture())) == f"I am {C}."
    async with row((BLIND,)) as models:
        models.fails(away(), A)
        with pytest.raises(ModelError):
            await models.ask(with_picture())
        assert set(models.asked) == {A}


async def test_a_chosen_model_that_does_not_see_is_told_so_and_not_replaced() -> None:
    async with row((A,)) as models:
        with pytest.raises(TextOnlyModel):
            await models.ask(replace(with_picture(), model=BLIND))
        assert models.asked == []


async def test_blank_is_the_catalog_s_list_spelt_as_the_provider_does() -> None:
    async with row(None) as models:
        models.fails(away(), A, B)
        events = await models.ask()
        assert text_of(events) == f"I am {C}."
        assert instead(events) == [FallbackUsed(frozenset({A, B}), "GLM-4.6V", "GLM-4.6V-Flash")]
        assert models.asked == [*[A] * 3, *[B] * 3, C]


async def test_off_is_nobody() -> None:
    async with row(()) as models:
        models.fails(away(), A)
        with pytest.raises(ModelBusy):
            await models.ask()
        assert set(models.asked) == {A}


async def test_the_choice_of_a_request_is_what_is_replaced() -> None:
    async with row((B, C)) as models:
        models.fails(away(), B)
        events = await models.ask(replace(QUESTION, model=B))
        assert text_of(events) == f"I am {C}."
        assert instead(events)[0].wanted == "GLM-4.6V-FlashX"
        assert A not in models.asked


async def test_when_all_are_away_the_first_one_s_error_is_told() -> None:
    async with row() as models:
        models.fails(away(502), A)
        models.fails(away(503), B)
        models.fails(refused("1113", "balance", 429), C)
        told: list[ModelEvent] = []
        with pytest.raises(ModelUnreachable):
            await models.ask(told=told)
        assert not instead(told)
        assert models.asked == [*[A] * 3, *[B] * 3, C]


async def test_when_all_of_them_rest_the_wanted_one_is_waited_for() -> None:
    async with row((B,)) as models:
        for name in (A, B):
            for _ in range(5):
                models.talk.client.breakers.of(name).failed()
        events = await models.ask()
        assert events[0] == Waiting(1, is_down=True)
        assert text_of(events) == f"I am {A}."


async def test_a_replacement_the_provider_does_not_know_is_passed_over_from_then_on() -> None:
    async with row(("z-ai/glm-9v", C)) as models:
        models.fails(away(), A)
        for _ in range(2):
            assert text_of(await models.ask()) == f"I am {C}."
        assert models.asked.count("z-ai/glm-9v") == 1


async def test_a_replacement_that_nobody_serves_just_now_is_asked_again_later() -> None:
    """new-api calls it `model_not_found` (QuantumNous/new-api#6310)."""
    async with row() as models:
        models.fails(away(), A)
        models.fails(refused("model_not_found", "No available channel for model x under group default", 503), B)
        assert text_of(await models.ask()) == f"I am {C}."
        assert models.asked == [*[A] * 3, *[B] * 3, C]
        models.talk.model.faults.pop(B.rpartition("/")[2])
        assert text_of(await models.ask()) == f"I am {B}."


async def test_a_replacement_that_the_account_rules_out_is_followed_by_the_next() -> None:
    async with row() as models:
        models.fails(away(), A)
        models.fails(refused("404", "No endpoints found matching your data policy", 404), B)
        assert text_of(await models.ask()) == f"I am {C}."
        assert models.asked == [*[A] * 3, B, C]


async def test_what_a_replacement_says_of_the_question_is_told() -> None:
    async with row() as models:
        models.fails(away(), A)
        models.fails(refused("1301", "unsafe"), B)
        with pytest.raises(ContentRefused):
            await models.ask()
        assert C not in models.asked


async def test_a_wrong_key_or_an_empty_account_is_no_absence() -> None:
    async with row() as models:
        models.fails(refused("1113", "balance", 429), A)
        with pytest.raises(ModelBalanceGone):
            await models.ask()
        assert models.asked == [A]


async def test_little_text_gives_way_to_the_other_model_s_answer() -> None:
    async with row() as models:
        models.fails(aborted(Reply("Well, I", reasoning="Hm.")), A)
        events = await models.ask()
        assert text_of(events) == f"I am {B}."
        at = events.index(TextRetracted())
        assert [event for event in events[:at] if isinstance(event, TextDelta)]
        assert "Hm." in reasoning_of(events)
        assert [type(event) for event in events if isinstance(event, Finished | Unfinished)] == [Unfinished, Finished]


async def test_a_long_text_is_never_replaced() -> None:
    async with row() as models:
        models.fails(aborted(Reply(LONG)), A)
        told: list[ModelEvent] = []
        with pytest.raises(AnswerCut):
            await models.ask(told=told)
        assert text_of(told).startswith(LONG[:300])
        assert set(models.asked) == {A}


async def test_a_call_of_a_tool_is_never_replaced() -> None:
    asked: list[str | None] = []

    class Calling:
        async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
            asked.append(ask.model)
            yield ToolCalled(ToolCall("c1", "zoom", {}))
            raise mark_away(AnswerCut("after a call"))

    nobody_rests = Replacements((B, C), lambda _: False, lambda *_: True)
    with pytest.raises(AnswerCut):
        async for _ in FallbackModel(Calling(), nobody_rests, A).stream(QUESTION):
            pass
    assert asked == [A]


async def test_what_this_turn_has_found_away_is_not_asked_again() -> None:
    async with row() as models:
        events = await models.ask(replace(QUESTION, passes_over=frozenset({A})))
        assert text_of(events) == f"I am {B}."
        assert instead(events) == [FallbackUsed(frozenset({A}), "GLM-4.6V", "GLM-4.6V-FlashX")]
        assert text_of(await models.ask(replace(QUESTION, passes_over=frozenset({A, B, C})))) == f"I am {A}."


async def test_one_that_would_cost_more_than_may_be_spent_unasked_is_passed_over() -> None:
    async with row() as models:
        models.model._replacements = replace(models.model._replacements, may_cost=lambda ask, _: ask.model != B)
        models.fails(away(), A)
        assert text_of(await models.ask()) == f"I am {C}."


async def test_an_answer_that_waits_when_its_model_goes_down_is_given_to_the_next() -> None:
    async with row(script=lambda body: busy(60) if body["model"] == A else Reply("Here.")) as models:
        told: list[ModelEvent] = []
        async for event in models.model.stream(QUESTION):
            told.append(event)
            if event == Waiting(1):
                for _ in range(5):
                    models.talk.client.breakers.of(A).failed()
        assert text_of(told) == "Here."
        assert models.asked == [A, B]
        assert told[told.index(instead(told)[0]) - 1] == Waiting(0)
