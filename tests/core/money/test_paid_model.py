"""PaidModel reserves every request first, and settles it by what was used, in every way it can end."""

import asyncio
import math
from contextlib import aclosing

import pytest

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta, Unfinished, Waiting
from bot.core.model.messages import Ask, Message, Text
from bot.core.model.usage import Price, Usage
from bot.core.money import paid_model
from bot.core.money.estimate import PLAIN_TOKENS, THINKING_TOKENS, Prices, estimated
from bot.core.money.paid_model import PaidModel
from bot.core.money.payer import Bill, Payer, billed_to
from bot.errors import BudgetUsedUp, ModelTimeout, sentence
from tests.core.fakes import FakeModel, Step
from tests.core.money.fake_ledger import FakeLedger
from tests.cost import EVENLY, growth

PRICE = Price(1.0, 10.0, "CNY")  # a prompt token is a millionth, a token of the answer ten
PROMPT = 1_000
ASK = Ask((Message("user", (Text("?"),)),), thinking=False)
TYPICAL = PROMPT + PLAIN_TOKENS * 10
ANA = Payer("T1", "C1", "UANA")
USED = Usage(1_200, 30)
DONE = Finished("stop", USED, "glm", PRICE.cost(USED), "CNY")


def paid(ledger: FakeLedger, *scripts: list[Step], price: Price | None = PRICE) -> tuple[PaidModel, FakeModel]:
    model = FakeModel(list(scripts))
    return PaidModel(model, ledger, Prices(lambda _: price, lambda _: PROMPT, 16_384, "CNY"), "glm"), model


async def read(model: PaidModel, ask: Ask = ASK, until: int = 10**6) -> list[ModelEvent]:
    """Stopped after so many events."""
    told: list[ModelEvent] = []
    async with aclosing(model.stream(ask)) as events:
        async for event in events:
            told.append(event)
            if len(told) >= until:
                break
    return told


async def test_it_is_settled_by_the_usage_that_came() -> None:
    ledger, bill = FakeLedger(10**6), Bill(ANA)
    model, _ = paid(ledger, [TextDelta("Yes."), DONE])
    with billed_to(bill):
        assert await read(model) == [TextDelta("Yes."), DONE]
    assert [(used.cost, used.prompt_tokens, used.completion_tokens) for used in ledger.used] == [(1_500, 1_200, 30)]
    assert not ledger.held
    assert (bill.cost, bill.currency) == (1_500, "CNY")


async def test_where_no_usage_is_told_it_is_counted_by_the_prompt_and_the_words() -> None:
    ledger = FakeLedger()
    model, _ = paid(ledger, [TextDelta("x" * 360), Finished("stop", Usage(), "glm")])
    with billed_to(Bill(ANA)):
        await read(model)
    assert [used.cost for used in ledger.used] == [PROMPT + 100 * 10]


async def test_a_stopped_answer_costs_its_prompt_and_the_words_that_came() -> None:
    ledger = FakeLedger(10**6)
    model, fake = paid(ledger, [TextDelta("x" * 36), TextDelta("never read"), DONE])
    with billed_to(Bill(ANA)):
        await read(model, until=1)
    assert [used.cost for used in ledger.used] == [PROMPT + 10 * 10]
    assert fake.closed == 1
    assert not ledger.held


async def test_a_cancelled_turn_is_counted_too() -> None:
    ledger, is_asked = FakeLedger(10**6), asyncio.Event()

    async def forever() -> None:
        is_asked.set()
        await asyncio.Event().wait()

    model, _ = paid(ledger, [ReasoningDelta("x" * 36), forever])
    with billed_to(Bill(ANA)):
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(read(model))
            await is_asked.wait()
            reading.cancel()
    assert [used.cost for used in ledger.used] == [PROMPT + 10 * 10]


async def test_a_request_that_fails_before_its_first_event_costs_nothing() -> None:
    ledger = FakeLedger(10**6)
    model, _ = paid(ledger, [ModelTimeout("t")])
    with billed_to(Bill(ANA)), pytest.raises(ModelTimeout):
        await read(model)
    assert (ledger.used, ledger.released, ledger.held) == ([], 1, {})


async def test_a_request_stopped_in_the_queue_costs_nothing() -> None:
    ledger = FakeLedger(10**6)
    model, _ = paid(ledger, [Waiting(2), Waiting(1), DONE])
    with billed_to(Bill(ANA)):
        await read(model, until=2)
    assert (ledger.used, ledger.released) == ([], 1)


async def test_a_failed_answer_is_counted_by_what_its_attempts_used() -> None:
    ledger = FakeLedger(10**6)
    model, _ = paid(ledger, [TextDelta("Ye"), Unfinished(USED, "glm", 0.002, "CNY"), ModelTimeout("t")])
    with billed_to(Bill(ANA)), pytest.raises(ModelTimeout):
        await read(model)
    assert [used.cost for used in ledger.used] == [2_000]


async def test_nobody_is_asked_when_nothing_is_left() -> None:
    ledger = FakeLedger(100, spent=100)
    model, fake = paid(ledger, [DONE])
    with billed_to(Bill(ANA)), pytest.raises(BudgetUsedUp) as refused:
        await read(model)
    assert fake.asks == []
    assert sentence(refused.value) == (
        "Your budget for today is used up (¥0.0001 of ¥0.0001). It renews on 2026-11-30 at 00:00 (your time). An admin "
        "of this workspace can raise it before then: `/glm budget AMOUNT day @person`. Your question is kept: press "
        "*Ask again* when there is room."
    )
    assert "您" not in sentence(refused.value, "zh-CN")
    assert "2026-11-30 00:00" in sentence(refused.value, "zh-CN")


