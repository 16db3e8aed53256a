"""What happens to a message before Slack is told that it arrived: decided, written down, queued. Milliseconds."""

from typing import Protocol

from bot.core.inbound import Inbound, ThreadId
from bot.core.policy import Arrival, Verdict, Watch, decide
from bot.core.ports import Admission


class Inbox(Protocol):
    async def watch(self, thread: ThreadId) -> Watch: ...

    async def stay_quiet(self, thread: ThreadId) -> None: ...

    async def admit(self, inbound: Inbound, *, follow: bool) -> Admission: ...


class Jobs(Protocol):
    async def add(self, thread: ThreadId, ts: str) -> None: ...


class Receiver:
    """Once `receive` has returned, a crash loses nothing. It raises StateError when that can't be promised."""

    def __init__(self, inbox: Inbox, jobs: Jobs) -> None:
        self._inbox = inbox
        self._jobs = jobs

    async def receive(self, arrival: Arrival, inbound: Inbound) -> Verdict:
        watch: Watch = "none"
        if arrival.is_reply and not arrival.mentions_bot and arrival.place != "dm":
            watch = await self._inbox.watch(inbound.thread)
        verdict = decide(arrival, watch)
        if verdict == "stay_quiet":
            await self._inbox.stay_quiet(inbound.thread)
        if verdict == "answer":
            # Claimed only now: a twin that was not for us never blocks the one that is.
            admission = await self._inbox.admit(inbound, follow=arrival.mentions_bot)
            if admission != "answered":
                # Also when it was admitted before: the process may have died between the two.
                await self._jobs.add(inbound.thread, inbound.ts)
        return verdict
