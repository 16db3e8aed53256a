"""The home tab: what stands in it for a person, and publishing it when that is another than what they see."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from bot.core.intake.gate import Asker
from bot.core.money.budgets import WORKSPACE
from bot.core.people.access import SENTENCES, UNKNOWN, AccessList, AccessRules, Refusal
from bot.core.ports import Person
from bot.errors import SlackError, StateError
from bot.slack.dialogs import usage
from bot.slack.home import admin
from bot.slack.home.page import HomePage, digest_of, view
from bot.slack.home.setting_rows import Choices
from handlers.dependencies import Dependencies
from handlers.glm.money import Money, SpendingAccounts
from handlers.interaction import Interaction

log = structlog.get_logger(__name__)

# Somebody else may have published meanwhile, at most so often; then the last one wins.
MOST_TRIES = 3
# How long it may take before what is being done goes on without it.
PATIENCE_S = 45.0


class Shown(Protocol):
    """What was published last: its digest, the hash that Slack gave for it, and when; empty where nothing was."""

    @property
    def digest(self) -> str: ...

    @property
    def slack_hash(self) -> str: ...

    @property
    def at(self) -> float: ...


class Marks(Protocol):
    """What each person's tab shows. Raises StateError."""

    async def known(self, team: str, user: str) -> Shown: ...

    async def note(self, team: str, user: str, digest: str, slack_hash: str) -> None: ...

    async def note_off(self) -> None: ...

    async def drop(self, team: str, user: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class HomeParts:
    """What the tab is made of besides what all listeners share. `rules` and `audit` are the operator's."""

    marks: Marks
    refusal: Callable[[Asker], Awaitable[Refusal]]
    listed: Callable[[str], Awaitable[AccessList]]
    spending: SpendingAccounts
    rules: AccessRules
    audit: admin.Audit = ""


@dataclass(frozen=True, slots=True)
class OpenedHome:
    """What Slack says that a person has before them: the digest that we wrote into the view, and Slack's own hash of
    it. Both empty: nothing yet. `at` is the time of that.
    """

    digest: str = ""
    slack_hash: str = ""
    at: float = 0.0


class HomeTab:
    def __init__(self, deps: Dependencies, home: HomeParts) -> None:
        self._deps = deps
        self._home = home
        self.money = Money(deps, home.spending)
        # One after the other for each person: who opens it twice is not to have it published twice.
        self._busy: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    @property
    def currency(self) -> str:
        return str(self._home.spending.books.currency)

    async def person(self, interaction: Interaction) -> Person:
        """Who has pressed something. Raises AccessRefused; whoever decides on access is never shut out of that."""
        person = await self._deps.history.person(interaction.team, interaction.user, "")
        if not person.is_admin:
            await self._deps.check(interaction)
        return person

    async def show(self, team: str, user: str, seen: OpenedHome | None = None, *, mark: str = "") -> None:
        """Publish what there is to see, unless it is there already. `seen`: what Slack told of that; None where it did
        not. `mark` makes menus begin anew. Never fails: the next time they open it, it is tried again.
        """
        try:
            lock = self._busy.setdefault((team, user), asyncio.Lock())
            async with asyncio.timeout(PATIENCE_S), lock:
                await self._show(team, user, seen, mark)
        except (SlackError, StateError, TimeoutError) as trouble:
            log.warning("home.not_published", error=type(trouble).__name__, reason=str(trouble))

    async def _show(self, team: str, user: str, seen: OpenedHome | None, mark: str) -> None:
        for tried in range(1, MOST_TRIES + 1):
            known = await self._home.marks.known(team, user)
            if seen and seen.at <= known.at:
                seen = None  # something was published since
            shown = view(await self._page(team, user, mark))
            wanted = digest_of(shown)
            if wanted == known.digest and (seen is None or seen.digest == wanted):
                return
            guard = known.slack_hash if seen is None else seen.slack_hash
            try:
                published = await self._deps.gateway.publish_home(user, shown, guard if tried < MOST_TRIES else "")
            except SlackError as refused:
                if refused.code == "not_enabled":
                    await self._home.marks.note_off()  # doctor tells of it
                if refused.code != "hash_conflict":
                    raise
                log.info("home.published_meanwhile", tried=tried)
                seen = None
                continue
            await self._home.marks.note(team, user, wanted, published)
            return

    async def drop(self, team: str, user: str) -> bool:
        """Forget what is shown there; whether anything was. Raises StateError."""
        return await self._home.marks.drop(team, user)

    async def empty(self, team: str, user: str) -> None:
        """Show nothing more of a person who is forgotten, and keep nothing of that. Never fails."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._deps.gateway.publish_home(user, view(await self._page(team, user)))
        except (SlackError, StateError, TimeoutError) as trouble:
            log.warning("home.not_emptied", error=type(trouble).__name__, reason=str(trouble))

    async def _page(self, team: str, user: str, mark: str = "") -> HomePage:
        person = await self._deps.history.person(team, user, "")
        refused = await self._home.refusal(Asker(team, user, "", is_channel=False))
        why = SENTENCES.get(refused, UNKNOWN) if refused else ""
        if why and not person.is_admin:
            return HomePage(person.language, refused=why)
        choices = await self.choices(team, user, mark)
        figures = await self.money.figures(team, "", person, usage.YOURS, person.id)
        figures = replace(figures, has_download=False)  # an admin's is that of the whole workspace
        part = await self._admin(team, person, choices) if person.is_admin else None
        return HomePage(person.language, person.utc_offset_s, why, choices, figures, part)

    async def choices(self, team: str, user: str, mark: str = "") -> Choices:
        kept = await self._deps.choosing.by_scope(team, user, "")
        return Choices(kept, self._deps.choosing.default, self._deps.models, mark)

    async def _admin(self, team: str, person: Person, choices: Choices) -> admin.Part:
        spending = self._home.spending
        books = spending.books
        return admin.Part(
            choices,
            *await self._deps.retention.counting(team, ""),
            admin.HomeBudgets(books.defaults, await spending.allowed(team), books.currency),
            self._home.rules,
            await self._home.listed(team),
            await self.money.figures(team, "", person, usage.THE_WORKSPACES, WORKSPACE),
            self._home.audit,
        )
