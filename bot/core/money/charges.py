"""Charges is the money side of one turn: its bill, the question about a high cost, and the lines under the answer."""

import logging
from dataclasses import dataclass, replace
from uuid import uuid4

from bot.core.agent.ports import Contact
from bot.core.chosen_model import chosen_model
from bot.core.model.messages import Ask
from bot.core.money.amounts import shown
from bot.core.money.estimate import Prices, estimated
from bot.core.money.ledger import Ledger
from bot.core.money.payer import Bill, Payer
from bot.core.money.words import ABOUT, ANSWER, COST_LINE, nearly
from bot.errors import CostDeclined, CostUnapproved, StateError
from bot.words import say

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Charges:
    """Without a `ledger` nothing is paid for. A question of more than `notice` millionths has to be approved."""

    ledger: Ledger | None = None
    prices: Prices | None = None
    notice: int | None = None

    def bill(self, payer: Payer) -> Bill:
        """Return a new bill for one attempt at a turn."""
        currency = self.prices.currency if self.prices else "USD"
        return Bill(replace(payer, attempt=uuid4().hex[:12]), currency=currency)

    async def ask_first(self, ask: Ask, contact: Contact | None) -> None:
        """Ask the person first when the request is expensive. Raises CostDeclined when they say no, or when `contact`
        is None and nobody can be asked.
        """
        if self.notice is None or self.prices is None:
            return
        cost = estimated(ask, self.prices).cost
        if cost <= self.notice:
            return
        amount = shown(cost, self.prices.currency)
        if contact is None:
            raise CostUnapproved(fields={"cost": amount})
        about = say(ABOUT, contact.language, cost=amount)
        if not await contact.approve(say(ANSWER, contact.language), about):
            raise CostDeclined

    def may_cost(self, ask: Ask, wanted: Ask) -> bool:
        """Return whether `ask` may take the place of `wanted` without asking a person: it costs no more than `wanted`,
        or so little that nobody is asked.
        """
        if self.notice is None or self.prices is None:
            return True
        return estimated(ask, self.prices).cost <= max(self.notice, estimated(wanted, self.prices).cost)

    async def lines(self, bill: Bill, *, tells_cost: bool) -> tuple[str, ...]:
        """Return the lines under the answer: its cost, when the person wants to see it, and budgets that are nearly
        used up.
        """
        language = bill.payer.language
        has_price = self.prices is not None and self.prices.price_of(chosen_model() or None) is not None
        # An order of a button needs no model, so it has no cost to show.
        shows_cost = tells_cost and has_price and bill.requests > 0
        cost = (say(COST_LINE, language, cost=shown(bill.cost, bill.currency)),) if shows_cost else ()
        if self.ledger is None:
            return cost
        try:
            standings = await self.ledger.notices(bill.payer)
        except StateError as error:
            log.info("money.no_notice", extra={"reason": error.detail})
            return cost
        return (*cost, *(nearly(standing, bill.payer, bill.currency) for standing in standings))


FREE = Charges()
