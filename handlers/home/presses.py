"""What a person does in their home tab: tries something, chooses a setting, writes instructions, asks for what is known
of them or has it forgotten.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.people.preferences import Scope
from bot.core.people.settings import BY_NAME, Setting, SettingAuthor, change, denial
from bot.core.ports import Person
from bot.core.thread.inbound import FileRef, ThreadId, VisibleMessage
from bot.errors import AccessRefused, BotError, PayloadMalformed
from bot.slack.deposits import deposit
from bot.slack.home import dialogues, page, setting_rows
from bot.slack.home.dialogues import FilledForm
from bot.slack.home.trials import TRY, Trial, trial_of
from bot.slack.read.summaries.target import Finder
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.glm import accounts
from handlers.home.tab import HomeTab
from handlers.interaction import Interaction
from handlers.ordering import Orderer, Ordering

YOU_TRY = text("You are trying this: *{question}*")
COMING = text("On it: the picture and my answer come under *Messages* in a moment.")
NO_MODEL = text("This model is offered no more; please choose another one.")

Act = Callable[[Interaction], Awaitable[None]]


def register(app: AsyncApp, deps: Dependencies, finder: Finder, tab: HomeTab | None) -> None:
    if tab is None:
        return
    listener, own = deps.follow_ups.listener, _Own(deps, finder, tab)
    app.action(TRY)(listener(TRY, own.tried))
    for action, carry in (
        (setting_rows.SET, shown_after(tab, own.chosen)),
        (setting_rows.INSTRUCTIONS, shown_after_refusal(tab, own.writes)),
        (page.EXPORT, own.exported),
        (page.FORGET, own.asked_to_forget),
    ):
        app.action(action)(listener(action, carry, is_open=True))
    app.view(setting_rows.INSTRUCTIONS)(
        listener(f"{setting_rows.INSTRUCTIONS} view", shown_after(tab, own.wrote), is_open=True)
    )
    # Whoever may no longer use the bot may still be forgotten by it.
    app.view(page.FORGET)(listener(f"{page.FORGET} view", own.forgotten, is_open=True))
    app.view(dialogues.TOLD)(_closed)


def shown_after_refusal(tab: HomeTab, act: Act) -> Act:
    """Who may not, or no more, is shown what they may; menus go back to what counts."""

    async def carry(interaction: Interaction) -> None:
        try:
            await act(interaction)
        except BotError:
            await tab.show(interaction.team, interaction.user, mark=interaction.key[-8:])
            raise

    return carry


def shown_after(tab: HomeTab, act: Act) -> Act:
    """The tab shows at once what has come of it."""

    async def both(interaction: Interaction) -> None:
        await act(interaction)
        await tab.show(interaction.team, interaction.user)

    return shown_after_refusal(tab, both)


async def _closed(ack: Any) -> None:
    """It has no button but the one that closes it."""
    await ack()


class _Own:
    def __init__(self, deps: Dependencies, finder: Finder, tab: HomeTab) -> None:
        self._deps = deps
        self._replies = deps.replies
        self._ordering = Ordering(deps, finder)
        self._tab = tab

    # -- things to try ------------------------------------------------------------------------------------------

    async def tried(self, interaction: Interaction) -> None:
        """The picture and the question come into the direct messages, and are answered there like any other."""
        trial = trial_of(interaction.value)
        if trial is None:
            raise PayloadMalformed("trial")  # of another version
        person = await self._deps.history.person(interaction.team, interaction.user, "")
        await self._replies.courtesy(interaction, say(COMING, person.language))
        by = Orderer(interaction.team, interaction.user_team, person, "", interaction.key)
        channel = await self._deps.gateway.open_dm(person.id)
        ts, file = await self._posted(by, channel, trial)
        words = say(trial.question, person.language)
        await self._ordering.say(by, ThreadId(interaction.team, channel, ts), ts, VisibleMessage(words, files=(file,)))

    async def _posted(self, by: Orderer, channel: str, trial: Trial) -> tuple[str, FileRef]:
        """Once, also when a process that died over it is followed by another."""
        data, language = trial.data(), by.language
        about, question = say(trial.about, language), say(trial.question, language)
        file_id = await deposit(self._deps.gateway, trial.picture, data, about)
        ts = await self._deps.posted.posted(by.key)
        if not ts:
            words = say(YOU_TRY, language, question=question)
            picture = {"type": "image", "slack_file": {"id": file_id}, "alt_text": about}
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}, picture]
            ts = await self._deps.gateway.post(channel, None, words, blocks=blocks)
            await self._deps.posted.note_posted(by.key, ts)
        return ts, FileRef(file_id, trial.picture, "image/png", len(data))

    # -- settings -----------------------------------------------------------------------------------------------

    async def chosen(self, interaction: Interaction) -> None:
        wanted = setting_rows.read_option(interaction.value)
        value = wanted.value
        if wanted.setting.name == "model" and value:
            model = self._deps.models.find(value)
            if model is None:
                raise BotError("model", user_message=NO_MODEL)
            value = model.name
        await self._change(interaction, await self._tab.person(interaction), wanted.setting, wanted.scope, value)

    async def writes(self, interaction: Interaction) -> None:
        scope: Scope = "everyone" if interaction.value == "everyone" else "me"

        async def built() -> dict[str, Any]:
            person = await self._tab.person(interaction)
            refuse(interaction, denial(_by(interaction, person), BY_NAME["instructions"], scope))
            choices = await self._tab.choices(interaction.team, person.id)
            return dialogues.instructions(scope, setting_rows.text_of(choices.kept, scope), person.language)

        await self._replies.show(interaction, built, is_open=True)

    async def wrote(self, interaction: Interaction) -> None:
        filled, person = FilledForm(interaction.view), await self._tab.person(interaction)
        await self._change(interaction, person, BY_NAME["instructions"], filled.scope, filled.words)

    async def _change(
        self, interaction: Interaction, person: Person, setting: Setting, scope: Scope, value: str
    ) -> None:
        refuse(interaction, await change(self._deps.choosing, _by(interaction, person), setting, scope, value))

    # -- what is known of them ----------------------------------------------------------------------------------

    async def exported(self, interaction: Interaction) -> None:
        person = await self._tab.person(interaction)
        await self._replies.say(interaction, (await accounts.export(self._deps, interaction, person)).text)

    async def asked_to_forget(self, interaction: Interaction) -> None:
        async def built() -> dict[str, Any]:
            language = await self._replies.language(interaction)
            return dialogues.forget(accounts.SURE, accounts.FORGET_BUTTON, language)

        await self._replies.show(interaction, built, is_open=True)

    async def forgotten(self, interaction: Interaction) -> None:
        language = await self._replies.language(interaction)
        await accounts.forget_person(self._deps, self._tab, interaction)
        await self._replies.say(interaction, say(accounts.FORGOTTEN, language))


def refuse(interaction: Interaction, refusal: str) -> None:
    """Raises AccessRefused with a marked sentence, where there is one."""
    if refusal:
        raise AccessRefused(interaction.name, user_message=refusal, is_told=False)


def _by(interaction: Interaction, person: Person) -> SettingAuthor:
    return SettingAuthor(interaction.team, person.id, "", person.standing, person.is_admin)
