"""Ordering posts the first message of a summary's thread and puts the order for the summary into that thread's inbox.

From then on the order is answered like any other question.
"""

from dataclasses import dataclass
from typing import Any

import structlog

from bot.core.brief import Brief, BriefRefused
from bot.core.ports import Person
from bot.core.thread.inbound import Inbound, ThreadId, VisibleMessage
from bot.errors import SlackError
from bot.slack.blocks import escape
from bot.slack.outbound import Mentioning
from bot.slack.read.summaries.found import FoundTarget
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
    """The person who orders, and where.

    `team` is the workspace where the bot is installed, `user_team` the person's own. `channel` is where they ordered,
    empty in the home tab. `key` identifies the order.
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
    """Its methods raise SlackError when Slack refuses a message, and StateError when the order can't be kept."""

    def __init__(self, deps: Dependencies, finder: Finder) -> None:
        self._deps = deps
        self._finder = finder

    async def privately(self, by: Orderer, found: FoundTarget, brief: Brief) -> str:
        """Order it in the direct messages. Returns the words that say so where the person ordered; empty if they did
        so in the direct messages.
        """
        channel = await self._deps.gateway.open_dm(by.person.id)
        ts = await self.post(by, channel, None, say(ROOT_DM, by.language, name=_shown(found.name)))
        await self.admit(by, ThreadId(by.team, channel, ts), ts, found, brief)
        return "" if channel == by.channel else await self._coming(by, channel, ts, found)

    async def openly(self, by: Orderer, found: FoundTarget, brief: Brief) -> None:
        """Order it in the channel. Raises BriefRefused if not everybody there may read what is summarised."""
        if not found.may_be_told_in(by.channel):
            raise BriefRefused("private", user_message=PRIVATE)
        words = say(ROOT, by.language, user=by.person.id, name=_shown(found.name))
        ts = await self.post(by, by.channel, None, Mentioning(words, by.person.id))
        await self.admit(by, ThreadId(by.team, by.channel, ts), ts, found, brief)

    async def post(self, by: Orderer, channel: str, thread_ts: str | None, words: str) -> str:
        """Post the message that begins or continues the thread, and return its ts. A job that is run again after its
        process died does not post it twice.
        """
        ts = await self._deps.marks.posted(by.key)
        if not ts:
            ts = await self._deps.gateway.post(channel, thread_ts, words)
            await self._deps.marks.note_posted(by.key, ts)
        return ts

    async def admit(self, by: Orderer, thread: ThreadId, ts: str, found: FoundTarget, brief: Brief) -> None:
        """Put the order into the thread's inbox, as the message `ts`."""
        words = say(SUMMARISE, by.language, name=found.name)
        await self.say(by, thread, ts, VisibleMessage(words, files=found.files), found.brief(brief, until=ts))

    async def say(
        self, by: Orderer, thread: ThreadId, ts: str, said: VisibleMessage, brief: Brief | None = None
    ) -> None:
        """Put a question into the thread's inbox as if the person had asked it there.

        Raises BriefRefused if too many messages wait already.
        """
        inbound = Inbound(
            team=by.team,
            channel=thread.channel,
            ts=ts,
            root_ts=thread.root_ts,
            user=by.person.id,
            user_team=by.user_team,
            place="dm" if thread.channel.startswith("D") else "channel",
            text=said.text,
            files=said.files,
            quoted=said.quoted,
            mentions_bot=True,
            brief=brief,
        )
        verdict = await self._deps.receiver.receive_order(inbound)
        if verdict.startswith("full"):
            raise BriefRefused(verdict, user_message=NO_ROOM.get(verdict, NO_ROOM["full_person"]))

    async def whisper(self, by: Orderer, words: str) -> bool:
        """Tell the person alone, in the channel. False if Slack refuses, as in a channel without the bot."""
        arguments: dict[str, Any] = {"channel": by.channel, "user": by.person.id, "text": words}
        try:
            await self._deps.gateway.once("chat_postEphemeral", **arguments)
        except SlackError as refused:
            log.info("summary.no_whisper", code=refused.code)
            return False
        return True

    async def refuse(self, by: Orderer, words: str) -> None:
        """Say why there will be no summary: in the channel where it was ordered, else in the direct messages. The
        dialogue has closed by then and can't show it.
        """
        if by.channel and await self.whisper(by, words):
            return
        try:
            await self._deps.gateway.post(await self._deps.gateway.open_dm(by.person.id), None, words)
        except SlackError as refused:
            log.warning("summary.not_refused", code=refused.code)

    async def _coming(self, by: Orderer, channel: str, ts: str, found: FoundTarget) -> str:
        link = await self._finder.permalink(channel, ts)
        where = say(DIRECT_MESSAGES, by.language)
        return say(COMING, by.language, name=_shown(found.name), place=f"<{link}|{where}>" if link else where)


def _shown(name: str) -> str:
    return escape(clipped(name, NAME_CHARS))
