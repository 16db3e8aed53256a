"""MessageEdits handles what people do to their messages: they edit or delete them, ask again, or stop the answer."""

from typing import Protocol

from bot.core.intake.receive import Jobs
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.interrupts import TurnSignal


class EditableInbox(Protocol):
    async def edit(self, inbound: Inbound) -> str: ...

    async def delete(self, thread: ThreadId, ts: str) -> str: ...

    async def reopen(self, inbound: Inbound) -> bool: ...

    async def forget(self, thread: ThreadId, ts: str) -> None: ...

    async def is_running(self, thread: ThreadId) -> bool: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...


class Signals(Protocol):
    async def send(self, thread: ThreadId, signal: TurnSignal) -> None: ...


class MessageEdits:
    """Raises StateError when Redis is away. The event then has to be refused, so that Slack delivers it again."""

    def __init__(self, inbox: EditableInbox, jobs: Jobs, signals: Signals) -> None:
        self._inbox = inbox
        self._jobs = jobs
        self._signals = signals

    async def edited(self, inbound: Inbound) -> str:
        """Keep the new text of a message. Return the state of the message:

        waiting   it waits, and will be answered as it reads now
        taken     a running turn answers it; the turn begins again with the new text
        answered  it was answered, so its author may be offered a new answer
        offered   its author was offered a new answer already
        unknown   it was not for the bot, but may be now
        """
        if inbound.mentions_bot and await self._waits_so(inbound):
            return "waiting"
        state = await self._inbox.edit(inbound)
        if state == "taken":
            await self._signals.send(inbound.thread, "changed")
        if state in {"taken", "waiting"}:
            await self._jobs.add(inbound.thread, inbound.ts)
        return state

    async def _waits_so(self, inbound: Inbound) -> bool:
        """Return whether the message waits as it reads now. An edit with a mention arrives as two events."""
        waiting = await self._inbox.waiting(inbound.thread)
        return any((kept.ts, kept.text, kept.files) == (inbound.ts, inbound.text, inbound.files) for kept in waiting)

    async def deleted(self, thread: ThreadId, ts: str) -> str:
        """Take a deleted message out of the inbox. Return the state it was in, as `edited` does."""
        state = await self._inbox.delete(thread, ts)
        if state == "taken":
            await self._signals.send(thread, "changed")
            # The job is needed also when no worker is at it: a killed attempt may have left text on the screen.
            await self._jobs.add(thread, ts)
        elif state != "waiting":
            await self._inbox.forget(thread, ts)
        return state

    async def ask_again(self, inbound: Inbound) -> None:
        if await self._inbox.reopen(inbound):
            await self._jobs.add(inbound.thread, inbound.ts)

    async def go_on(self, inbound: Inbound) -> None:
        """Ask for the rest of an answer. A second press before the answer comes changes nothing."""
        waiting = await self._inbox.waiting(inbound.thread)
        if not any((message.user, message.text) == (inbound.user, inbound.text) for message in waiting):
            await self.ask_again(inbound)

    async def stop(self, thread: ThreadId) -> tuple[Inbound, ...]:
        """End the running answer where it is. When no turn runs yet, take the waiting questions out of the inbox.

        Return these questions: the caller has to tell their authors, because no turn will.
        """
        waiting = () if await self._inbox.is_running(thread) else await self._inbox.waiting(thread)
        await self._signals.send(thread, "stopped")
        return tuple([message for message in waiting if await self._inbox.delete(thread, message.ts) == "waiting"])
