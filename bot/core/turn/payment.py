"""`payer_of` says who pays for a turn. `with_cost_lines` adds the lines about money to its footer."""

from dataclasses import replace

from bot.core.money.charges import Charges
from bot.core.money.payer import Payer
from bot.core.reply import Footer
from bot.core.turn.state import Answer, Task


def payer_of(task: Task) -> Payer:
    """Whoever asked last pays for all messages that the turn answers together."""
    last, asker = task.last, task.asker
    thread = str(task.lease.thread)
    return Payer(last.team, last.channel, last.user, thread, language=asker.language, utc_offset_s=asker.utc_offset_s)


async def with_cost_lines(footer: Footer, answer: Answer, charges: Charges) -> Footer:
    """Add the cost of the answer, when the person wants to see it, and budgets that are nearly used up."""
    if footer.asks_again:
        return footer
    lines = await charges.lines(answer.bill, tells_cost=answer.choice.cost == "line")
    return replace(footer, lines=(*footer.lines, *lines))
