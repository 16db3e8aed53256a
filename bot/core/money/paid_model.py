"""PaidModel pays for every request: it reserves an amount before the request, and settles it by what was used.

It reserves the cost of a typical answer. A longer answer reserves more as it grows. When nothing is left, it ends
there, like an answer that has reached its length limit. So all requests together exceed a budget by less than one
typical answer.
"""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta, ToolCalled, Unfinished, Waiting
from bot.core.model.messages import Ask
from bot.core.model.tokens import estimate_json_tokens, token_share
from bot.core.model.usage import Usage
from bot.core.money.amounts import MILLION, millionths
from bot.core.money.estimate import Estimate, Prices, capped, estimated
from bot.core.money.ledger import AllReserved, Grant, Ledger, LimitReached, RequestCost, Reservation
from bot.core.money.payer import Bill, current_bill
from bot.core.money.words import HELD, used_up
from bot.core.ports import Model
from bot.errors import BudgetUsedUp, StateError

log = logging.getLogger(__name__)

# A request waits so long for other requests that have reserved all that is left, and looks again this often.
HELD_PATIENCE_S = 60.0
LOOK_S = 0.25
# An answer is measured after every so many characters, and more is reserved so many tokens in advance.
MEASURED_CHARS = 200
AHEAD_TOKENS = 150
SETTLE_TRIES = 3


@dataclass(slots=True)
class _MeasuredAnswer:
    """What one request has used so far."""

    estimate: Estimate
    has_begun: bool = False
    has_words: bool = False
    is_waiting: bool = False
    end: Finished | Unfinished | None = None
    _measured: float = 0.0  # tokens
    _fresh: list[str] = field(default_factory=list)
    _unmeasured: int = 0

    def note(self, event: ModelEvent) -> None:
        match event:
            case TextDelta(text) | ReasoningDelta(text):
                self.has_begun = True
                self._fresh.append(text)
                self._unmeasured += len(text)
                self.has_words = self.has_words or (isinstance(event, TextDelta) and not text.isspace())
            case ToolCalled(call):
                self.has_begun = True
                self._measured += estimate_json_tokens(f"{call.name}{dict(call.arguments)}")
            case Waiting():
                self.is_waiting = event.place > 0
            case Finished() | Unfinished():
                self.end = event

    @property
    def is_to_be_measured(self) -> bool:
        if self._unmeasured < MEASURED_CHARS:
            return False
        self._unmeasured = 0
        return True

    @property
    def tokens(self) -> int:
        """The tokens so far. Each piece of text is measured only once, because an answer may be long."""
        self._measured += token_share("".join(self._fresh))
        self._fresh.clear()
        return math.ceil(self._measured)

    @property
    def cost_so_far(self) -> int:
        return self.estimate.of(self.tokens)

    def used(self, model: str) -> RequestCost:
        """Return the cost by the provider's own figures, or else by the prompt and the text that came."""
        end = self.end
        if end is not None and (end.usage != Usage() or end.cost):
            usage, price = end.usage, self.estimate.price
            cost = end.cost or (price.cost(usage) if price else 0.0)
            return RequestCost(end.model or model, millionths(cost), usage.prompt_tokens, usage.completion_tokens)
        name = end.model if end is not None and end.model else model
        return RequestCost(name, self.cost_so_far, self.estimate.prompt_tokens, self.tokens)


