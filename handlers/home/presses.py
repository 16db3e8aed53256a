"""Handlers of the home tab: a person tries an example, chooses a setting, writes instructions, exports their data or
has the bot forget them.
"""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.people.preferences import Scope
from bot.core.people.settings import BY_NAME, Setting, SettingAuthor, change, denial
from bot.core.ports import Person
from bot.core.thread.inbound import FileRef, ThreadId, VisibleMessage
from bot.errors import AccessRefused, BotError, PayloadMalformed
from bot.slack.deposits import upload_picture
from bot.slack.home import dialogues, page, setting_rows
from bot.slack.home.dialogues import FilledForm
from bot.slack.home.trials import TRY, Example, example_of
from bot.slack.read.summaries.target import Finder
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.follow_up import Handler
from handlers.glm import accounts
from handlers.home.tab import HomeTab
from handlers.interaction import Interaction
from handlers.ordering import Orderer, Ordering

YOU_TRY = text("You are trying this: *{question}*")
COMING = text("On it: the picture and my answer come under *Messages* in a moment.")
NO_MODEL = text("This model is offered no more; please choose another one.")


def register(app: AsyncApp, deps: Dependencies, finder: Finder, tab: HomeTab) -> None:
    listener, presses = deps.follow_ups.listener, _Presses(deps, finder, tab)
    app.action(TRY)(listener(TRY, presses.try_example))
    for action, handler in (
        (setting_rows.SET, shown_after(tab, presses.set_option)),
        (setting_rows.INSTRUCTIONS, shown_after_refusal(tab, presses.edit_instructions)),
        (page.EXPORT, presses.export),
        (page.FORGET, presses.ask_to_forget),
    ):
        app.action(action)(listener(action, handler, is_open=True))
    app.view(setting_rows.INSTRUCTIONS)(
        listener(f"{setting_rows.INSTRUCTIONS} view", shown_after(tab, presses.set_instructions), is_open=True)
    )
    # A person who may no longer use the bot can still have it forget them.
    app.view(page.FORGET)(listener(f"{page.FORGET} view", presses.forget, is_open=True))
    app.view(dialogues.NOTICE)(_acknowledge)


def shown_after_refusal(tab: HomeTab, handler: Handler) -> Handler:
    """The handler, which publishes the tab again when it fails. Menus then show the value that counts, and people see
    what they may do now.
    """

    async def handle(interaction: Interaction) -> None:
        try:
            await handler(interaction)
        except BotError:
            await tab.show(interaction.team, interaction.user, mark=interaction.key[-8:])
            raise

    return handle


def shown_after(tab: HomeTab, handler: Handler) -> Handler:
    """The handler, which publishes the tab again afterwards, whether it fails or not."""

    async def handle(interaction: Interaction) -> None:
        await handler(interaction)
        await tab.show(interaction.team, interaction.user)

    return shown_after_refusal(tab, handle)


async def _acknowledge(ack: Any) -> None:
    """Acknowledge the button that closes a dialogue."""
    await ack()


class _Presses:
    def __init__(self, deps: Dependencies, finder: Finder, tab: HomeTab) -> None:
        self._deps = deps
        self._replies = deps.replies
        self._ordering = Ordering(deps, finder)
        self._tab = tab

    # -- examples -----------------------------------------------------------------------------------------------

    async def try_example(self, interaction: Interaction) -> None:
        """Post the example's picture and question in the direct messages, and have the question answered there."""
        example = example_of(interaction.value)
        if example is None:
            raise PayloadMalformed("trial")  # a button of another version
        person = await self._deps.history.person(interaction.team, interaction.user, "")
        await self._replies.courtesy(interaction, say(COMING, person.language))
        by = Orderer(interaction.team, interaction.user_team, person, "", interaction.key)
        channel = await self._deps.gateway.open_dm(person.id)
        ts, file = await self._post(by, channel, example)
        words = say(example.question, person.language)
        await self._ordering.say(by, ThreadId(interaction.team, channel, ts), ts, VisibleMessage(words, files=(file,)))

    async def _post(self, by: Orderer, channel: str, example: Example) -> tuple[str, FileRef]:
        """The ts of the message and its picture. A job that is run again after its process died posts it once only."""
        data, language = example.data(), by.language
        about, question = say(example.about, language), say(example.question, language)
        file_id = await upload_picture(self._deps.gateway, example.picture, data, about)
        ts = await self._deps.marks.posted(by.key)
        if not ts:
            words = say(YOU_TRY, language, question=question)
            picture = {"type": "image", "slack_file": {"id": file_id}, "alt_text": about}
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}, picture]
            ts = await self._deps.gateway.post(channel, None, words, blocks=blocks)
            await self._deps.marks.note_posted(by.key, ts)
        return ts, FileRef(file_id, example.picture, "image/png", len(data))

    # -- settings -----------------------------------------------------------------------------------------------

    async def set_option(self, interaction: Interaction) -> None:
        option = setting_rows.read_option(interaction.value)
        value = option.value
        if option.setting.name == "model" and value:
            model = self._deps.models.find(value)
            if model is None:
                raise BotError("model", user_message=NO_MODEL)
            value = model.name
        await self._change(interaction, await self._tab.person(interaction), option.setting, option.scope, value)

    async def edit_instructions(self, interaction: Interaction) -> None:
        scope: Scope = "everyone" if interaction.value == "everyone" else "me"

        async def view() -> dict[str, Any]:
            person = await self._tab.person(interaction)
            refuse(interaction, denial(_by(interaction, person), BY_NAME["instructions"], scope))
            choices = await self._tab.choices(interaction.team, person.id)
            return dialogues.instructions(scope, setting_rows.text_of(choices.kept, scope), person.language)

        await self._replies.show(interaction, view, is_open=True)

    async def set_instructions(self, interaction: Interaction) -> None:
        filled, person = FilledForm(interaction.view), await self._tab.person(interaction)
        await self._change(interaction, person, BY_NAME["instructions"], filled.scope, filled.words)

    async def _change(
        self, interaction: Interaction, person: Person, setting: Setting, scope: Scope, value: str
    ) -> None:
        refuse(interaction, await change(self._deps.choosing, _by(interaction, person), setting, scope, value))

    # -- the person's data --------------------------------------------------------------------------------------

    async def export(self, interaction: Interaction) -> None:
        person = await self._tab.person(interaction)
        await self._replies.say(interaction, (await accounts.export(self._deps, interaction, person)).text)

    async def ask_to_forget(self, interaction: Interaction) -> None:
        async def view() -> dict[str, Any]:
            language = await self._replies.language(interaction)
            return dialogues.forget(accounts.SURE, accounts.FORGET_BUTTON, language)

        await self._replies.show(interaction, view, is_open=True)

    async def forget(self, interaction: Interaction) -> None:
        language = await self._replies.language(interaction)
        await accounts.forget_person(self._deps, self._tab, interaction)
        await self._replies.say(interaction, say(accounts.FORGOTTEN, language))


def refuse(interaction: Interaction, refusal: str) -> None:
    """Raise AccessRefused with the sentence, unless it is empty."""
    if refusal:
        raise AccessRefused(interaction.name, user_message=refusal, is_told=False)


def _by(interaction: Interaction, person: Person) -> SettingAuthor:
    return SettingAuthor(interaction.team, person.id, "", person.standing, person.is_admin)
