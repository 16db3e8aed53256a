"""The sentences about money: a budget that is used up or nearly used up, and the cost of an answer."""

from collections.abc import Mapping
from datetime import timedelta

from bot.core.model.usage import Currency
from bot.core.money.amounts import shown
from bot.core.money.budgets import WORKSPACE, BudgetStanding, Limit, Period, is_channel
from bot.core.money.payer import Payer
from bot.words import fill, say, text

YOURS: Mapping[Period, str] = {
    "day": text("Your budget for today"),
    "week": text("Your budget for this week"),
    "month": text("Your budget for this month"),
}
THE_CHANNELS: Mapping[Period, str] = {
    "day": text("This channel's budget for today"),
    "week": text("This channel's budget for this week"),
    "month": text("This channel's budget for this month"),
}
THE_WORKSPACES: Mapping[Period, str] = {
    "day": text("The workspace's budget for today"),
    "week": text("The workspace's budget for this week"),
    "month": text("The workspace's budget for this month"),
}
PER_PERIOD: Mapping[Period, str] = {"day": text("a day"), "week": text("a week"), "month": text("a month")}
WHEN = text("on {date} at {time} (your time)")
USED_UP = text(
    "{whose} is used up ({spent} of {amount}). It renews {when}. An admin of this workspace can raise it before then: "
    "`/glm budget AMOUNT {period} {scope}`. Your question is kept: press *Ask again* when there is room."
)
NOW_USED_UP = text("{whose} is used up now ({spent} of {amount}). It renews {when}.")
NEARLY = text("{whose} is {share} % used ({spent} of {amount}). It renews {when}.")
HELD = text(
    "Other answers that are under way may need what is left of the budget. Please press *Ask again* in a few minutes."
)
COST_LINE = text("Cost: {cost}")
ANSWER = text("answer this question")
ABOUT = text("It will cost about {cost}.")


def whose(limit: Limit) -> str:
    """Return the budget in words, as a marked text."""
    if limit.owner == WORKSPACE:
        return THE_WORKSPACES[limit.period]
    return THE_CHANNELS[limit.period] if is_channel(limit.owner) else YOURS[limit.period]


def scope_word(limit: Limit) -> str:
    """Return the word for the owner in `/glm budget`."""
    if limit.owner == WORKSPACE:
        return "everyone"
    return "here" if is_channel(limit.owner) else "@person"


def used_up(standing: BudgetStanding, payer: Payer, currency: Currency) -> str:
    """Return the sentence for a budget that is used up, as a marked text for an error."""
    limit = standing.limit
    fields = _fields(standing, payer.utc_offset_s, currency)
    return fill(USED_UP, **fields, period=limit.period, scope=scope_word(limit))


def nearly(standing: BudgetStanding, payer: Payer, currency: Currency) -> str:
    """Return the line under an answer for a budget that is used up or nearly used up, in the payer's language."""
    fields = _fields(standing, payer.utc_offset_s, currency)
    if standing.is_used_up:
        return say(fill(NOW_USED_UP, **fields), payer.language)
    share = standing.spent * 100 // standing.limit.amount
    return say(fill(NEARLY, **fields, share=share), payer.language)


def when(standing: BudgetStanding, utc_offset_s: int) -> str:
    """Return when the budget renews, in the time zone of the person, as a marked text."""
    at = standing.renews + timedelta(seconds=utc_offset_s)
    return fill(WHEN, date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}")


def _fields(standing: BudgetStanding, utc_offset_s: int, currency: Currency) -> dict[str, object]:
    return {
        "whose": whose(standing.limit),
        "spent": shown(standing.spent, currency),
        "amount": shown(standing.limit.amount, currency),
        "when": when(standing, utc_offset_s),
    }
