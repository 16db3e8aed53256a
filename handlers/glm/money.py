"""`/glm usage` and `/glm budget`: what was used, what is left, and what admins allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp

from bot.core.audit import AuditEvent, note
from bot.core.money.amounts import NO_LIMIT, read_amount, shown
from bot.core.money.budgets import PERIODS, WORKSPACE, BudgetStanding, Period, days_of, renews_at
from bot.core.money.usage_rows import NOBODY, UsageRow, as_csv, totals
from bot.core.money.words import PER_PERIOD, WHEN
from bot.core.ports import Person
from bot.slack.dialogs import usage as report
from bot.slack.outbound import Mentioning
from bot.slack.read.mentioned import mentioned, naming
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


class SpendingAccounts(Protocol):
    """What is kept account of. Every method raises StateError when the store does not answer."""

    @property
    def books(self) -> Any: ...

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> date: ...

    def kept_days(self) -> list[date]: ...

    async def allow(self, team: str, owner: str, period: Period, amount: int | None) -> None: ...

    async def allowed(self, team: str) -> Mapping[tuple[str, Period], int | None]: ...

    async def standings(self, team: str, owners: Sequence[str]) -> tuple[BudgetStanding, ...]: ...

    async def spent(
        self, team: str, owners: Sequence[str], days: Sequence[date]
    ) -> Mapping[str, Mapping[date, int]]: ...

    async def rows(self, team: str, days: Sequence[date]) -> list[UsageRow]: ...


class Money:
    """The words of `/glm` about money. Each takes what follows the word, as it was typed."""

    def __init__(self, deps: Dependencies, accounts: SpendingAccounts) -> None:
        self._deps = deps
        self._accounts = accounts

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
        """Of a person, a channel or WORKSPACE. For a person, also the budgets that they share in this channel, if any
        is meant.
        """
        accounts, today = self._accounts, self._accounts.today
        last = [today - timedelta(days=number) for number in range(report.CHART_DAYS - 1, -1, -1)]
        month = days_of("month", today)
        spent = (await accounts.spent(team, [owner], sorted({*last, *month})))[owner]
        counts = [owner] if owner != person.id else [person.id, channel, WORKSPACE]
        is_of_all = owner == WORKSPACE
        rows = await accounts.rows(team, month) if is_of_all else []
        return report.Figures(
            title,
            spent.get(today, 0),
            sum(spent.get(day, 0) for day in month),
            {day: spent.get(day, 0) for day in last},
            await accounts.standings(team, list(dict.fromkeys(filter(None, counts)))),
            accounts.books.currency,
            _lists(rows, person.language) if is_of_all else (),
            has_download=is_of_all or person.is_admin,
            has_price=accounts.books.has_price,
            people=tuple({row.user for row in rows}),
        )

    async def pressed(self, interaction: Interaction) -> None:
        """The button under the figures."""
        person = await self._deps.history.person(interaction.team, interaction.user, interaction.channel)
        words = await self.download(interaction, person) if person.is_admin else FOR_ADMINS
        await self._deps.replies.say(interaction, say(words, person.language))

    async def download(self, interaction: Interaction, person: Person) -> str:
        """The file goes to the admin directly: nobody else is to see it. Gives the marked text to tell."""
        accounts, gateway = self._accounts, self._deps.gateway
        rows = await accounts.rows(interaction.team, accounts.kept_days())
        if not rows:
            return NOTHING_USED
        people = list(dict.fromkeys(row.user for row in rows if row.user != NOBODY))[:MOST_NAMES]
        names = {one: (await self._deps.history.person(interaction.team, one)).name for one in people}
        data = as_csv(rows, names, accounts.books.currency)
        direct = await gateway.open_dm(person.id)
        name = f"glm-usage-{accounts.today.isoformat()}.csv"
        await gateway.upload(direct, None, name, data, say(SENT, person.language))
        return SENT_TO_YOU

    # -- budgets ---------------------------------------------------------------------------------------------------

    async def budget(self, interaction: Interaction, typed: TypedWords, person: Person) -> PrivateReply:
        """`/glm budget AMOUNT day|week|month [@person|#channel|here|everyone]`; alone it tells what counts here."""
        if not typed.words and not typed.scope:
            return await self._used(interaction, person, report.YOURS, person.id)
        if not person.is_admin:
            return PrivateReply(say(BUDGETS_BY_ADMINS, person.language))
        wanted = _read(typed, interaction.channel, person.id)
        if wanted.unknown:
            return _not_understood(wanted.unknown, wanted.line, person)
        if wanted.period is None or not wanted.has_amount:
            return PrivateReply(say(MISSING, person.language, line=wanted.line))
        await self._accounts.allow(interaction.team, wanted.owner, wanted.period, wanted.amount)
        amount = "off" if wanted.amount is None else wanted.amount
        outcome = f"budget {wanted.owner} {wanted.period} {amount}"
        note(AuditEvent("setting_changed", interaction.team, interaction.channel, person.id, outcome=outcome))
        return PrivateReply(Mentioning(self._told(wanted, interaction.channel, wanted.period, person), wanted.owner))

    def _told(self, wanted: "_Wanted", channel: str, period: Period, person: Person) -> str:
        places = {WORKSPACE: say(THE_WORKSPACE, person.language), channel: say(THIS_CHANNEL, person.language)}
        who = places.get(wanted.owner) or naming(wanted.owner)
        if wanted.amount is None:
            return say(UNSET, person.language, who=who, per=say(PER_PERIOD[period], person.language))
        books = self._accounts.books
        at = renews_at(period, self._accounts.now, books.zone) + timedelta(seconds=person.utc_offset_s)
        return say(
            fill(
                SET,
                who=who,
                amount=shown(wanted.amount, books.currency),
                per=PER_PERIOD[period],
                when=fill(WHEN, date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"),
            ),
            person.language,
        )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was read of a budget's words. `line` is the nearest that is right."""

    owner: str
    line: str
    period: Period | None = None
    amount: int | None = None
    has_amount: bool = False
    unknown: tuple[str, ...] = ()


