"""Who pays for a turn, and what is told of money at its end."""

from dataclasses import replace

from bot.core.money.charges import Charges
from bot.core.money.payer import Payer
from bot.core.ports import Footer
from bot.core.turn.state import Answer, Task


def payer_of(task: Task) -> Payer:
    """Whoever asked last pays for what is answered together."""
    last, asker = task.last, task.asker
    thread = str(task.lease.thread)
    return Payer(last.team, last.channel, last.user, thread, language=asker.language, utc_offset_s=asker.utc_offset_s)


async def with_money(footer: Footer, answer: Answer, charges: Charges) -> Footer:
    """The foot with what the answer cost, where that is wanted, and with budgets of which most is used."""
    if footer.asks_again:
        return footer
    lines = await charges.lines(answer.bill, tells_cost=answer.choice.cost == "line")
    return replace(footer, lines=(*footer.lines, *lines))
