"""Shows usage and budgets: the figures, what is left of each budget, and a small chart of the last two weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.core.model.usage import Currency
from bot.core.money.amounts import MILLION, shown
from bot.core.money.budgets import BudgetStanding
from bot.core.money.words import when, whose
from bot.slack.blocks import Blocks
from bot.slack.outbound import Mentioning
from bot.words import fill, say, text

CSV = "usage_csv"
YOURS = text("What you have used")
THE_CHANNELS = text("What was used in this channel")
THE_WORKSPACES = text("What the workspace has used")
FIGURES = text("Today: {today} · this month: {month}")
LEFT = text("{whose}: {left} left of {amount}, renews {when}")
NO_PRICE = text("I don't know what this model costs, so I count only its tokens, and budgets have no effect.")
NO_LIMITS = text("No budget is set.")
BY_PERSON, BY_CHANNEL, BY_MODEL = text("By person"), text("By channel"), text("By model")
DIRECT = text("Direct messages")
CHART = text("Cost per day")
DOWNLOAD = text("Download CSV")
CHART_DAYS = 14
MOST_LISTED = 8
BAR_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures to show, in millionths of the currency. `days` are the last two weeks. Each of `lists` has a marked
    title, and names with amounts. `title` is empty if one stands above already. `people` are the ids of all people in
    the lists.
    """

    title: str
    today: int
    month: int
    days: Mapping[date, int]
    standings: Sequence[BudgetStanding]
    currency: Currency
    lists: Sequence[tuple[str, Sequence[tuple[str, int]]]] = ()
    has_download: bool = False
    has_price: bool = True
    people: Sequence[str] = ()


def lines(figures: Figures, language: str, utc_offset_s: int) -> str:
    """The figures as Slack's mrkdwn, without the chart."""
    currency = figures.currency
    shown_lines = [f"*{say(figures.title, language)}*"] if figures.title else []
    amounts = {"today": shown(figures.today, currency), "month": shown(figures.month, currency)}
    if figures.has_price or figures.month:
        shown_lines.append(say(FIGURES, language, **amounts))
    if not figures.has_price:
        shown_lines.append(say(NO_PRICE, language))
    shown_lines += [f"• {budget_line(standing, currency, language, utc_offset_s)}" for standing in figures.standings]
    if not figures.standings:
        shown_lines.append(say(NO_LIMITS, language))
    for title, entries in figures.lists:
        if not entries:
            continue
        shown_lines.append(f"*{say(title, language)}*")
        shown_lines += [f"• {name}: {shown(cost, currency)}" for name, cost in entries[:MOST_LISTED]]
    return Mentioning("\n".join(shown_lines), *figures.people)


def budget_line(standing: BudgetStanding, currency: Currency, language: str, utc_offset_s: int) -> str:
    filled = fill(
        LEFT,
        whose=whose(standing.limit),
        left=shown(standing.left, currency),
        amount=shown(standing.limit.amount, currency),
        when=when(standing, utc_offset_s),
    )
    return say(filled, language)


def whole_text(figures: Figures, language: str, utc_offset_s: int) -> str:
    """The figures as text, with bars in the place of the chart, where no blocks are shown."""
    words = lines(figures, language, utc_offset_s)
    bars = _bars(figures.days, figures.currency)
    return Mentioning(f"{words}\n*{say(CHART, language)}*\n```\n{bars}\n```" if bars else words, *figures.people)


def blocks(figures: Figures, language: str, utc_offset_s: int) -> Blocks:
    words = lines(figures, language, utc_offset_s)
    shown_blocks: Blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]
    if any(figures.days.values()):
        shown_blocks.append(_chart(figures, language))
    if figures.has_download:
        label = {"type": "plain_text", "text": say(DOWNLOAD, language)}
        button = {"type": "button", "action_id": CSV, "text": label, "value": CSV}
        shown_blocks.append({"type": "actions", "elements": [button]})
    return shown_blocks


def _chart(figures: Figures, language: str) -> dict[str, Any]:
    labels = [f"{day:%m-%d}" for day in figures.days]
    values = [round(cost / MILLION, 6) for cost in figures.days.values()]
    data = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    series = [{"name": figures.currency, "data": data}]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": labels}}
    return {"type": "data_visualization", "title": say(CHART, language), "chart": chart}


def _bars(days: Mapping[date, int], currency: Currency) -> str:
    most = max(days.values(), default=0)
    if not most:
        return ""
    width = {day: round(cost * BAR_WIDTH / most) or (1 if cost else 0) for day, cost in days.items()}
    return "\n".join(
        f"{day:%m-%d} {'█' * width[day]:<{BAR_WIDTH}} {shown(cost, currency)}" for day, cost in days.items()
    )
