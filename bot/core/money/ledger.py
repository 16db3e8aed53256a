"""Where money is kept account of, as the core sees it. The store behind it: bot.store.money.spending."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.core.money.budgets import BudgetStanding
from bot.core.money.payer import Payer


@dataclass(frozen=True, slots=True)
class Reservation:
    """An amount that is held back for one request, until it is settled, released, or expires.

    `owners` are those whose limits hold it; none where there is no limit. `day` is the day it will be counted for.
    """

    id: str
    payer: Payer
    day: date
    amount: int
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """`room`: what was left before this request; None without any limit."""

    reservation: Reservation
    room: int | None = None


@dataclass(frozen=True, slots=True)
class AllReserved:
    """What is left is held back for requests that are under way: some of it may come back."""


@dataclass(frozen=True, slots=True)
class LimitReached:
    standing: BudgetStanding


@dataclass(frozen=True, slots=True)
class RequestCost:
    """What one request came to. `cost` in millionths."""

    model: str
    cost: int
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Ledger(Protocol):
    """Every method raises StateError when the store does not answer."""

    async def reserve(self, payer: Payer, amount: int) -> Grant | AllReserved | LimitReached: ...

    async def raise_to(self, reservation: Reservation, amount: int) -> Grant | AllReserved | LimitReached:
        """A larger amount for a request under way."""
        ...

    async def settle(self, reservation: Reservation, used: RequestCost) -> None:
        """Count what was used, once, and give back what was held."""
        ...

    async def release(self, reservation: Reservation) -> None: ...

    async def notices(self, payer: Payer) -> tuple[BudgetStanding, ...]:
        """Limits of which most is used, each told once in its period."""
        ...
