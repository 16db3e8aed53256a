"""The one place where it is decided whether somebody is answered. Every way in asks here: a message before the model is
asked, a command, a button, a shortcut and a dialogue before anything is done.
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
# Who is asked to try again is told so again soon.
TRY_AGAIN_S = 60
# So many answers to one bot in one channel within an hour: enough for alerts, and two bots never talk for ever.
BOT_ANSWERS, HOUR_S = 10, 3_600


class People(Protocol):
    async def person(self, team: str, user: str, channel: str | None = None) -> Person: ...


class AccessLists(Protocol):
    """What is kept of access. Raises StateError."""

    async def listed(self, team: str) -> AccessList: ...

    async def note_told(self, team: str, channel: str, user: str, kind: str, within_s: int) -> bool:
        """True for the first within so many seconds: that one is told."""
        ...

    async def forget_told(self, team: str, channel: str, user: str, kind: str) -> None: ...

    async def take_answer(self, inbound: Inbound, most: int, within_s: int) -> bool:
        """Whether this bot is answered once more there; the same message counts once."""
        ...


class RefusalNotices(Protocol):
    async def refuse(self, message: Inbound, words: str) -> bool:
        """Tells the author alone; whether that came about. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something, and where. `is_channel`: not in direct messages, of two or of more."""

    team: str
    user: str
    channel: str
    is_channel: bool


class Gate:
    """Raises StateError when what admins have said can't be read: nothing is done then."""

    def __init__(self, rules: AccessRules, people: People, lists: AccessLists, refusing: RefusalNotices) -> None:
        self._rules = rules
        self._people = people
        self._lists = lists
        self._refusing = refusing

    @property
    def bots(self) -> frozenset[str]:
        """Ids of the bots that may mention this one."""
        return self._rules.bots

    async def refusal(self, asker: Asker) -> Refusal:
        listed = await self._lists.listed(asker.team)
        person = await self._people.person(asker.team, asker.user)
        channel = asker.channel if asker.is_channel else ""
        why = refusal(asker.user, person.standing, channel, self._rules, listed)
        if why:
            note(AuditEvent("refusal", asker.team, asker.channel, asker.user, outcome=why))
        return why

    async def is_to_be_told(self, asker: Asker, why: Refusal) -> bool:
        """Not when they were told lately, nor who is not to be told at all. Asked once, it is taken as told."""
        return why in SENTENCES and await self._lists.note_told(*_told(asker, why), _again_s(why))

    async def turned_away(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """Those of a thread's messages that are not answered; their authors are told where they addressed the bot."""
        refused = []
        for message in waiting:
            why = await self._of_message(message)
            if why:
                log.info("access.refused", extra={"reason": why, "channel": message.channel})
                refused.append(message)
                await self._tell(message, why)
        return tuple(refused)

    async def _of_message(self, message: Inbound) -> Refusal:
        asker = _asker(message)
        if not message.bot:
            return await self.refusal(asker)
        listed = await self._lists.listed(message.team)
        if listed.get(message.user) == "deny":
            return "person"
        closed = of_channel(message.channel if asker.is_channel else "", self._rules, listed)
        if closed or await self._lists.take_answer(message, BOT_ANSWERS, HOUR_S):
            return closed
        note(AuditEvent("refusal", asker.team, asker.channel, asker.user, outcome="busy"))
        return "busy"

    async def _tell(self, message: Inbound, why: Refusal) -> None:
        if message.bot or not message.is_addressed:
            return
        asker = _asker(message)
        if not await self.is_to_be_told(asker, why):
            return
        language = (await self._people.person(asker.team, asker.user, asker.channel)).language
        if not await self._refusing.refuse(message, say(SENTENCES[why], language)):
            await self._lists.forget_told(*_told(asker, why))


def _asker(message: Inbound) -> Asker:
    return Asker(message.team, message.user, message.channel, message.place == "channel")


def _told(asker: Asker, why: Refusal) -> tuple[str, str, str, str]:
    return asker.team, asker.channel, asker.user, "again" if why == "unknown" else "refused"


def _again_s(why: Refusal) -> int:
    return TRY_AGAIN_S if why == "unknown" else TELL_AGAIN_S
