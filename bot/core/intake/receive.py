"""Receiver decides whether a message is answered, puts it into the inbox, and adds a job. Slack is acknowledged after
that, so all of it may take only milliseconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, get_args

from bot.core.intake.policy import Arrival, ChannelMode, NoRoom, ThreadFollowing, Verdict, channel_mode, decide, is_open
from bot.core.people.preferences import Choice
from bot.core.ports import Admission
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError

PATIENCE_S = 2.3
FULL: Mapping[str, NoRoom] = {word: word for word in get_args(NoRoom)}


class Inbox(Protocol):
    async def following(self, thread: ThreadId) -> ThreadFollowing: ...

    async def stay_quiet(self, thread: ThreadId) -> None: ...

    async def admit(self, inbound: Inbound, *, follow: bool) -> Admission: ...

    async def is_running(self, thread: ThreadId) -> bool: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def delete(self, thread: ThreadId, ts: str) -> str: ...


class Jobs(Protocol):
    async def add(self, thread: ThreadId, ts: str) -> None: ...


class Channels(Protocol):
    """The settings of channels. Raises StateError."""

    async def channel_choice(self, team: str, channel: str) -> Choice: ...


class Receiver:
    """After `receive` has returned, a crash loses no message. It raises StateError when it can't promise that.

    The caller carries out a `stop`, which is not stored.
    """

    def __init__(
        self,
        inbox: Inbox,
        jobs: Jobs,
        refused: Callable[[str], None] = lambda _: None,
        bots: frozenset[str] = frozenset(),
        channels: Channels | None = None,
    ) -> None:
        """`refused` counts refused messages, by where there was no room: thread, person or workspace. `bots` are the
        ids of the bots that may mention this one.
        """
        self._channels = channels
        self._inbox = inbox
        self._jobs = jobs
        self._refused = refused
        self._bots = bots

    async def receive(self, arrival: Arrival, inbound: Inbound) -> Verdict:
        """Decide about a message, and keep it if it is for the bot."""
        return await _in_time(self._receive(arrival, inbound))

    async def receive_order(self, inbound: Inbound) -> Verdict:
        """Keep what a person asked for by a command, a dialogue or a menu. It is always for the bot, and no “stop”."""
        return await _in_time(self._admit(inbound, follow=True))

    async def _receive(self, arrival: Arrival, inbound: Inbound) -> Verdict:
        following, mode = await self._following_and_mode(arrival, inbound)
        verdict = decide(arrival, following, self._bots, mode)
        if verdict == "stop":
            verdict = await self._stop(inbound)
        if verdict == "stay_quiet":
            await self._inbox.stay_quiet(inbound.thread)
        if verdict == "answer":
            # A mention arrives as two events. The message is claimed only here, so that the event that is not for the
            # bot does not block the one that is.
            begins_thread = arrival.mentions_bot or (mode == "listens" and not arrival.is_reply)
            return await self._admit(inbound, follow=begins_thread)
        return verdict

    async def _admit(self, inbound: Inbound, *, follow: bool) -> Verdict:
        """Put the message into the inbox. `follow`: the thread's later messages are for the bot without a mention."""
        admission = await self._inbox.admit(inbound, follow=follow)
        if (full := FULL.get(admission.state)) is not None:
            if admission.is_refused_now:
                self._refused(full.removeprefix("full_"))
            return full if admission.is_telling else "full"
        if admission.state != "answered":
            # Also for a message that was admitted before: the process may have died before it added the job.
            await self._jobs.add(inbound.thread, inbound.ts)
        if admission.state != "new":
            return "known"
        return "answer_later" if admission.is_turn_running else "answer"

    async def _following_and_mode(self, arrival: Arrival, inbound: Inbound) -> tuple[ThreadFollowing, ChannelMode]:
        """Look up how the thread is followed and the mode of the channel, when the decision depends on them."""
        if not is_open(arrival):
            return "none", "usual"
        mode = await self._mode(inbound)
        if mode == "quiet" or not arrival.is_reply:
            return "none", mode
        return await self._inbox.following(inbound.thread), mode

    async def _mode(self, inbound: Inbound) -> ChannelMode:
        if self._channels is None:
            return "usual"
        try:
            return channel_mode(await self._channels.channel_choice(inbound.team, inbound.channel))
        except StateError:
            # Most messages of channels are not for the bot, so Slack should not deliver all of them again.
            return "usual"

    async def _stop(self, inbound: Inbound) -> Verdict:
        is_running = await self._inbox.is_running(inbound.thread)
        if not is_running and not await self._inbox.waiting(inbound.thread):
            return "answer"  # there is nothing to stop, so the person says it to the bot
        # The message is marked as handled: a second delivery of it must not stop a later answer.
        state = await self._inbox.delete(inbound.thread, inbound.ts)
        return "ignore" if state in {"offered", "answered", "told"} else "stop"


async def _in_time(receiving: Awaitable[Verdict]) -> Verdict:
    """Raises StateError after PATIENCE_S. Slack waits 3 s for an acknowledgement, and delivers again when it comes
    later.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await receiving
    except TimeoutError:
        raise StateError("the store did not answer in time") from None
