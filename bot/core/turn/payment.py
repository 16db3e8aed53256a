"""Who pays for a turn, and what is told of money at its end."""

from dataclasses import replace

from bot.core.agent.setup import Equipment
from bot.core.money.charges import Charges
from bot.core.money.payer import Payer
from bot.core.people.preferences import Choice
from bot.core.ports import Foot
from bot.core.turn.state import Run, Task
from bot.errors import BotError, BudgetUsedUp, CostDeclined


def payer_of(task: Task) -> Payer:
    """Whoever asked last pays for what is answered together."""
    last, asker = task.last, task.asker
    thread = str(task.lease.thread)
    return Payer(last.team, last.channel, last.user, thread, language=asker.language, utc_offset_s=asker.utc_offset_s)


async def with_money(foot: Foot, run: Run, choice: Choice, charges: Charges) -> Foot:
    """The foot with what the answer cost, where that is wanted, and with budgets of which most is used."""
    if run.bill is None or foot.asks_again:
        return foot
    lines = await charges.lines(run.bill, tells_cost=choice.cost == "line")
    return replace(foot, lines=(*foot.lines, *lines))


def foot_after(error: BotError, task: Task) -> Foot:
    """Where it was money that was missing, the question can be asked again."""
    asks_again = isinstance(error, BudgetUsedUp | CostDeclined)
    return Foot(question_ts=task.last.ts, language=task.language, is_failed=True, asks_again=asks_again)


async def ask_for_cost(task: Task, run: Run, equipment: Equipment, charges: Charges) -> None:
    """A dear question is asked about first; a summary has been already. Raises CostDeclined."""
    if run.summary is None and run.request is not None and run.toolbox is not None:
        ask = replace(run.request.ask, tools=run.toolbox.specs)
        approve = equipment.approval(task.last, task.asker, task.reply)
        await charges.ask_first(ask, approve, task.language)
