"""The port to the Ledger, which reserves and counts what is spent. bot.store.money.spending implements it."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.core.money.budgets import BudgetStanding
from bot.core.money.payer import Payer


@dataclass(frozen=True, slots=True)
class Reservation:
    """An amount in millionths that is held back for one request, until it is settled, released, or expires.

    `owners` are the owners of the limits that hold it; empty without any limit. `day` is the day that it counts for.
    """

    id: str
    payer: Payer
    day: date
    amount: int
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """The amount was reserved. `room` is what was left before this request, or None without any limit."""

    reservation: Reservation
    room: int | None = None


@dataclass(frozen=True, slots=True)
class AllReserved:
    """All that is left is reserved for other requests. Some of it may come back."""


@dataclass(frozen=True, slots=True)
class LimitReached:
    """Nothing is left of this budget."""

    standing: BudgetStanding


@dataclass(frozen=True, slots=True)
class RequestCost:
    """What one request has used. `cost` is in millionths."""

    model: str
    cost: int
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Ledger(Protocol):
    """Every method raises StateError when the store does not answer."""

    async def reserve(self, payer: Payer, amount: int) -> Grant | AllReserved | LimitReached: ...

    async def raise_to(self, reservation: Reservation, amount: int) -> Grant | AllReserved | LimitReached:
        """Reserve a larger amount for a running request."""
        ...

    async def settle(self, reservation: Reservation, used: RequestCost) -> None:
        """Count what was used, once, and end the reservation."""
        ...

    async def release(self, reservation: Reservation) -> None: ...

    async def notices(self, payer: Payer) -> tuple[BudgetStanding, ...]:
        """Return the limits that are nearly used up. Each is returned once in its period."""
        ...
