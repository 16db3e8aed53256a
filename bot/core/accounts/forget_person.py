"""Accounts forgets everything that the bot knows of a person, when they want that."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from bot.core.ports import Person
from bot.core.thread.inbound import Inbound, ThreadId


class PersonalRecords(Protocol):
    """Raises StateError."""

    async def note_forgotten(self, team: str, user: str) -> None: ...

    async def waiting_of(self, team: str, user: str) -> tuple[Inbound, ...]: ...

    async def person(self, team: str, user: str, name: str) -> None: ...

    async def place(self, team: str, channel: str) -> None: ...

    def threads(self, team: str, channel: str) -> AsyncGenerator[ThreadId]: ...


class Threads(Protocol):
    async def erase(self, thread: ThreadId) -> None: ...


class OpenQuestions(Protocol):
    async def deleted(self, thread: ThreadId, ts: str) -> str: ...


class PersonalDataStore(Protocol):
    """Any other store that keeps something of people."""

    async def forget(self, team: str, user: str) -> None: ...


class Accounts:
    def __init__(
        self,
        records: PersonalRecords,
        threads: Threads,
        questions: OpenQuestions,
        others: Sequence[PersonalDataStore] = (),
    ) -> None:
        self._records = records
        self._threads = threads
        self._questions = questions
        self._others = others

    async def forget(self, team: str, person: Person, dm: str) -> None:
        """Forget a person. `dm` is the channel of their direct messages, where everything belongs to them. A second
        call changes nothing.
        """
        # This comes first: from now on nothing of theirs is read from Slack, also not by a running turn.
        await self._records.note_forgotten(team, person.id)
        for waiting in await self._records.waiting_of(team, person.id):
            await self._questions.deleted(waiting.thread, waiting.ts)
        # Records of direct messages by older versions have no user ids, so the threads of the channel are erased too.
        threads = [thread async for thread in self._records.threads(team, dm)] if dm else []
        await self._records.person(team, person.id, person.name)
        if dm:
            await self._records.place(team, dm)
        for thread in threads:
            await self._threads.erase(thread)
        for other in self._others:
            await other.forget(team, person.id)
