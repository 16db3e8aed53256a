"""Handlers of the dialogues for admins in the home tab: budgets, access, and how long the bot remembers.

Each dialogue does the same as a word of `/glm`. Whether the person is an admin is checked when they open the dialogue
and again when they submit it, since they may be an admin no more.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.accounts.retention import ADMINS_RETAIN
from bot.core.people.access import Verdict
from bot.core.ports import Person
from bot.slack.home import admin, dialogues
from bot.slack.home.dialogues import FilledForm
from handlers.dependencies import Dependencies
from handlers.follow_up import Handler
from handlers.glm import accounts
from handlers.glm.access import ADMINS_DECIDE, allow_or_deny
from handlers.glm.money import BUDGETS_BY_ADMINS
from handlers.glm.typed import TypedWords, read_typed
from handlers.home.presses import refuse, shown_after, shown_after_refusal
from handlers.home.tab import HomeTab
from handlers.interaction import Interaction

# What a person is told who is no admin.
REFUSALS = {admin.BUDGET: BUDGETS_BY_ADMINS, admin.ACCESS: ADMINS_DECIDE, admin.RETENTION: ADMINS_RETAIN}
BuildDialogue = Callable[[Interaction, Person], Awaitable[dict[str, Any]]]
Apply = Callable[[Interaction, Person, FilledForm], Awaitable[None]]


def register(app: AsyncApp, deps: Dependencies, tab: HomeTab) -> None:
    forms = _AdminForms(deps, tab)
    for name, dialogue, apply in (
        (admin.BUDGET, forms.budget_dialogue, forms.set_budget),
        (admin.ACCESS, forms.access_dialogue, forms.set_access),
        (admin.RETENTION, forms.retention_dialogue, forms.set_retention),
    ):
        # For admins only. They are never refused access, and the handlers refuse everybody else.
        app.action(name)(deps.follow_ups.listener(name, forms.opening(name, dialogue), is_open=True))
        submission = f"{name} view"
        deps.follow_ups.register(submission, shown_after(tab, forms.applying(name, apply)), is_open=True)
        app.view(name)(_submitted(deps, name, submission))


def _submitted(deps: Dependencies, name: str, submission: str) -> Callable[..., Awaitable[None]]:
    """A listener that shows what is wrong at its field, as far as it is seen without asking Slack."""

    async def submitted(ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        errors = dialogues.form_errors(FilledForm(view), name, str((body.get("user") or {}).get("id") or ""))
        if errors:
            await ack(response_action="errors", errors=errors)
        else:
            await deps.follow_ups.keep(submission, ack, body, context)

    return submitted


class _AdminForms:
    def __init__(self, deps: Dependencies, tab: HomeTab) -> None:
        self._deps = deps
        self._tab = tab

    def opening(self, name: str, dialogue: BuildDialogue) -> Handler:
        async def open_dialogue(interaction: Interaction) -> None:
            async def view() -> dict[str, Any]:
                person = await self._admin(interaction, name)
                return await dialogue(interaction, person)

            await self._deps.replies.show(interaction, view, is_open=True)

        return shown_after_refusal(self._tab, open_dialogue)

    def applying(self, name: str, apply: Apply) -> Handler:
        async def apply_form(interaction: Interaction) -> None:
            await apply(interaction, await self._admin(interaction, name), FilledForm(interaction.view))

        return apply_form

    async def _admin(self, interaction: Interaction, name: str) -> Person:
        """The person who pressed. Raises AccessRefused if they are no admin."""
        person = await self._deps.history.person(interaction.team, interaction.user, "")
        refuse(interaction, "" if person.is_admin else REFUSALS[name])
        return person

    async def budget_dialogue(self, _: Interaction, person: Person) -> dict[str, Any]:
        return dialogues.budget(self._tab.currency, person.language)

    async def access_dialogue(self, _: Interaction, person: Person) -> dict[str, Any]:
        return dialogues.access(person.language)

    async def retention_dialogue(self, interaction: Interaction, person: Person) -> dict[str, Any]:
        days = await self._deps.retention.days(interaction.team)
        return dialogues.retention(days, self._deps.retention.most_days, person.language)

    async def set_budget(self, interaction: Interaction, person: Person, filled: FilledForm) -> None:
        typed = read_typed(f"{filled.amount} {filled.option('period')} {filled.owner}")
        await self._tab.money.budget(interaction, typed, person)

    async def set_access(self, interaction: Interaction, person: Person, filled: FilledForm) -> None:
        verdict: Verdict = "deny" if filled.option("verdict") == "deny" else "allow"
        await allow_or_deny(self._deps.access, interaction.team, person, verdict, (filled.owner,))

    async def set_retention(self, interaction: Interaction, person: Person, filled: FilledForm) -> None:
        await accounts.retention(self._deps, interaction, person, TypedWords(filled.days, "everyone"))
