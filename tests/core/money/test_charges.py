"""Charges asks about a high cost first, and makes the lines about money."""

from dataclasses import replace

import pytest

from bot.core.agent.ports import Contact
from bot.core.model.messages import Ask, Message, Text
from bot.core.model.usage import Price
from bot.core.money.charges import FREE, Charges
from bot.core.money.estimate import Prices
from bot.core.money.payer import Bill, Payer
from bot.errors import CostDeclined, CostUnapproved, sentence
from tests.core.money.fake_ledger import FakeLedger

ANA = Payer("T1", "C1", "UANA", "T1:C1:1.0")
PRICES = Prices(lambda _: Price(1.0, 10.0, "CNY"), lambda _: 1_000, 16_384, "CNY")
ASK = Ask((Message("user", (Text("?"),)),), thinking=False)  # about 0.008


def charges(ledger: FakeLedger, notice: int | None = None, prices: Prices = PRICES) -> Charges:
    return Charges(ledger, prices, notice)


async def test_each_attempt_at_a_turn_is_told_apart() -> None:
    first, second = (charges(FakeLedger()).bill(ANA).payer for _ in range(2))
    assert first.attempt != second.attempt != ""
    assert replace(first, attempt="") == ANA


@pytest.mark.parametrize(("notice", "is_asked"), [(None, False), (7_999, True), (8_000, False)])
async def test_only_what_costs_more_is_asked_about(notice: int | None, is_asked: bool) -> None:
    asked: list[tuple[str, object]] = []

    async def approve(action: str, detail: object) -> bool:
        asked.append((action, detail))
        return True

    await charges(FakeLedger(), notice).ask_first(ASK, Contact("en", print, approve))
    assert asked == ([("answer this question", "It will cost about ¥0.008.")] if is_asked else [])


async def test_a_no_says_how_to_change_one_s_mind() -> None:
    async def deny(action: str, detail: object) -> bool:  # every question is asked alike
        return False

    with pytest.raises(CostDeclined) as declined:
        await charges(FakeLedger(), 1).ask_first(ASK, Contact("en", print, deny))
    assert "*Ask again*" in sentence(declined.value)


async def test_an_app_is_refused_with_the_cost() -> None:
    with pytest.raises(CostUnapproved) as refused:
        await charges(FakeLedger(), 1).ask_first(ASK, None)
    assert "¥0.008" in sentence(refused.value)
    assert "¥0.008" in sentence(refused.value, "zh-CN")


async def test_lines_tell_the_cost_where_it_is_wanted_and_known() -> None:
    bill = Bill(ANA, 4_200, "CNY", requests=1)
    assert await charges(FakeLedger()).lines(bill, tells_cost=True) == ("Cost: ¥0.0042",)
    assert await charges(FakeLedger()).lines(bill, tells_cost=False) == ()
    unknown = replace(PRICES, price_of=lambda _: None)
    assert await charges(FakeLedger(), prices=unknown).lines(bill, tells_cost=True) == ()
    assert await FREE.lines(bill, tells_cost=True) == ()
    assert await charges(FakeLedger()).lines(Bill(ANA), tells_cost=True) == (), "nothing was asked of a model"


RENEWS = "It renews on 2026-11-30 at 08:00 (your time)."


@pytest.mark.parametrize(
    ("spent", "told"),
    [
        (79, ()),
        (80, (f"Your budget for today is 80 % used (¥0.00008 of ¥0.0001). {RENEWS}",)),
        (100, (f"Your budget for today is used up now (¥0.0001 of ¥0.0001). {RENEWS}",)),
    ],
)
async def test_most_of_a_budget_is_told_on_the_clock_of_whoever_asks(spent: int, told: tuple[str, ...]) -> None:
    bill = Bill(replace(ANA, utc_offset_s=8 * 3600), currency="CNY")
    ledger = FakeLedger(100, spent)
    assert await charges(ledger).lines(bill, tells_cost=False) == told
    assert await charges(ledger).lines(bill, tells_cost=False) == (), "once"