async def test_a_request_waits_for_reserved_money(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paid_model, "LOOK_S", 0.001)
    ledger = FakeLedger(100, held={"other": 100})
    model, fake = paid(ledger, [DONE])
    with billed_to(Bill(ANA)):
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(read(model))
            await asyncio.sleep(0.01)
            assert fake.asks == []
            ledger.held.clear()
    assert reading.result() == [DONE]


async def test_it_is_not_waited_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paid_model, "HELD_PATIENCE_S", 0.0)
    model, _ = paid(FakeLedger(100, held={"other": 100}), [DONE])
    with billed_to(Bill(ANA)), pytest.raises(BudgetUsedUp) as refused:
        await read(model)
    assert sentence(refused.value).startswith("Other answers that are under way")


async def test_an_answer_is_no_longer_than_what_is_left_pays_for() -> None:
    ledger = FakeLedger(20_000)
    model, fake = paid(ledger, [DONE])
    with billed_to(Bill(ANA)):
        await read(model)
    assert [ask.max_tokens for ask in fake.asks] == [(20_000 - PROMPT) // 10]
    ledger = FakeLedger(10)
    model, fake = paid(ledger, [DONE])
    with billed_to(Bill(ANA)):
        await read(model)
    assert [ask.max_tokens for ask in fake.asks] == [PLAIN_TOKENS], "but never shorter than a typical one"


async def test_a_long_answer_reserves_more_and_ends_where_nothing_is_left() -> None:
    piece = "x" * 360  # a hundred tokens
    ledger = FakeLedger(TYPICAL + 5_000)
    model, fake = paid(ledger, [*[TextDelta(piece)] * 200, DONE])
    with billed_to(Bill(ANA)):
        told = await read(model)
    last = told[-1]
    assert isinstance(last, Finished)
    assert last.reason == "length"
    assert TYPICAL < ledger.spent < TYPICAL + 5_000 + TYPICAL
    assert last.cost * 10**6 == pytest.approx(ledger.spent)
    assert fake.closed == 1


async def test_thinking_alone_that_uses_all_up_says_so() -> None:
    piece = "x" * 3_600
    ledger = FakeLedger(PROMPT + THINKING_TOKENS)
    model, _ = paid(ledger, [*[ReasoningDelta(piece)] * 10, DONE])
    with billed_to(Bill(ANA)), pytest.raises(BudgetUsedUp):
        await read(model, Ask(ASK.messages))
    assert ledger.spent > 0
    assert not ledger.held


@pytest.mark.parametrize("count", [2, 9, 30])
async def test_parallel_requests_do_not_overspend(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paid_model, "LOOK_S", 0.001)
    budget = 3 * TYPICAL
    ledger = FakeLedger(budget)
    long = Usage(PROMPT, PLAIN_TOKENS)
    model, _ = paid(ledger, [TextDelta("x" * 36), Finished("stop", long, "glm", PRICE.cost(long), "CNY")])
    with billed_to(Bill(ANA)):
        results = await asyncio.gather(*(read(model) for _ in range(count)), return_exceptions=True)
    refused = [one for one in results if isinstance(one, BudgetUsedUp)]
    assert ledger.spent < budget + TYPICAL
    assert len(results) - len(refused) >= min(count, 3)
    assert not ledger.held


async def test_where_no_price_is_known_tokens_are_counted_and_nobody_is_refused() -> None:
    ledger = FakeLedger(10)
    model, fake = paid(ledger, [TextDelta("Yes."), Finished("stop", USED, "glm")], price=None)
    with billed_to(Bill(ANA)):
        await read(model)
    assert [(used.cost, used.prompt_tokens) for used in ledger.used] == [(0, 1_200)]
    assert fake.asks[0].max_tokens is None


async def test_a_store_that_is_away_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paid_model, "LOOK_S", 0.001)
    for outages in (1, 9):
        ledger = FakeLedger(outages=outages)
        model, _ = paid(ledger, [TextDelta("Yes."), DONE])
        with billed_to(Bill(ANA)):
            assert (await read(model))[-1] == DONE
        assert bool(ledger.used) is (outages == 1)


async def test_a_request_without_a_bill_is_not_paid() -> None:
    ledger = FakeLedger(1, spent=1)
    model, _ = paid(ledger, [DONE])
    assert await read(model) == [DONE]


@pytest.mark.no_cover
async def test_to_measure_a_long_answer_costs_no_more_than_its_length() -> None:
    def measured(count: int) -> None:
        answer = paid_model._MeasuredAnswer(estimated(ASK, Prices(lambda _: PRICE, lambda _: PROMPT, 16_384, "CNY")))
        for _ in range(count):
            answer.note(TextDelta("长" * paid_model.MEASURED_CHARS))
            assert answer.is_to_be_measured
            assert answer.tokens
        assert answer.tokens == math.ceil(count * paid_model.MEASURED_CHARS * 0.6)

    assert growth(measured, 200) < EVENLY
