"""`/summarize`: with a link or a time at once, without words in a dialogue. The summary comes as a turn of a thread."""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.brief import Brief, BriefRefused
from bot.core.ports import Person
from bot.errors import BotError, SlackError, sentence
from bot.slack import summary_modal
from bot.slack.finder import SLACK_AWAY, Finder
from bot.slack.found import Found
from bot.slack.links import read_words
from bot.slack.summary_modal import Chosen
from bot.words import say
from handlers.doors import Doors, team_of
from handlers.ordering import Asker, Ordering

log = structlog.get_logger(__name__)

COMMAND = "/summarize"
# Slack waits 3 s for an answer, and a dialogue opens within 3 s of the command.
PATIENCE_S = 1.8
RECENT_S = 1.0
PERSON_S = 0.8


def register(app: AsyncApp, doors: Doors, finder: Finder) -> None:
    desk = Desk(doors, finder)
    app.command(COMMAND)(desk.commanded)
    app.view(summary_modal.ORDER)(desk.submitted)


class Desk:
    def __init__(self, doors: Doors, finder: Finder) -> None:
        self._doors = doors
        self._finder = finder
        self._ordering = Ordering(doors, finder)

    async def commanded(self, ack: Any, command: dict[str, Any], context: AsyncBoltContext) -> None:
        team, user = team_of(context), str(command["user_id"])
        person = await _person(self._doors, team, user)
        by = Asker(team, str(command.get("team_id") or team), person, str(command["channel_id"]))
        words = await self._answer(by, command)
        if words:
            await ack(text=words, response_type="ephemeral")
        else:
            await ack()

    async def _answer(self, by: Asker, command: dict[str, Any]) -> str:
        """What only the person sees; empty when there is nothing to say."""
        try:
            wanted = read_words(str(command.get("text") or ""))
            if wanted.is_empty:
                await self.open(by, str(command.get("trigger_id") or ""))
                return ""
            async with asyncio.timeout(PATIENCE_S):
                found = await self._finder.find(wanted, by.channel, by.person)
            focus = await self._doors.history.readable(by.team, wanted.focus)
            return await self._ordering.privately(by, found, Brief(focus=focus))
        except (BotError, TimeoutError) as trouble:
            return told(trouble, by)

    async def open(self, by: Asker, trigger_id: str) -> None:
        """The dialogue, with the channel's latest files when Slack tells of them in time."""
        recent: tuple[Any, ...] = ()
        if by.channel:
            try:
                async with asyncio.timeout(RECENT_S):
                    recent = await self._finder.recent_files(by.channel)
            except TimeoutError:
                log.info("summary.no_recent_files")
        view = summary_modal.order(by.language, by.channel, recent)
        await self._doors.gateway.open_view(trigger_id, view)

    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        given = summary_modal.chosen(view)
        by = await asker(self._doors, body, context, given.channel)
        wrong = summary_modal.problems(given, by.language) or await self._placed(by, given)
        if wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await ack()

    async def _placed(self, by: Asker, given: Chosen) -> dict[str, str]:
        """Order it; else the field that is wrong, and why."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._found(by, given)
                if given.where == "channel":
                    await self._finder.look(by.channel, by.person)
        except (BriefRefused, TimeoutError) as trouble:
            return {"where" if given.where == "channel" else "files": told(trouble, by)}
        try:
            if given.where == "channel":
                await self._ordering.openly(by, found, given.brief)
            elif (words := await self._ordering.privately(by, found, given.brief)) and given.where == "me":
                await self._ordering.whisper(by, words)
        except BotError as trouble:
            return {"where" if given.channel else "files": told(trouble, by)}
        return {}

    async def _found(self, by: Asker, given: Chosen) -> Found:
        """What a person uploads here is theirs to show."""
        uploaded = [Found(file.name, (self._finder.checked(file, by.person),)) for file in given.uploaded]
        picked = [await self._finder.file(file_id, by.person) for file_id in given.picked]
        whole, *more = [*uploaded, *picked]
        for one in more:
            whole += one
        return whole


async def asker(doors: Doors, body: dict[str, Any], context: AsyncBoltContext, channel: str) -> Asker:
    """Who used a dialogue or a shortcut, and in which conversation."""
    team, user = team_of(context), body["user"]
    person = await _person(doors, team, str(user["id"]))
    return Asker(team, str(user.get("team_id") or team), person, channel)


async def _person(doors: Doors, team: str, user: str) -> Person:
    """Not to be waited for: without their name and language there still is an answer in time."""
    try:
        async with asyncio.timeout(PERSON_S):
            return await doors.history.person(team, user)
    except TimeoutError:
        return Person(user, user)


def told(trouble: BotError | TimeoutError, by: Asker) -> str:
    if isinstance(trouble, BotError) and not isinstance(trouble, SlackError):
        return sentence(trouble, by.language)
    log.warning("summary.not_ordered", reason=type(trouble).__name__)
    return say(SLACK_AWAY, by.language)
