"""The handler of `/summarize`: with a link or a period it orders a summary at once, without words it shows a dialogue.

The summary comes as the answer in a thread.
"""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.brief import Brief, BriefRefused
from bot.core.ports import Person
from bot.core.thread.inbound import FileRef
from bot.errors import BotError, SlackError, sentence
from bot.slack.dialogs import summary_modal
from bot.slack.dialogs.summary_modal import NO_LINK, SummaryForm
from bot.slack.read.summaries.command_help import HELP
from bot.slack.read.summaries.command_links import read_words
from bot.slack.read.summaries.found import FoundTarget, joined
from bot.slack.read.summaries.target import SLACK_AWAY, Finder
from bot.words import say
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction
from handlers.ordering import Orderer, Ordering

log = structlog.get_logger(__name__)

COMMAND = "/summarize"
# How long a person waits for the bot to find what is to be summarised. Slack has its acknowledgement by then.
PATIENCE_S = 20.0
RECENT_S = 2.0


def register(app: AsyncApp, deps: Dependencies, finder: Finder) -> None:
    command = SummaryCommand(deps, finder)
    app.command(COMMAND)(deps.follow_ups.listener(COMMAND, command.typed, is_open=True))
    deps.follow_ups.register(summary_modal.ORDER, command.order)
    app.view(summary_modal.ORDER)(command.submitted)


class SummaryCommand:
    def __init__(self, deps: Dependencies, finder: Finder) -> None:
        self._deps = deps
        self._finder = finder
        self._ordering = Ordering(deps, finder)

    async def typed(self, interaction: Interaction) -> None:
        text = str(interaction.body.get("text") or "")
        if not text.strip():
            await self.open(interaction)
            return
        await self._deps.check(interaction)
        by = await orderer(self._deps, interaction, interaction.channel)
        try:
            request = read_words(text)
            if request.is_help:
                await self._deps.replies.tell(interaction, HELP)
                return
            async with asyncio.timeout(PATIENCE_S):
                found = await self._finder.find(request, by.channel, by.person)
            focus = await self._deps.history.readable(by.team, request.focus, by.person.id)
            words = await self._ordering.privately(by, found, Brief(focus=focus))
        except (BotError, TimeoutError) as error:
            words = error_sentence(error, by)
        if words:
            await self._deps.replies.say(interaction, words)

    async def open(self, interaction: Interaction) -> None:
        """Show the dialogue, with the channel's latest files if Slack lists them in time."""

        async def view() -> dict[str, Any]:
            by = await orderer(self._deps, interaction, interaction.channel)
            recent, channel_name = await self._channel(by)
            return summary_modal.order(by.language, by.channel, recent, channel_name)

        await self._deps.replies.show(interaction, view)

    async def _channel(self, by: Orderer) -> tuple[tuple[FileRef, ...], str]:
        """The channel's latest files and its name; nothing if the person or the bot can't read it, and nothing of
        direct messages with the bot, which hold its own answers only.
        """
        if not by.channel or by.channel.startswith("D"):
            return (), ""
        try:
            async with asyncio.timeout(RECENT_S):
                name, _ = await self._finder.look(by.channel, by.person)
                return await self._finder.recent_files(by.channel), name
        except BriefRefused:
            return (), ""
        except TimeoutError:
            log.info("summary.no_recent_files")
            return (), say(summary_modal.THIS_CHANNEL, by.language)

    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledge the dialogue, or have it show what is wrong. Only what is seen without asking Slack is shown
        there; the rest is told where the summary was ordered.
        """
        chosen, language = summary_modal.chosen(view), summary_modal.language(view)
        errors = (
            summary_modal.form_errors(chosen, language)
            or self._unreadable(chosen, language)
            or _link_error(chosen, language)
        )
        if errors:
            await ack(response_action="errors", errors=errors)
        else:
            await self._deps.follow_ups.keep(summary_modal.ORDER, ack, body, context)

    def _unreadable(self, chosen: SummaryForm, language: str) -> dict[str, str]:
        """The error of an uploaded file that can't be read, as far as its type and size tell."""
        nobody = Person("", "", language=language)
        try:
            for file in chosen.uploaded:
                self._finder.checked(file, nobody)
        except BriefRefused as refused:
            return {"files": sentence(refused, language)}
        return {}

    async def order(self, interaction: Interaction) -> None:
        chosen = summary_modal.chosen(interaction.view)
        by = await orderer(self._deps, interaction, chosen.channel)
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._found(by, chosen)
                if chosen.where == "channel":
                    await self._finder.look(by.channel, by.person)
            if chosen.where == "channel":
                await self._ordering.openly(by, found, chosen.brief)
            elif (words := await self._ordering.privately(by, found, chosen.brief)) and by.channel:
                await self._ordering.whisper(by, words)
        except (BotError, TimeoutError) as error:
            await self._ordering.refuse(by, error_sentence(error, by))

    async def _found(self, by: Orderer, chosen: SummaryForm) -> FoundTarget:
        """All that was chosen in the dialogue. Files that the person uploaded there are not private to a channel."""
        found = [FoundTarget(file.name, (self._finder.checked(file, by.person),)) for file in chosen.uploaded]
        found += [await self._finder.file(file_id, by.person) for file_id in chosen.picked]
        if chosen.link:
            found.append(await self._finder.find(read_words(chosen.link), by.channel, by.person))
        if chosen.period:
            found.append(await self._finder.period(by.channel, chosen.period, by.person))
        return joined(found, by.language)


def _link_error(chosen: SummaryForm, language: str) -> dict[str, str]:
    """The error of a link field that holds no link."""
    if not chosen.link:
        return {}
    try:
        links = read_words(chosen.link).links
    except BriefRefused:
        links = ()
    return {} if links else {"link": say(NO_LINK, language)}


async def orderer(deps: Dependencies, interaction: Interaction, channel: str) -> Orderer:
    """The person who orders, and the channel where they do."""
    person = await deps.history.person(interaction.team, interaction.user, channel)
    return Orderer(interaction.team, interaction.user_team, person, channel, interaction.key)


def error_sentence(error: BotError | TimeoutError, by: Orderer) -> str:
    """What the person is told of it, in their language."""
    if isinstance(error, BotError) and not isinstance(error, SlackError):
        return sentence(error, by.language)
    log.warning("summary.not_ordered", reason=type(error).__name__)
    return say(SLACK_AWAY, by.language)
