"""HomeTab puts the home tab of a person together, and publishes it when it differs from what they see."""

import asyncio
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import structlog

from bot.core.intake.gate import Asker, Gate
from bot.core.model.usage import Currency
from bot.core.money.budgets import WORKSPACE
from bot.core.people.access import SENTENCES, UNKNOWN, AccessRules
from bot.core.ports import Person
from bot.errors import SlackError, StateError
from bot.slack.dialogs import usage
from bot.slack.home import admin
from bot.slack.home.page import HomePage, digest_of, view
from bot.slack.home.setting_rows import Choices
from bot.store.money.spending import Spending
from bot.store.people.homes import HomeMarks
from handlers.dependencies import Dependencies
from handlers.glm.money import Money
from handlers.interaction import Interaction

log = structlog.get_logger(__name__)

# Another process may publish meanwhile. After so many tries this one publishes without looking at that.
MOST_TRIES = 3
# A press that shows the tab afterwards goes on without it after this time.
PATIENCE_S = 45.0


@dataclass(frozen=True, slots=True)
class HomeParts:
    """What the home tab needs besides the dependencies of all handlers. The operator sets `rules` and `audit`."""

    marks: HomeMarks
    gate: Gate
    spending: Spending
    rules: AccessRules
    audit: admin.Audit = ""


@dataclass(frozen=True, slots=True)
class OpenedHome:
    """The tab that a person saw at the time `at`, according to Slack: the digest that the bot wrote into the view, and
    Slack's own hash of the view. Both are empty if nothing was published yet.
    """

    digest: str = ""
    slack_hash: str = ""
    at: float = 0.0


class HomeTab:
    def __init__(self, deps: Dependencies, home: HomeParts) -> None:
        self._deps = deps
        self._home = home
        self.money = Money(deps, home.spending)
        # One publication at a time for each person, so that a person who opens the tab twice gets it published once.
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    @property
    def currency(self) -> Currency:
        return self._home.spending.books.currency

    async def person(self, interaction: Interaction) -> Person:
        """The person who pressed something. Raises AccessRefused, but never for admins, who decide about access."""
        person = await self._deps.history.person(interaction.team, interaction.user, "")
        if not person.is_admin:
            await self._deps.check(interaction)
        return person

    async def show(self, team: str, user: str, seen: OpenedHome | None = None, *, mark: str = "") -> None:
        """Publish the tab, unless the person sees it already.

        `seen` is what they see according to Slack, None if Slack has not said so. Another `mark` resets the menus.
        Never fails: when they open the tab again, it is published again.
        """
        try:
            lock = self._locks.setdefault((team, user), asyncio.Lock())
            async with asyncio.timeout(PATIENCE_S), lock:
                await self._show(team, user, seen, mark)
        except (SlackError, StateError, TimeoutError) as error:
            log.warning("home.not_published", error=type(error).__name__, reason=str(error))

    async def _show(self, team: str, user: str, seen: OpenedHome | None, mark: str) -> None:
        for tried in range(1, MOST_TRIES + 1):
            last = await self._home.marks.known(team, user)
            if seen and seen.at <= last.at:
                seen = None  # another view was published since
            new = view(await self._page(team, user, mark))
            digest = digest_of(new)
            if digest == last.digest and (seen is None or seen.digest == digest):
                return
            guard = last.slack_hash if seen is None else seen.slack_hash
            try:
                slack_hash = await self._deps.gateway.publish_home(user, new, guard if tried < MOST_TRIES else "")
            except SlackError as refused:
                if refused.code == "not_enabled":
                    await self._home.marks.note_off()  # doctor reports it
                if refused.code != "hash_conflict":
                    raise
                log.info("home.published_meanwhile", tried=tried)
                seen = None
                continue
            await self._home.marks.note(team, user, digest, slack_hash)
            return

    async def drop(self, team: str, user: str) -> bool:
        """Forget what was published for a person. False if nothing was. Raises StateError."""
        return await self._home.marks.drop(team, user)

    async def empty(self, team: str, user: str) -> None:
        """Publish the tab of a person whose data was deleted, and keep no record of it. Never fails."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._deps.gateway.publish_home(user, view(await self._page(team, user)))
        except (SlackError, StateError, TimeoutError) as error:
            log.warning("home.not_emptied", error=type(error).__name__, reason=str(error))

    async def _page(self, team: str, user: str, mark: str = "") -> HomePage:
        person = await self._deps.history.person(team, user, "")
        refusal = await self._home.gate.refusal(Asker(team, user, "", is_channel=False))
        reason = SENTENCES.get(refusal, UNKNOWN) if refusal else ""
        if reason and not person.is_admin:
            return HomePage(person.language, refused=reason)
        choices = await self.choices(team, user, mark)
        figures = await self.money.figures(team, "", person, usage.YOURS, person.id)
        # The admins' part offers the download, which is about the whole workspace.
        figures = replace(figures, has_download=False)
        part = await self._admin(team, person, choices) if person.is_admin else None
        return HomePage(person.language, person.utc_offset_s, reason, choices, figures, part)

    async def choices(self, team: str, user: str, mark: str = "") -> Choices:
        kept = await self._deps.choosing.by_scope(team, user, "")
        return Choices(kept, self._deps.choosing.default, self._deps.models, mark)

    async def _admin(self, team: str, person: Person, choices: Choices) -> admin.AdminPart:
        spending = self._home.spending
        books = spending.books
        return admin.AdminPart(
            choices,
            *await self._deps.retention.counting(team, ""),
            admin.HomeBudgets(books.defaults, await spending.allowed(team), books.currency),
            self._home.rules,
            await self._deps.access.listed(team),
            await self.money.figures(team, "", person, usage.THE_WORKSPACES, WORKSPACE),
            self._home.audit,
        )
