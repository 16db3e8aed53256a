"""What money has to do with one turn: whose it is, whether it is asked about first, what is told under the answer."""

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
    """`ledger` None: nothing is paid for. A question that costs more than `notice` millionths is asked about first."""

    ledger: Ledger | None = None
    prices: Prices | None = None
    notice: int | None = None

    def bill(self, payer: Payer) -> Bill:
        """For one attempt at a turn."""
        currency = self.prices.currency if self.prices else "USD"
        return Bill(replace(payer, attempt=uuid4().hex[:12]), currency=currency)

    async def ask_first(self, ask: Ask, contact: Contact | None) -> None:
        """Raises CostDeclined when it would cost more than its asker wants. `contact` None: nobody can be asked."""
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
        """Whether it may be asked in place of the one that was wanted, without asking a person: it costs no more than
        that one, or than needs no question.
        """
        if self.notice is None or self.prices is None:
            return True
        return estimated(ask, self.prices).cost <= max(self.notice, estimated(wanted, self.prices).cost)

    async def lines(self, bill: Bill, *, tells_cost: bool) -> tuple[str, ...]:
        """For under the answer: what it cost, where that is wanted, and budgets of which most is used."""
        language = bill.payer.language
        has_price = self.prices is not None and self.prices.price_of(chosen_model() or None) is not None
        # What a button does by itself costs nothing, and nothing is to be told of it.
        is_told = tells_cost and has_price and bill.requests > 0
        cost = (say(COST_LINE, language, cost=shown(bill.cost, bill.currency)),) if is_told else ()
        if self.ledger is None:
            return cost
        try:
            notices = await self.ledger.notices(bill.payer)
        except StateError as away:
            log.info("money.no_notice", extra={"reason": away.detail})
            return cost
        return (*cost, *(nearly(one, bill.payer, bill.currency) for one in notices))


FREE = Charges()