def _read(typed: TypedWords, channel: str, person: str) -> _Wanted:
    owner = {"here": channel, "everyone": WORKSPACE, "": person}[typed.scope]
    scope, period, amount = str(typed.scope), None, ""
    unknown: list[str] = []
    for word in typed.typed:
        plain = word.lower()
        if plain in PERIODS and period is None:
            period = next(one for one in PERIODS if one == plain)
        elif (plain in NO_LIMIT or read_amount(plain)) and not amount:
            amount = plain
        elif (found := mentioned(word)) and not scope:
            owner, scope = found.id, word
        else:
            unknown.append(word)
    line = " ".join(filter(None, ["/glm budget", amount or "5", period or "day", scope or "everyone"]))
    value = None if amount in NO_LIMIT else read_amount(amount)
    return _Wanted(owner, line, period, value, bool(amount), tuple(unknown))


def _not_understood(words: Sequence[str], line: str, person: Person) -> PrivateReply:
    return PrivateReply(say(NOT_UNDERSTOOD, person.language, words=f"“{quoted(' '.join(words))}”", line=line))


def _lists(rows: Sequence[UsageRow], language: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """Of this month. What Slack shows of an id is a name that pings nobody, as only one person sees it."""
    return [
        (report.BY_PERSON, [(_person(one), cost) for one, cost in totals(rows, lambda row: row.user)]),
        (report.BY_CHANNEL, [(_place(one, language), cost) for one, cost in totals(rows, _channel_of)]),
        (report.BY_MODEL, [(f"`{one}`", cost) for one, cost in totals(rows, lambda row: row.model)]),
    ]


def _person(user: str) -> str:
    return f"<@{user}>" if user != NOBODY else "–"


def _channel_of(row: UsageRow) -> str:
    """Direct conversations together: whose they are stands under the people."""
    return "" if row.channel.startswith("D") else row.channel


def _place(channel: str, language: str) -> str:
    return f"<#{channel}>" if channel else say(report.DIRECT, language)


def register(app: AsyncApp, deps: Dependencies, money: Money | None) -> None:
    if money is None:
        return
    # For admins alone, who are never shut out of what they are to look after.
    app.action(report.CSV)(deps.follow_ups.listener(report.CSV, money.pressed, is_open=True))
