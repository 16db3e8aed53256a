"""“glm is thinking…”: shown at once, changed while things go on, and never left hanging.

`assistant.threads.setStatus` takes free text and is removed by Slack when a message comes (slack.md §1.5). Where an
app may not use it, the agent's session at least shows that it works (§1.4); where neither exists, nothing is shown.
"""

import asyncio
from typing import Literal

from bot.core.inbound import Inbound, ThreadId
from bot.core.lease import TurnTaken
from bot.errors import SlackError
from bot.slack.gateway import Gateway, Unconfirmed

# Slack takes a status away after 2 minutes (slack.md §1.5).
RENEW_AFTER_S = 100.0
Kind = Literal["text", "session", "none"]
# Refusals that hold for the app, not for this thread.
NEVER = frozenset({"unknown_method", "not_agent_app", "missing_scope", "not_allowed_token_type", "method_deprecated"})


class Status:
    def __init__(self, gateway: Gateway, question: Inbound) -> None:
        self._gateway = gateway
        self._channel = question.channel
        self._thread_ts = question.root_ts
        self._kind: Kind = "text"
        self._wanted = ""
        self._is_shown = False
        self._ended = False
        self._news = asyncio.Event()
        self._lock = asyncio.Lock()

    def show(self, text: str) -> None:
        self._wanted = text
        self._news.set()

    def take_over(self) -> None:
        """An attempt that died may have left a status on the screen: it is to be cleared in any case."""
        self._is_shown = True

    async def keep_showing(self) -> None:
        """Runs beside the turn until it is cancelled; a status that can't be shown is no reason to stop."""
        while True:
            try:
                async with asyncio.timeout(RENEW_AFTER_S if self._is_shown and not self._ended else None):
                    await self._news.wait()
            except TimeoutError:
                pass  # not changed, but due to be renewed
            self._news.clear()
            async with self._lock:
                if not self._ended:
                    # Before the call: one that is cut off by the end of the turn may have arrived.
                    self._is_shown = True
                    try:
                        await self._send(self._wanted)
                    except TurnTaken:
                        return  # another worker shows its own
                    self._is_shown = self._kind != "none"

    def reopen(self) -> None:
        """Text will come anew, so there is something to say until it does."""
        self._ended = False

    async def end(self) -> None:
        """Text takes over: no status comes after it, not even one that is on its way."""
        self._ended = True
        async with self._lock:
            return

    def replaced(self) -> None:
        """A new message takes the status away; an edited one does not."""
        self._is_shown = False

    async def clear(self) -> None:
        await self.end()
        if self._is_shown:
            await self._send("")
        self._is_shown = False

    async def _send(self, text: str) -> None:
        if self._kind == "text" and "text" in self._gateway.no_status:
            self._kind = "session"
        if self._kind == "text":
            try:
                await self._gateway.set_status(self._channel, self._thread_ts, text)
            except Unconfirmed:
                return
            except SlackError as refused:
                self._kind = "text" if refused.code == "ratelimited" else "session"
                self._note("text", refused)
            else:
                return
        if self._kind == "session" and "session" in self._gateway.no_status:
            self._kind = "none"
        if self._kind == "session":
            try:
                await self._gateway.set_session(self._channel, self._thread_ts, "processing" if text else "active")
            except SlackError as refused:
                self._kind = "session" if refused.code in {"", "ratelimited"} else "none"
                self._note("session", refused)

    def _note(self, kind: str, refused: SlackError) -> None:
        if refused.code in NEVER:
            self._gateway.no_status.add(kind)


class WaitingNotices:
    """Tells a thread that its question waits, where no turn of its own can."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def waits(self, thread: ThreadId, words: str) -> None:
        try:
            await self._gateway.set_status(thread.channel, thread.root_ts, words)
        except SlackError:
            return  # a courtesy; its answer comes all the same
