"""A ledger in memory that follows the rules of the real one, and may be away."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from bot.core.money.budgets import BudgetStanding, Limit
from bot.core.money.ledger import AllReserved, Grant, LimitReached, RequestCost, Reservation
from bot.core.money.payer import Payer
from bot.errors import StateError

TODAY = date(2026, 11, 29)
RENEWS = datetime(2026, 11, 30, tzinfo=UTC)


@dataclass
class FakeLedger:
    """One budget of one person: `amount` None is no limit."""

    amount: int | None = None
    spent: int = 0
    held: dict[str, int] = field(default_factory=dict)
    used: list[RequestCost] = field(default_factory=list)
    released: int = 0
    outages: int = 0
    told: bool = False

    @property
    def standing(self) -> BudgetStanding:
        return BudgetStanding(Limit("UANA", "day", self.amount or 0), self.spent, RENEWS)

    async def reserve(self, payer: Payer, amount: int) -> Grant | AllReserved | LimitReached:
        owners = ("UANA",) if self.amount is not None else ()
        number = len(self.held) + len(self.used) + self.released
        return self._reserved(Reservation(f"r{number}", payer, TODAY, amount, owners))

    async def raise_to(self, reservation: Reservation, amount: int) -> Grant | AllReserved | LimitReached:
        return self._reserved(replace(reservation, amount=amount))

    def _reserved(self, reservation: Reservation) -> Grant | AllReserved | LimitReached:
        if self.amount is None:
            return Grant(reservation)
        room = self.amount - self.spent - sum(self.held.values())
        if self.spent >= self.amount:
            return LimitReached(self.standing)
        if room <= 0:
            return AllReserved()
        self.held[reservation.id] = reservation.amount
        return Grant(reservation, room)

    async def settle(self, reservation: Reservation, used: RequestCost) -> None:
        if self.outages:
            self.outages -= 1
            raise StateError("away")
        self.held.pop(reservation.id, None)
        self.used.append(used)
        self.spent += used.cost

    async def release(self, reservation: Reservation) -> None:
        self.held.pop(reservation.id, None)
        self.released += 1

    async def notices(self, payer: Payer) -> tuple[BudgetStanding, ...]:
        if self.amount is None or self.told or not self.standing.is_nearly_used_up:
            return ()
        self.told = True
        return (self.standing,)