class PaidModel:
    """`name` is the name of the configured model, for requests that name none."""

    def __init__(self, model: Model, ledger: Ledger, prices: Prices, name: str) -> None:
        self._model = model
        self._ledger = ledger
        self._prices = prices
        self._name = name

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        """Raises BudgetUsedUp before the request when nothing is left."""
        bill = current_bill()
        if bill is None:
            async with aclosing(self._model.stream(ask)) as events:
                async for event in events:
                    yield event
            return
        estimate = estimated(ask, self._prices)
        grant = await self._reserve(bill, estimate)
        paid = _PaidRequest(grant.reservation, _MeasuredAnswer(estimate), room=grant.room)
        try:
            async with aclosing(self._model.stream(capped(ask, estimate, grant.room, self._prices))) as events:
                async for event in events:
                    paid.answer.note(event)
                    if paid.answer.end is not None:
                        await self._end(paid, bill, ask)
                    yield event
                    if paid.answer.is_to_be_measured and not await self._has_room(paid, bill):
                        break
            if paid.answer.end is None:
                yield self._cut_short(paid, ask)
        except (GeneratorExit, asyncio.CancelledError):
            paid.is_stopped = True
            raise
        finally:
            await self._end(paid, bill, ask)

    async def _reserve(self, bill: Bill, estimate: Estimate) -> Grant:
        """Reserve the amount. Wait some time when other requests have reserved all that is left: they may need less."""
        loop = asyncio.get_running_loop()
        until = loop.time() + HELD_PATIENCE_S
        while True:
            result = await self._ledger.reserve(bill.payer, estimate.cost)
            match result:
                case Grant():
                    return result
                case AllReserved() if loop.time() < until:
                    await asyncio.sleep(LOOK_S)
                case refusal:
                    raise self._error(refusal, bill)

    def _error(self, refusal: AllReserved | LimitReached, bill: Bill) -> BudgetUsedUp:
        if isinstance(refusal, AllReserved):
            return BudgetUsedUp("held", user_message=HELD)
        limit = refusal.standing.limit
        words = used_up(refusal.standing, bill.payer, self._prices.currency)
        return BudgetUsedUp(f"{limit.owner} {limit.period}", user_message=words)

    async def _has_room(self, paid: "_PaidRequest", bill: Bill) -> bool:
        """Reserve more when the answer outgrows its reservation. Return False when nothing is left. Raises BudgetUsedUp
        when nothing is left and the answer has no word yet.
        """
        answer, price = paid.answer, paid.answer.estimate
        if paid.room is None or price.of(answer.tokens + AHEAD_TOKENS) < paid.reservation.amount:
            return True
        try:
            result = await self._ledger.raise_to(paid.reservation, price.of(answer.tokens + AHEAD_TOKENS) + paid.step)
        except StateError:
            return True  # what is used is settled at the end in any case
        if isinstance(result, Grant):
            paid.reservation = result.reservation
            return True
        if not answer.has_words:
            raise self._error(result, bill)
        return False

    def _cut_short(self, paid: "_PaidRequest", ask: Ask) -> Finished:
        answer = paid.answer
        used = answer.used(ask.model or self._name)
        usage = Usage(used.prompt_tokens, used.completion_tokens)
        cost = used.cost / MILLION
        log.info("model.cut_short", extra={"reason": "budget"})
        return Finished("length", usage, used.model, cost, self._prices.currency)

    async def _end(self, paid: "_PaidRequest", bill: Bill, ask: Ask) -> None:
        """Settle or release the reservation, once. A cancelled turn does not interrupt it."""
        if paid.is_settled:
            return
        paid.is_settled = True
        answer = paid.answer
        is_used = answer.end is not None or answer.has_begun or (paid.is_stopped and not answer.is_waiting)
        if is_used:
            used = answer.used(ask.model or self._name)
            bill.cost += used.cost
            bill.requests += 1
            bill.currency = self._prices.currency
            await asyncio.shield(_with_retries(lambda: self._ledger.settle(paid.reservation, used), used.cost))
        else:
            await asyncio.shield(_with_retries(lambda: self._ledger.release(paid.reservation), 0))


@dataclass(slots=True)
class _PaidRequest:
    """A running request. `step` is the amount that a growing answer reserves in addition, each time."""

    reservation: Reservation
    answer: _MeasuredAnswer
    room: int | None = None
    is_stopped: bool = False
    is_settled: bool = False
    step: int = 0

    def __post_init__(self) -> None:
        estimate = self.answer.estimate
        self.step = max(1, (estimate.cost - estimate.of(0)) // 2)


async def _with_retries(work: Callable[[], Awaitable[None]], cost: int) -> None:
    """Try some times, and then give up: an answer must not fail because its cost can't be recorded."""
    for number in range(SETTLE_TRIES):
        try:
            await work()
        except StateError as error:
            log.warning("money.not_settled", extra={"reason": error.detail, "cost": cost, "attempt": number + 1})
            await asyncio.sleep(LOOK_S * 2**number)
        else:
            return
