"""`/glm usage` shows what was used and what is left; with `/glm budget`, admins set how much may be spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from slack_bolt.async_app import AsyncApp

from bot.core.audit import AuditEvent, note
from bot.core.money.amounts import NO_LIMIT, read_amount, shown
from bot.core.money.budgets import PERIODS, WORKSPACE, Period, days_of, renews_at
from bot.core.money.usage_rows import NOBODY, UsageRow, as_csv, totals
from bot.core.money.words import PER_PERIOD, WHEN
from bot.core.ports import Person
from bot.slack.dialogs import usage as report
from bot.slack.outbound import Mentioning
from bot.slack.read.mentioned import mention_of, read_mention
from bot.store.money.spending import Spending
from bot.words import fill, say, text
from handlers.dependencies import Dependencies
from handlers.glm.typed import TypedWords
from handlers.interaction import Interaction
from handlers.private_replies import PrivateReply, quoted

SET = text("Done: {who} may spend {amount} {per}. It renews {when}.")
UNSET = text("Done: {who} has no limit {per} any more.")
THIS_CHANNEL, THE_WORKSPACE = text("this channel"), text("the workspace")
BUDGETS_BY_ADMINS = text("Only an admin of this workspace can set budgets.")
FOR_ADMINS = text("Only an admin of this workspace can see what everybody has used.")
NOT_UNDERSTOOD = text("I don't understand {words} there. Did you mean `{line}`?")
MISSING = text("Something is missing there. Did you mean `{line}`?")
SENT = text("Here is what was used, by day, person, channel and model.")
SENT_TO_YOU = text("I've sent you the file in our direct messages.")
NOTHING_USED = text("Nothing was used yet, so there's nothing to download.")
MOST_NAMES = 200


class Money:
    """The words of `/glm` about money. Each takes the text after the word, as it was typed. They raise StateError."""

    def __init__(self, deps: Dependencies, spending: Spending) -> None:
        self._deps = deps
        self._spending = spending

    # -- usage -----------------------------------------------------------------------------------------------------

    async def usage(self, interaction: Interaction, typed: TypedWords, person: Person) -> PrivateReply:
        """`/glm usage`, `… here`, `… everyone`, `… csv`."""
        match typed.text.lower(), typed.scope:
            case "", "":
                return await self._used(interaction, person, report.YOURS, person.id)
            case "", "here":
                return await self._used(interaction, person, report.THE_CHANNELS, interaction.channel)
            case ("", "everyone") | ("csv", "" | "everyone") if not person.is_admin:
                return PrivateReply(say(FOR_ADMINS, person.language))
            case "", _:
                return await self._used(interaction, person, report.THE_WORKSPACES, WORKSPACE)
            case "csv", "" | "everyone":
                return PrivateReply(say(await self.download(interaction, person), person.language))
            case _:
                line = "/glm usage everyone" if person.is_admin else "/glm usage"
                return _not_understood((*typed.typed, *filter(None, [typed.scope])), line, person)

    async def _used(self, interaction: Interaction, person: Person, title: str, owner: str) -> PrivateReply:
        figures = await self.figures(interaction.team, interaction.channel, person, title, owner)
        language, offset = person.language, person.utc_offset_s
        return PrivateReply(report.whole_text(figures, language, offset), report.blocks(figures, language, offset))

    async def figures(self, team: str, channel: str, person: Person, title: str, owner: str) -> report.Figures:
        """The figures of `owner`: a person, a channel or WORKSPACE. A person's own also show the budgets that they
        share with the workspace and with `channel`, if it is not empty.
        """
        spending, today = self._spending, self._spending.today
        chart_days = [today - timedelta(days=number) for number in range(report.CHART_DAYS - 1, -1, -1)]
        month = days_of("month", today)
        spent = (await spending.spent(team, [owner], sorted({*chart_days, *month})))[owner]
        budget_owners = [owner] if owner != person.id else [person.id, channel, WORKSPACE]
        is_workspace = owner == WORKSPACE
        rows = await spending.rows(team, month) if is_workspace else []
        return report.Figures(
            title,
            spent.get(today, 0),
            sum(spent.get(day, 0) for day in month),
            {day: spent.get(day, 0) for day in chart_days},
            await spending.standings(team, list(dict.fromkeys(filter(None, budget_owners)))),
            spending.books.currency,
            _lists(rows, person.language) if is_workspace else (),
            has_download=is_workspace or person.is_admin,
            has_price=spending.books.has_price,
            people=tuple({row.user for row in rows}),
        )

    async def download_pressed(self, interaction: Interaction) -> None:
        """The button under the figures was pressed."""
        person = await self._deps.history.person(interaction.team, interaction.user, interaction.channel)
        words = await self.download(interaction, person) if person.is_admin else FOR_ADMINS
        await self._deps.replies.say(interaction, say(words, person.language))

    async def download(self, interaction: Interaction, person: Person) -> str:
        """Send the admin all usage as a file, in the direct messages, where nobody else sees it. Returns the marked
        text that says so.
        """
        spending, gateway = self._spending, self._deps.gateway
        rows = await spending.rows(interaction.team, spending.kept_days())
        if not rows:
            return NOTHING_USED
        people = list(dict.fromkeys(row.user for row in rows if row.user != NOBODY))[:MOST_NAMES]
        names = {user: (await self._deps.history.person(interaction.team, user)).name for user in people}
        data = as_csv(rows, names, spending.books.currency)
        name = f"glm-usage-{spending.today.isoformat()}.csv"
        await gateway.upload(await gateway.open_dm(person.id), None, name, data, say(SENT, person.language))
        return SENT_TO_YOU

    # -- budgets ---------------------------------------------------------------------------------------------------

    async def budget(self, interaction: Interaction, typed: TypedWords, person: Person) -> PrivateReply:
        """`/glm budget AMOUNT day|week|month [@person|#channel|here|everyone]`; alone it shows the budgets here."""
        if not typed.words and not typed.scope:
            return await self._used(interaction, person, report.YOURS, person.id)
        if not person.is_admin:
            return PrivateReply(say(BUDGETS_BY_ADMINS, person.language))
        budget = _read(typed, interaction.channel, person.id)
        if budget.unknown:
            return _not_understood(budget.unknown, budget.line, person)
        if budget.period is None or not budget.has_amount:
            return PrivateReply(say(MISSING, person.language, line=budget.line))
        await self._spending.allow(interaction.team, budget.owner, budget.period, budget.amount)
        amount = "off" if budget.amount is None else budget.amount
        outcome = f"budget {budget.owner} {budget.period} {amount}"
        note(AuditEvent("setting_changed", interaction.team, interaction.channel, person.id, outcome=outcome))
        done = self._done_sentence(budget, budget.period, interaction.channel, person)
        return PrivateReply(Mentioning(done, budget.owner))

    def _done_sentence(self, budget: "_TypedBudget", period: Period, channel: str, person: Person) -> str:
        places = {WORKSPACE: say(THE_WORKSPACE, person.language), channel: say(THIS_CHANNEL, person.language)}
        who = places.get(budget.owner) or mention_of(budget.owner)
        if budget.amount is None:
            return say(UNSET, person.language, who=who, per=say(PER_PERIOD[period], person.language))
        books = self._spending.books
        at = renews_at(period, self._spending.now, books.zone) + timedelta(seconds=person.utc_offset_s)
        return say(
            fill(
                SET,
                who=who,
                amount=shown(budget.amount, books.currency),
                per=PER_PERIOD[period],
                when=fill(WHEN, date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"),
            ),
            person.language,
        )


@dataclass(frozen=True, slots=True)
class _TypedBudget:
    """A budget as it was typed. `amount` is in millionths, None for no limit. `unknown` are the words that were not
    understood, and `line` is the nearest command that is right.
    """

    owner: str
    line: str
    period: Period | None = None
    amount: int | None = None
    has_amount: bool = False
    unknown: tuple[str, ...] = ()


def _read(typed: TypedWords, channel: str, person: str) -> _TypedBudget:
    owner = {"here": channel, "everyone": WORKSPACE, "": person}[typed.scope]
    scope, period, amount = str(typed.scope), None, ""
    unknown: list[str] = []
    for word in typed.typed:
        plain = word.lower()
        if plain in PERIODS and period is None:
            period = next(known for known in PERIODS if known == plain)
        elif (plain in NO_LIMIT or read_amount(plain)) and not amount:
            amount = plain
        elif (found := read_mention(word)) and not scope:
            owner, scope = found.id, word
        else:
            unknown.append(word)
    line = " ".join(filter(None, ["/glm budget", amount or "5", period or "day", scope or "everyone"]))
    value = None if amount in NO_LIMIT else read_amount(amount)
    return _TypedBudget(owner, line, period, value, bool(amount), tuple(unknown))


def _not_understood(words: Sequence[str], line: str, person: Person) -> PrivateReply:
    return PrivateReply(say(NOT_UNDERSTOOD, person.language, words=f"“{quoted(' '.join(words))}”", line=line))


def _lists(rows: Sequence[UsageRow], language: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """The sums by person, channel and model. A mention pings nobody here, since one person alone sees the report."""
    return [
        (report.BY_PERSON, [(_person(user), cost) for user, cost in totals(rows, lambda row: row.user)]),
        (report.BY_CHANNEL, [(_channel(id_, language), cost) for id_, cost in totals(rows, _channel_of)]),
        (report.BY_MODEL, [(f"`{model}`", cost) for model, cost in totals(rows, lambda row: row.model)]),
    ]


def _person(user: str) -> str:
    return f"<@{user}>" if user != NOBODY else "–"


def _channel_of(row: UsageRow) -> str:
    """The channel's id. All direct messages count as one channel, since the sums by person tell them apart."""
    return "" if row.channel.startswith("D") else row.channel


def _channel(channel: str, language: str) -> str:
    return f"<#{channel}>" if channel else say(report.DIRECT, language)


def register(app: AsyncApp, deps: Dependencies, money: Money) -> None:
    # For admins only. They are never refused access, and `download_pressed` refuses everybody else.
    app.action(report.CSV)(deps.follow_ups.listener(report.CSV, money.download_pressed, is_open=True))
