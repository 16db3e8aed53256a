"""What a person does in their home tab: tries something, chooses a setting, writes instructions, asks for what is known
of them or has it forgotten.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.people.preferences import Scope
from bot.core.people.settings import BY_NAME, By, Setting, change, denial
from bot.core.ports import Person
from bot.core.thread.inbound import FileRef, Seen, ThreadId
from bot.errors import AccessRefused, BotError, PayloadMalformed
from bot.slack.deposits import deposit
from bot.slack.home import dialogues, page, setting_rows
from bot.slack.home.dialogues import FilledForm
from bot.slack.home.trials import TRY, Trial, trial_of
from bot.slack.read.summaries.target import Finder
from bot.words import say, text
from handlers.asked import Interaction
from handlers.dependencies import Dependencies
from handlers.glm import accounts
from handlers.home.tab import HomeTab
from handlers.ordering import Orderer, Ordering

YOU_TRY = text("You are trying this: *{question}*")
COMING = text("On it: the picture and my answer come under *Messages* in a moment.")
NO_MODEL = text("This model is offered no more; please choose another one.")

Act = Callable[[Interaction], Awaitable[None]]


def register(app: AsyncApp, doors: Dependencies, finder: Finder, tab: HomeTab | None) -> None:
    if tab is None:
        return
    listener, own = doors.follow_ups.listener, _Own(doors, finder, tab)
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

    async def carry(asked: Interaction) -> None:
        try:
            await act(asked)
        except BotError:
            await tab.show(asked.team, asked.user, mark=asked.key[-8:])
            raise

    return carry


def shown_after(tab: HomeTab, act: Act) -> Act:
    """The tab shows at once what has come of it."""

    async def both(asked: Interaction) -> None:
        await act(asked)
        await tab.show(asked.team, asked.user)

    return shown_after_refusal(tab, both)


async def _closed(ack: Any) -> None:
    """It has no button but the one that closes it."""
    await ack()


class _Own:
    def __init__(self, doors: Dependencies, finder: Finder, tab: HomeTab) -> None:
        self._doors = doors
        self._teller = doors.teller
        self._ordering = Ordering(doors, finder)
        self._tab = tab

    # -- things to try ------------------------------------------------------------------------------------------

    async def tried(self, asked: Interaction) -> None:
        """The picture and the question come into the direct messages, and are answered there like any other."""
        trial = trial_of(asked.value)
        if trial is None:
            raise PayloadMalformed("trial")  # of another version
        person = await self._doors.history.person(asked.team, asked.user, "")
        await self._teller.courtesy(asked, say(COMING, person.language))
        by = Orderer(asked.team, asked.user_team, person, "", asked.key)
        channel = await self._doors.gateway.open_dm(person.id)
        ts, file = await self._posted(by, channel, trial)
        words = say(trial.question, person.language)
        await self._ordering.say(by, ThreadId(asked.team, channel, ts), ts, Seen(words, files=(file,)))

    async def _posted(self, by: Orderer, channel: str, trial: Trial) -> tuple[str, FileRef]:
        """Once, also when a process that died over it is followed by another."""
        data, language = trial.data(), by.language
        about, question = say(trial.about, language), say(trial.question, language)
        file_id = await deposit(self._doors.gateway, trial.picture, data, about)
        ts = await self._doors.posted.posted(by.key)
        if not ts:
            words = say(YOU_TRY, language, question=question)
            picture = {"type": "image", "slack_file": {"id": file_id}, "alt_text": about}
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}, picture]
            ts = await self._doors.gateway.post(channel, None, words, blocks=blocks)
            await self._doors.posted.note_posted(by.key, ts)
        return ts, FileRef(file_id, trial.picture, "image/png", len(data))

    # -- settings -----------------------------------------------------------------------------------------------

    async def chosen(self, asked: Interaction) -> None:
        wanted = setting_rows.read_option(asked.value)
        value = wanted.value
        if wanted.setting.name == "model" and value:
            model = self._doors.models.find(value)
            if model is None:
                raise BotError("model", user_message=NO_MODEL)
            value = model.name
        await self._change(asked, await self._tab.person(asked), wanted.setting, wanted.scope, value)

    async def writes(self, asked: Interaction) -> None:
        scope: Scope = "everyone" if asked.value == "everyone" else "me"

        async def built() -> dict[str, Any]:
            person = await self._tab.person(asked)
            refuse(asked, denial(_by(asked, person), BY_NAME["instructions"], scope))
            choices = await self._tab.choices(asked.team, person.id)
            return dialogues.instructions(scope, setting_rows.text_of(choices.kept, scope), person.language)

        await self._teller.show(asked, built, is_open=True)

    async def wrote(self, asked: Interaction) -> None:
        filled, person = FilledForm(asked.view), await self._tab.person(asked)
        await self._change(asked, person, BY_NAME["instructions"], filled.scope, filled.words)

    async def _change(self, asked: Interaction, person: Person, setting: Setting, scope: Scope, value: str) -> None:
        refuse(asked, await change(self._doors.choosing, _by(asked, person), setting, scope, value))

    # -- what is known of them ----------------------------------------------------------------------------------

    async def exported(self, asked: Interaction) -> None:
        person = await self._tab.person(asked)
        await self._teller.say(asked, (await accounts.export(self._doors, asked, person)).text)

    async def asked_to_forget(self, asked: Interaction) -> None:
        async def built() -> dict[str, Any]:
            language = await self._teller.language(asked)
            return dialogues.forget(accounts.SURE, accounts.FORGET_BUTTON, language)

        await self._teller.show(asked, built, is_open=True)

    async def forgotten(self, asked: Interaction) -> None:
        language = await self._teller.language(asked)
        await accounts.forget_person(self._doors, self._tab, asked)
        await self._teller.say(asked, say(accounts.FORGOTTEN, language))


def refuse(asked: Interaction, refusal: str) -> None:
    """Raises AccessRefused with a marked sentence, where there is one."""
    if refusal:
        raise AccessRefused(asked.name, user_message=refusal, is_told=False)


def _by(asked: Interaction, person: Person) -> By:
    return By(asked.team, person.id, "", person.standing, person.is_admin)
