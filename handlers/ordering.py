"""Placing an order for a summary: the message its thread hangs on, and the order in that thread's inbox.

From there on it is a turn like any other: written down, streamed, remembered.
"""

from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.core.brief import Brief, BriefRefused
from bot.core.intake.policy import Arrival
from bot.core.ports import Person
from bot.core.thread.inbound import Inbound, Place, ThreadId, VisibleMessage
from bot.errors import SlackError
from bot.slack.blocks import escape
from bot.slack.outbound import Mentioning
from bot.slack.read.summaries.found import Found
from bot.slack.read.summaries.target import Finder
from bot.words import clipped, say, text
from handlers.dependencies import Dependencies
from handlers.receive import NO_ROOM

log = structlog.get_logger(__name__)

SUMMARISE = text("Please summarise {name}.")
ROOT = text("<@{user}> asked for a summary of {name}")
ROOT_DM = text("Summary of {name}")
COMING = text("On it: the summary of {name} comes in {place}.")
DIRECT_MESSAGES = text("our direct messages")
PRIVATE = text("That comes from a private conversation, so only you can have the summary: choose “Only me”.")
NAME_CHARS = 150


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who asks. `team` is the installation's workspace, `user_team` their own, `channel` where they are; `key`
    names what they asked for.
    """

    team: str
    user_team: str
    person: Person
    channel: str = ""
    key: str = ""

    @property
    def language(self) -> str:
        return self.person.language


class Ordering:
    """Raises SlackError when Slack does not take the first message, StateError when the order can't be kept."""

    def __init__(self, deps: Dependencies, finder: Finder) -> None:
        self._deps = deps
        self._finder = finder

    async def privately(self, by: Orderer, found: Found, brief: Brief) -> str:
        """In the direct messages; gives what to tell the person where they asked, empty when it was there."""
        channel = await self._deps.gateway.open_dm(by.person.id)
        ts = await self.post(by, channel, None, say(ROOT_DM, by.language, name=_shown(found.name)))
        await self.admit(by, ThreadId(by.team, channel, ts), ts, found, brief)
        return "" if channel == by.channel else await self._coming(by, channel, ts, found)

    async def openly(self, by: Orderer, found: Found, brief: Brief) -> None:
        """In the channel. Raises BriefRefused for what not all of its people may read."""
        if found.is_private and by.channel not in found.homes:
            raise BriefRefused("private", user_message=PRIVATE)
        said = say(ROOT, by.language, user=by.person.id, name=_shown(found.name))
        words = Mentioning(said, by.person.id)
        ts = await self.post(by, by.channel, None, words)
        await self.admit(by, ThreadId(by.team, by.channel, ts), ts, found, brief)

    async def post(self, by: Orderer, channel: str, thread_ts: str | None, words: str) -> str:
        """The message that the order hangs on: once, also when a process that died over it is followed by another."""
        ts = await self._deps.posted.posted(by.key)
        if not ts:
            ts = await self._deps.gateway.post(channel, thread_ts, words)
            await self._deps.posted.note_posted(by.key, ts)
        return ts

    async def admit(self, by: Orderer, thread: ThreadId, ts: str, found: Found, brief: Brief) -> None:
        """What is said from now on is no part of what is summarised."""
        spans = tuple(replace(span, until=span.until or ts) for span in found.spans)
        words = say(SUMMARISE, by.language, name=found.name)
        await self.say(
            by, thread, ts, VisibleMessage(words, files=found.files), replace(brief, spans=spans, source=found.name)
        )

    async def say(
        self, by: Orderer, thread: ThreadId, ts: str, said: VisibleMessage, brief: Brief | None = None
    ) -> None:
        """As if the person had said it in the thread and meant the bot; the thread is followed from then on."""
        place: Place = "dm" if thread.channel.startswith("D") else "channel"
        inbound = Inbound(
            team=by.team,
            channel=thread.channel,
            ts=ts,
            root_ts=thread.root_ts,
            user=by.person.id,
            user_team=by.user_team,
            place=place,
            text=said.text,
            files=said.files,
            quoted=said.quoted,
            mentions_bot=True,
            brief=brief,
        )
        arrival = Arrival(
            place=place,
            subtype="",
            text=SUMMARISE,  # whatever the words are, they are no “stop” or “stay quiet”
            has_files=bool(said.files),
            from_bot=False,
            is_edit=False,
            is_reply=inbound.is_reply,
            mentions_bot=True,
            mentions_others=False,
        )
        verdict = await self._deps.receiver.receive(arrival, inbound)
        if verdict.startswith("full"):
            raise BriefRefused(verdict, user_message=NO_ROOM.get(verdict, NO_ROOM["full_person"]))

    async def whisper(self, by: Orderer, words: str) -> bool:
        """A courtesy: where the bot is not, it can't be said."""
        arguments: dict[str, Any] = {"channel": by.channel, "user": by.person.id, "text": words}
        try:
            await self._deps.gateway.once("chat_postEphemeral", **arguments)
        except SlackError as refused:
            log.info("summary.no_whisper", code=refused.code)
            return False
        return True

    async def refuse(self, by: Orderer, words: str) -> None:
        """Why there is none, where it was ordered, else directly. A dialogue that has closed tells nothing any more."""
        if by.channel and await self.whisper(by, words):
            return
        try:
            await self._deps.gateway.post(await self._deps.gateway.open_dm(by.person.id), None, words)
        except SlackError as refused:
            log.warning("summary.not_refused", code=refused.code)

    async def _coming(self, by: Orderer, channel: str, ts: str, found: Found) -> str:
        link = await self._finder.permalink(channel, ts)
        where = say(DIRECT_MESSAGES, by.language)
        return say(COMING, by.language, name=_shown(found.name), place=f"<{link}|{where}>" if link else where)


def _shown(name: str) -> str:
    return escape(clipped(name, NAME_CHARS))
