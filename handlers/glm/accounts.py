"""`/glm retention`, `/glm forget me` and `/glm export`: people and admins decide about the data that the bot keeps."""

import asyncio
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncApp

from bot.core.accounts.retention import change_retention, in_days
from bot.core.audit import AuditEvent, note
from bot.core.people.settings import SettingAuthor
from bot.core.ports import Person
from bot.errors import SlackError
from bot.slack.dialogs import modals
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.glm.typed import TypedWords
from handlers.interaction import Interaction
from handlers.private_replies import PrivateReply

log = structlog.get_logger(__name__)

FORGET_ME, KEEP_ME = "forget_me", "keep_me"
APPLY, EXPORT = "apply_retention", "export"
SURE = text(
    "Shall I forget all about you? That's your questions and my answers, your files and your settings, in every "
    "channel and in our direct messages. The messages in Slack stay, but I won't read again what you've said "
    "until now. This can't be undone."
)
FORGET_BUTTON = text("Forget me")
UNDER_WAY = text("I'm forgetting it…")
KEPT = text("All right, I've forgotten nothing.")
FORGOTTEN = text("Done, I've forgotten all about you.")

RETAINED = text("In this channel I remember a thread for {days} after its last question, elsewhere for {all}.")
HERE, EVERYWHERE = text("in this channel"), text("in this workspace")
RETAINS = text("Done: {scope} I forget a thread {days} after its last question, older ones at once.")
AS_BEFORE = text("Done: {scope} I forget a thread after {days} again.")
EXPORTING = text("On it: I'll send you all I know of you as a file, in our direct messages.")
EXPORTED = text("Here's all I know of you: your threads, your settings, what you've used.")
DEFAULT = frozenset({"default", "off", "auto"})


class Home(Protocol):
    """A person's home tab. (The class itself is in handlers.home, which needs this package.)"""

    async def drop(self, team: str, user: str) -> bool: ...

    async def empty(self, team: str, user: str) -> None: ...


async def forget_person(deps: Dependencies, home: Home, interaction: Interaction) -> None:
    """Forget all about the person, and show nothing of it in their home tab. Raises StateError."""
    person = await deps.history.person(interaction.team, interaction.user, interaction.channel)
    is_shown = await home.drop(interaction.team, interaction.user)
    await deps.accounts.forget(interaction.team, person, await _dm(deps, interaction.user))
    if is_shown:
        await home.empty(interaction.team, interaction.user)
    note(AuditEvent("deletion", interaction.team, interaction.channel, interaction.user, outcome="person"))


def register(app: AsyncApp, deps: Dependencies, home: Home) -> None:
    async def forget(interaction: Interaction) -> None:
        language = await deps.replies.language(interaction)
        await deps.replies.say(interaction, say(UNDER_WAY, language), replace_original=True)
        await forget_person(deps, home, interaction)
        await deps.replies.say(interaction, say(FORGOTTEN, language), replace_original=True)

    async def apply(interaction: Interaction) -> None:
        await deps.retention.apply(interaction.team, interaction.channel)

    async def export(interaction: Interaction) -> None:
        person = await deps.history.person(interaction.team, interaction.user, interaction.channel)
        channel = await deps.gateway.open_dm(interaction.user)
        async with deps.exports.archive(interaction.team, person, channel) as archive:
            if archive is None:
                return
            name, data = archive
            await deps.gateway.upload(channel, None, name, data, say(EXPORTED, person.language))

    async def keep(interaction: Interaction) -> None:
        await deps.replies.say(interaction, say(KEPT, await deps.replies.language(interaction)), replace_original=True)

    app.action(KEEP_ME)(deps.follow_ups.listener(KEEP_ME, keep, is_open=True))
    # A person who may no longer use the bot can still have it forget them.
    app.action(FORGET_ME)(deps.follow_ups.listener(FORGET_ME, forget, is_open=True))
    deps.follow_ups.register(APPLY, apply, is_open=True)
    deps.follow_ups.register(EXPORT, export, is_open=True)


async def _dm(deps: Dependencies, user: str) -> str:
    """The channel of their direct messages; empty if Slack opens none, as for a deactivated person or a bot."""
    try:
        async with asyncio.timeout(10):
            return await deps.gateway.open_dm(user)
    except (SlackError, TimeoutError) as refused:
        log.info("accounts.no_dm", reason=str(refused))
        return ""


def ask_to_forget(language: str) -> PrivateReply:
    """The question whether to forget the person, with a button that confirms it."""
    words = say(SURE, language)
    forget = _button(FORGET_ME, FORGET_BUTTON, language) | {"style": "danger"}
    buttons = [forget, _button(KEEP_ME, modals.CANCEL, language)]
    question = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    return PrivateReply(words, [question, {"type": "actions", "elements": buttons}])


def _button(action: str, label: str, language: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": say(label, language)}}


async def retention(deps: Dependencies, interaction: Interaction, by: Person, typed: TypedWords) -> PrivateReply:
    """`/glm retention DAYS [here|everyone]`; without days it tells what counts now. Raises StateError."""
    return PrivateReply(await _retention(deps, interaction, by, typed))


async def _retention(deps: Dependencies, interaction: Interaction, by: Person, typed: TypedWords) -> str:
    team = interaction.team
    if not typed.words:
        scopes = interaction.channel, ""
        here, everywhere = [in_days(await deps.retention.days(team, scope), by.language) for scope in scopes]
        return say(RETAINED, by.language, days=here, all=everywhere)
    days, where = _days(typed.text.lower()), typed.scope or "everyone"
    admin = SettingAuthor(team, interaction.user, interaction.channel, by.standing, by.is_admin)
    refusal = await change_retention(deps.retention, admin, where, days)
    if refusal:
        return say(refusal, by.language)
    channel = admin.scope_id(where)
    await deps.follow_ups.add(APPLY, team, {"channel": channel, "asked": interaction.trigger_id})
    scope = say(HERE if channel else EVERYWHERE, by.language)
    if not days:
        counting = await deps.retention.days(team, channel)
        return say(AS_BEFORE, by.language, scope=scope, days=in_days(counting, by.language))
    return say(RETAINS, by.language, scope=scope, days=in_days(days, by.language))


def _days(word: str) -> int | None:
    """The number of days; 0 for a word that takes back what was set, None for anything else."""
    if word in DEFAULT:
        return 0
    return (int(word) or None) if word.isascii() and word.isdigit() and len(word) < 6 else None


async def export(deps: Dependencies, interaction: Interaction, by: Person) -> PrivateReply:
    """`/glm export`: the file comes later, in the direct messages. Raises StateError."""
    await deps.follow_ups.add(EXPORT, interaction.team, {"user": interaction.user, "asked": interaction.trigger_id})
    return PrivateReply(say(EXPORTING, by.language))
