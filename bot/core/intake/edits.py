"""What people do to messages they have sent: edit, delete, ask again, stop the answer."""

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
    """Raises StateError when the state is away: Slack is then to deliver again."""

    def __init__(self, inbox: EditableInbox, jobs: Jobs, signals: Signals) -> None:
        self._inbox = inbox
        self._jobs = jobs
        self._signals = signals

    async def edited(self, inbound: Inbound) -> str:
        """`waiting`, `taken` (by a running turn): it will be answered as edited; `answered`: offer to answer again;
        `unknown`: it was not for us, but may be now; `offered`: nothing more is to be done.
        """
        state = await self._inbox.edit(inbound)
        if state == "taken":
            await self._signals.send(inbound.thread, "changed")
        if state in {"taken", "waiting"}:
            await self._jobs.add(inbound.thread, inbound.ts)
        return state

    async def deleted(self, thread: ThreadId, ts: str) -> str:
        """Gives the state it was in, as `edited` does."""
        state = await self._inbox.delete(thread, ts)
        if state == "taken":
            await self._signals.send(thread, "changed")
            # Also when no worker has it now: an attempt that was killed may have left something on the screen.
            await self._jobs.add(thread, ts)
        elif state != "waiting":
            await self._inbox.forget(thread, ts)
        return state

    async def ask_again(self, inbound: Inbound) -> None:
        if await self._inbox.reopen(inbound):
            await self._jobs.add(inbound.thread, inbound.ts)

    async def go_on(self, inbound: Inbound) -> None:
        """As `ask_again`, for a press that asks the same each time: pressed twice before it is answered, it is one."""
        waiting = await self._inbox.waiting(inbound.thread)
        if not any((one.user, one.text) == (inbound.user, inbound.text) for one in waiting):
            await self.ask_again(inbound)

    async def stop(self, thread: ThreadId) -> tuple[Inbound, ...]:
        """The answer under way ends where it is. Gives the questions that were still in line: they get none now, and
        nobody else tells of it.
        """
        in_line = () if await self._inbox.is_running(thread) else await self._inbox.waiting(thread)
        await self._signals.send(thread, "stopped")
        return tuple([one for one in in_line if await self._inbox.delete(thread, one.ts) == "waiting"])
