"""What happens to a message before Slack is told that it arrived: decided, written down, queued. Milliseconds."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol, get_args

from bot.core.intake.policy import Arrival, ChannelMode, NoRoom, ThreadFollowing, Verdict, decide, hearing_of, is_open
from bot.core.people.preferences import Choice
from bot.core.ports import Admission
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError

PATIENCE_S = 2.3
FULL: Mapping[str, NoRoom] = {word: word for word in get_args(NoRoom)}


class Inbox(Protocol):
    async def watch(self, thread: ThreadId) -> ThreadFollowing: ...

    async def stay_quiet(self, thread: ThreadId) -> None: ...

    async def admit(self, inbound: Inbound, *, follow: bool) -> Admission: ...

    async def is_running(self, thread: ThreadId) -> bool: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def delete(self, thread: ThreadId, ts: str) -> str: ...


class Jobs(Protocol):
    async def add(self, thread: ThreadId, ts: str) -> None: ...


class Channels(Protocol):
    """What people have chosen for a channel. Raises StateError."""

    async def hearing(self, team: str, channel: str) -> Choice: ...


class Receiver:
    """Once `receive` has returned, a crash loses nothing. It raises StateError when that can't be promised.

    `stop` is left to the caller: nothing is kept of it.
    """

    def __init__(
        self,
        inbox: Inbox,
        jobs: Jobs,
        refused: Callable[[str], None] = lambda _: None,
        bots: frozenset[str] = frozenset(),
        channels: Channels | None = None,
    ) -> None:
        """`refused` counts what there was no room for: it is told where. `bots` are the ids of those that may mention
        this one.
        """
        self._channels = channels
        self._inbox = inbox
        self._jobs = jobs
        self._refused = refused
        self._bots = bots

    async def receive(self, arrival: Arrival, inbound: Inbound) -> Verdict:
        try:
            # Slack waits 3 s; an answer that comes later is as good as none.
            async with asyncio.timeout(PATIENCE_S):
                return await self._receive(arrival, inbound)
        except TimeoutError:
            raise StateError("the store did not answer in time") from None

    async def _receive(self, arrival: Arrival, inbound: Inbound) -> Verdict:
        watch, hearing = await self._known(arrival, inbound)
        verdict = decide(arrival, watch, self._bots, hearing)
        if verdict == "stop":
            verdict = await self._stop(inbound)
        if verdict == "stay_quiet":
            await self._inbox.stay_quiet(inbound.thread)
        if verdict == "answer":
            # Claimed only now: a twin that was not for us never blocks the one that is.
            is_begun = arrival.mentions_bot or (hearing == "listens" and not arrival.is_reply)
            admission = await self._inbox.admit(inbound, follow=is_begun)
            if (full := FULL.get(admission.state)) is not None:
                if admission.is_refused_now:
                    self._refused(full.removeprefix("full_"))
                return full if admission.is_telling else "full"
            if admission.state != "answered":
                # Also when it was admitted before: the process may have died between the two.
                await self._jobs.add(inbound.thread, inbound.ts)
            if admission.state == "new" and admission.is_turn_running:
                return "answer_later"
        return verdict

    async def _known(self, arrival: Arrival, inbound: Inbound) -> tuple[ThreadFollowing, ChannelMode]:
        """Of the thread and of the channel, where it depends on them."""
        if not is_open(arrival):
            return "none", "usual"
        hearing = await self._hearing(inbound)
        if hearing == "quiet" or not arrival.is_reply:
            return "none", hearing
        return await self._inbox.watch(inbound.thread), hearing

    async def _hearing(self, inbound: Inbound) -> ChannelMode:
        if self._channels is None:
            return "usual"
        try:
            return hearing_of(await self._channels.hearing(inbound.team, inbound.channel))
        except StateError:
            # Most of what is said in channels is for nobody here: Slack need not send all of it again.
            return "usual"

    async def _stop(self, inbound: Inbound) -> Verdict:
        is_running = await self._inbox.is_running(inbound.thread)
        if not is_running and not await self._inbox.waiting(inbound.thread):
            return "answer"  # nothing to stop: it is something the person says
        # Claimed: its twin, or another delivery, is no question later, and stops no later answer.
        said_before = await self._inbox.delete(inbound.thread, inbound.ts)
        return "ignore" if said_before in {"offered", "answered", "told"} else "stop"
