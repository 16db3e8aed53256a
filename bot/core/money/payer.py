"""`billed_to` sets the bill of a turn. Every model call of the turn, however deep, is added to it.

A context variable carries the bill, so that no call is forgotten: many places ask the model during a turn (tool rounds,
parts of summaries, web pages). Tasks that a turn starts inherit it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bot.core.model.usage import Currency


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: the person, and the channel. `language` and `utc_offset_s` are for the sentences they read. `thread`
    and `attempt` identify the attempt at a turn; they are empty outside a turn.
    """

    team: str
    channel: str
    user: str
    thread: str = ""
    attempt: str = ""
    language: str = "en"
    utc_offset_s: int = 0


@dataclass(slots=True)
class Bill:
    """What a turn has cost so far, in millionths, and the number of its model requests."""

    payer: Payer
    cost: int = 0
    currency: Currency = "USD"
    requests: int = 0


_bill: ContextVar[Bill | None] = ContextVar("_bill", default=None)


@contextmanager
def billed_to(bill: Bill) -> Iterator[Bill]:
    """Add every model call inside the block to this bill."""
    token = _bill.set(bill)
    try:
        yield bill
    finally:
        _bill.reset(token)


def current_bill() -> Bill | None:
    """Return the bill, or None for a call that nobody asked for, such as a check of the connection."""
    return _bill.get()
