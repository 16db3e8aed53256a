"""What an admin does in their home tab: budgets, who may use the bot, how long it remembers.

Each dialogue says what `/glm` says in words, and is carried out by the same use case; who may is asked at the press and
again when the dialogue is sent, since somebody may be admin no more.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.people.access import Verdict
from bot.core.ports import Person
from bot.slack.home import admin, dialogues
from bot.slack.home.dialogues import FilledForm
from handlers.dependencies import Dependencies
from handlers.glm import accounts
from handlers.glm.access import ADMINS_DECIDE, allow_or_deny
from handlers.glm.money import BUDGETS_BY_ADMINS
from handlers.glm.typed import TypedWords, read_typed
from handlers.home.presses import Act, refuse, shown_after, shown_after_refusal
from handlers.home.tab import HomeTab
from handlers.interaction import Interaction

# Said to who is no admin, or no more.
REFUSALS = {admin.BUDGET: BUDGETS_BY_ADMINS, admin.ACCESS: ADMINS_DECIDE, admin.RETENTION: accounts.ADMINS_RETAIN}
Dialogue = Callable[[Interaction, Person], Awaitable[dict[str, Any]]]
Decide = Callable[[Interaction, Person, FilledForm], Awaitable[None]]


def register(app: AsyncApp, deps: Dependencies, tab: HomeTab | None) -> None:
    if tab is None:
        return
    decisions = _Decisions(deps, tab)
    for name, dialogue, decide in (
        (admin.BUDGET, decisions.ask_budget, decisions.budget),
        (admin.ACCESS, decisions.ask_access, decisions.access),
        (admin.RETENTION, decisions.ask_retention, decisions.retention),
    ):
        # For admins alone, who are never shut out of what they are to look after.
        app.action(name)(deps.follow_ups.listener(name, decisions.opening(name, dialogue), is_open=True))
        sent = f"{name} view"
        deps.follow_ups.register(sent, shown_after(tab, decisions.deciding(name, decide)), is_open=True)
        app.view(name)(_submitted(deps, name, sent))


def _submitted(deps: Dependencies, name: str, sent: str) -> Callable[..., Awaitable[None]]:
    """What can be seen to be wrong without asking anybody is said at its field."""

    async def submitted(ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        wrong = dialogues.problems(FilledForm(view), name, str((body.get("user") or {}).get("id") or ""))
        if wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await deps.follow_ups.keep(sent, ack, body, context)

    return submitted


class _Decisions:
    def __init__(self, deps: Dependencies, tab: HomeTab) -> None:
        self._deps = deps
        self._tab = tab

    def opening(self, name: str, dialogue: Dialogue) -> Act:
        async def opens(interaction: Interaction) -> None:
            async def built() -> dict[str, Any]:
                person = await self._admin(interaction, name)
                return await dialogue(interaction, person)

            await self._deps.replies.show(interaction, built, is_open=True)

        return shown_after_refusal(self._tab, opens)

    def deciding(self, name: str, decide: Decide) -> Act:
        async def decided(interaction: Interaction) -> None:
            await decide(interaction, await self._admin(interaction, name), FilledForm(interaction.view))

        return decided

    async def _admin(self, interaction: Interaction, name: str) -> Person:
        person = await self._deps.history.person(interaction.team, interaction.user, "")
        refuse(interaction, "" if person.is_admin else REFUSALS[name])
        return person

    async def ask_budget(self, _: Interaction, person: Person) -> dict[str, Any]:
        return dialogues.budget(self._tab.currency, person.language)

    async def ask_access(self, _: Interaction, person: Person) -> dict[str, Any]:
        return dialogues.access(person.language)

    async def ask_retention(self, interaction: Interaction, person: Person) -> dict[str, Any]:
        days = await self._deps.retention.days(interaction.team)
        return dialogues.retention(days, self._deps.retention.most_days, person.language)

    async def budget(self, interaction: Interaction, person: Person, filled: FilledForm) -> None:
        typed = read_typed(f"{filled.amount} {filled.option('period')} {filled.owner}")
        await self._tab.money.budget(interaction, typed, person)

    async def access(self, interaction: Interaction, person: Person, filled: FilledForm) -> None:
        verdict: Verdict = "deny" if filled.option("verdict") == "deny" else "allow"
        await allow_or_deny(self._deps.access, interaction.team, person, verdict, (filled.owner,))

    async def retention(self, interaction: Interaction, person: Person, filled: FilledForm) -> None:
        await accounts.retention(self._deps, interaction, person, TypedWords(filled.days, "everyone"))
