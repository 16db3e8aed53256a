"""The Gate decides whether a person may use the bot, and tells them when they may not.

Everything asks the Gate: a message before the model is asked; a command, a button, a shortcut and a dialogue before
anything is done.
"""

import logging
from dataclasses import dataclass
from typing import Protocol

from bot.core.audit import AuditEvent, note
from bot.core.people.access import SENTENCES, AccessList, AccessRules, Refusal, of_channel, refusal
from bot.core.ports import Person
from bot.core.thread.inbound import Inbound
from bot.words import say

log = logging.getLogger(__name__)

TELL_AGAIN_S = 3_600
# For the sentence that asks people to try again in a minute.
TRY_AGAIN_S = 60
# One bot gets so many answers in one channel within an hour: enough for alerts, and two bots can't talk for ever.
BOT_ANSWERS, HOUR_S = 10, 3_600


class People(Protocol):
    async def person(self, team: str, user: str, channel: str | None = None) -> Person: ...


class AccessLists(Protocol):
    """The store of access lists and of what was told about them. Raises StateError."""

    async def listed(self, team: str) -> AccessList: ...

    async def note_told(self, team: str, channel: str, user: str, kind: str, within_s: int) -> bool:
        """Note that the person is told. Return False when they were told within the last `within_s` seconds."""
        ...

    async def forget_told(self, team: str, channel: str, user: str, kind: str) -> None: ...

    async def take_answer(self, inbound: Inbound, most: int, within_s: int) -> bool:
        """Count an answer to another bot. Return False when it had `most` answers in this channel within `within_s`
        seconds. The same message counts once.
        """
        ...


class RefusalNotices(Protocol):
    async def refuse(self, message: Inbound, words: str) -> bool:
        """Tell the author alone. Return whether Slack took the sentence. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who wants something, and the channel. `is_channel` is False in direct and group messages."""

    team: str
    user: str
    channel: str
    is_channel: bool


class Gate:
    """Raises StateError when the access lists can't be read: then nobody is let in."""

    def __init__(self, rules: AccessRules, people: People, lists: AccessLists, notices: RefusalNotices) -> None:
        self._rules = rules
        self._people = people
        self._lists = lists
        self._notices = notices

    @property
    def bots(self) -> frozenset[str]:
        """The ids of the bots that may mention this one."""
        return self._rules.bots

    async def refusal(self, asker: Asker) -> Refusal:
        """Return why the person may not use the bot there, or "" when they may."""
        access_list = await self._lists.listed(asker.team)
        person = await self._people.person(asker.team, asker.user)
        channel = asker.channel if asker.is_channel else ""
        reason = refusal(asker.user, person.standing, channel, self._rules, access_list)
        if reason:
            note(AuditEvent("refusal", asker.team, asker.channel, asker.user, outcome=reason))
        return reason

    async def is_to_be_told(self, asker: Asker, reason: Refusal) -> bool:
        """Return whether the person is to be told about the refusal. It is then noted as told, so the caller has to
        tell them. People are not told again soon, and some reasons are never told.
        """
        return reason in SENTENCES and await self._lists.note_told(*_notice_key(asker, reason), _told_again_s(reason))

    async def turned_away(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """Return the messages that are not answered. Tell their authors, when they have addressed the bot."""
        refused = []
        for message in waiting:
            reason = await self._refusal_of(message)
            if reason:
                log.info("access.refused", extra={"reason": reason, "channel": message.channel})
                refused.append(message)
                await self._tell(message, reason)
        return tuple(refused)

    async def _refusal_of(self, message: Inbound) -> Refusal:
        asker = _asker(message)
        if not message.bot:
            return await self.refusal(asker)
        access_list = await self._lists.listed(message.team)
        if access_list.get(message.user) == "deny":
            return "person"
        channel_refusal = of_channel(message.channel if asker.is_channel else "", self._rules, access_list)
        if channel_refusal or await self._lists.take_answer(message, BOT_ANSWERS, HOUR_S):
            return channel_refusal
        note(AuditEvent("refusal", asker.team, asker.channel, asker.user, outcome="busy"))
        return "busy"

    async def _tell(self, message: Inbound, reason: Refusal) -> None:
        if message.bot or not message.is_addressed:
            return
        asker = _asker(message)
        if not await self.is_to_be_told(asker, reason):
            return
        language = (await self._people.person(asker.team, asker.user, asker.channel)).language
        if not await self._notices.refuse(message, say(SENTENCES[reason], language)):
            await self._lists.forget_told(*_notice_key(asker, reason))


def _asker(message: Inbound) -> Asker:
    return Asker(message.team, message.user, message.channel, message.place == "channel")


def _notice_key(asker: Asker, reason: Refusal) -> tuple[str, str, str, str]:
    return asker.team, asker.channel, asker.user, "again" if reason == "unknown" else "refused"


def _told_again_s(reason: Refusal) -> int:
    return TRY_AGAIN_S if reason == "unknown" else TELL_AGAIN_S
