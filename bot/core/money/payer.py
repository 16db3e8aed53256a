"""Whose request a model call is. A turn says so once; every call that is made for it, however deep, is paid by them.

The bill travels as a context variable, as no call may be forgotten: tool rounds, parts of summaries and pages are asked
for in many places. Tasks that a turn begins inherit it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bot.core.model.usage import Currency


@dataclass(frozen=True, slots=True)
class Payer:
    """Who asked, and where. `language` and `utc_offset_s` are for what they are told. `thread` and `attempt` tell the
    attempts at one turn apart; empty for what is no turn.
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
    """What a turn has cost so far, in millionths; `requests`: how often a model was asked for it."""

    payer: Payer
    cost: int = 0
    currency: Currency = "USD"
    requests: int = 0


_bill: ContextVar[Bill | None] = ContextVar("_bill", default=None)


@contextmanager
def billed_to(bill: Bill) -> Iterator[Bill]:
    """Every model call in here is paid by them."""
    token = _bill.set(bill)
    try:
        yield bill
    finally:
        _bill.reset(token)


def current_bill() -> Bill | None:
    """None where nobody asked: a check of the connection."""
    return _bill.get()
