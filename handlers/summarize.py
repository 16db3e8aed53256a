"""`/summarize`: with a link or a time at once, without words in a dialogue. The summary comes as a turn of a thread."""

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
from bot.slack.dialogs.summary_modal import NO_LINK, Chosen
from bot.slack.read.summaries.command_help import HELP
from bot.slack.read.summaries.command_links import read_words
from bot.slack.read.summaries.found import Found, joined
from bot.slack.read.summaries.target import SLACK_AWAY, Finder
from bot.words import say
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction
from handlers.ordering import Orderer, Ordering

log = structlog.get_logger(__name__)

COMMAND = "/summarize"
# Slack has its acknowledgement and the person waits: what is not found by then is not to be found now.
PATIENCE_S = 20.0
RECENT_S = 2.0


def register(app: AsyncApp, deps: Dependencies, finder: Finder) -> None:
    desk = SummaryCommand(deps, finder)
    app.command(COMMAND)(deps.follow_ups.listener(COMMAND, desk.commanded, is_open=True))
    deps.follow_ups.register(summary_modal.ORDER, desk.ordered)
    app.view(summary_modal.ORDER)(desk.submitted)


class SummaryCommand:
    def __init__(self, deps: Dependencies, finder: Finder) -> None:
        self._deps = deps
        self._finder = finder
        self._ordering = Ordering(deps, finder)

    async def commanded(self, interaction: Interaction) -> None:
        typed = str(interaction.body.get("text") or "")
        if not typed.strip():
            await self.open(interaction)
            return
        await self._deps.check(interaction)
        by = await asker(self._deps, interaction, interaction.channel)
        try:
            wanted = read_words(typed)
            if wanted.is_help:
                await self._deps.replies.tell(interaction, HELP)
                return
            async with asyncio.timeout(PATIENCE_S):
                found = await self._finder.find(wanted, by.channel, by.person)
            focus = await self._deps.history.readable(by.team, wanted.focus, by.person.id)
            words = await self._ordering.privately(by, found, Brief(focus=focus))
        except (BotError, TimeoutError) as trouble:
            words = told(trouble, by)
        if words:
            await self._deps.replies.say(interaction, words)

    async def open(self, interaction: Interaction) -> None:
        """The dialogue, with the channel's latest files when Slack tells of them in time."""

        async def built() -> dict[str, Any]:
            by = await asker(self._deps, interaction, interaction.channel)
            recent, place = await self._around(by)
            return summary_modal.order(by.language, by.channel, recent, place)

        await self._deps.replies.show(interaction, built)

    async def _around(self, by: Orderer) -> tuple[tuple[FileRef, ...], str]:
        """The channel's latest files, and how it is called: neither where the person or the bot can't read. In the
        direct messages with the bot there is nothing but what it said itself.
        """
        if not by.channel or by.channel.startswith("D"):
            return (), ""
        try:
            async with asyncio.timeout(RECENT_S):
                place, _ = await self._finder.look(by.channel, by.person)
                return await self._finder.recent_files(by.channel), place
        except BriefRefused:
            return (), ""
        except TimeoutError:
            log.info("summary.no_recent_files")
            return (), say(summary_modal.THIS_CHANNEL, by.language)

    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        """What can be seen to be wrong without asking Slack is said in the dialogue, the rest where it was ordered."""
        given, language = summary_modal.chosen(view), summary_modal.language(view)
        wrong = (
            summary_modal.problems(given, language) or self._unreadable(given, language) or _no_link(given, language)
        )
        if wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await self._deps.follow_ups.keep(summary_modal.ORDER, ack, body, context)

    def _unreadable(self, given: Chosen, language: str) -> dict[str, str]:
        """What is known of an upload tells, such as its size."""
        nobody = Person("", "", language=language)
        try:
            for file in given.uploaded:
                self._finder.checked(file, nobody)
        except BriefRefused as refused:
            return {"files": sentence(refused, language)}
        return {}

    async def ordered(self, interaction: Interaction) -> None:
        given = summary_modal.chosen(interaction.view)
        by = await asker(self._deps, interaction, given.channel)
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._found(by, given)
                if given.where == "channel":
                    await self._finder.look(by.channel, by.person)
            if given.where == "channel":
                await self._ordering.openly(by, found, given.brief)
            elif (words := await self._ordering.privately(by, found, given.brief)) and by.channel:
                await self._ordering.whisper(by, words)
        except (BotError, TimeoutError) as trouble:
            await self._ordering.refuse(by, told(trouble, by))

    async def _found(self, by: Orderer, given: Chosen) -> Found:
        """What a person uploads here is theirs to show."""
        found = [Found(file.name, (self._finder.checked(file, by.person),)) for file in given.uploaded]
        found += [await self._finder.file(file_id, by.person) for file_id in given.picked]
        if given.link:
            found.append(await self._finder.find(read_words(given.link), by.channel, by.person))
        if given.period:
            found.append(await self._finder.period(by.channel, given.period, by.person))
        return joined(found, by.language)


def _no_link(given: Chosen, language: str) -> dict[str, str]:
    """What stands in the field for a link has to hold one."""
    if not given.link:
        return {}
    try:
        links = read_words(given.link).links
    except BriefRefused:
        links = ()
    return {} if links else {"link": say(NO_LINK, language)}


async def asker(deps: Dependencies, interaction: Interaction, channel: str) -> Orderer:
    """Who asked, and in which conversation."""
    person = await deps.history.person(interaction.team, interaction.user, channel)
    return Orderer(interaction.team, interaction.user_team, person, channel, interaction.key)


def told(trouble: BotError | TimeoutError, by: Orderer) -> str:
    if isinstance(trouble, BotError) and not isinstance(trouble, SlackError):
        return sentence(trouble, by.language)
    log.warning("summary.not_ordered", reason=type(trouble).__name__)
    return say(SLACK_AWAY, by.language)
