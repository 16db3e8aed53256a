"""“glm is thinking…”: shown at once, changed while things go on, and never left hanging.

`assistant.threads.setStatus` takes free text and is removed by Slack when a message comes (slack.md §1.5). Where an
app may not use it, the agent's session at least shows that it works (§1.4); where neither exists, nothing is shown.

Text and session are one place on the screen: text makes the session `processing`, no text makes it `active`, and so
does the regular end of a stream. Nothing else does, a native Stop least of all: so whatever way a turn ends, a session
that may still be processing is told at the end that it is not.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import TurnTaken
from bot.core.waiting import STILL_THINKING, THINKING
from bot.errors import SlackError
from bot.slack.gateway import Gateway, Unconfirmed
from bot.slack.read.history import History
from bot.words import languages, say

# Slack takes a status away after 2 minutes (slack.md §1.5).
RENEW_AFTER_S = 100.0
# When “thinking” becomes “still thinking”, and is told anew: often at first, then more and more rarely.
STILL_AT_S = (15, 20, 30, 45, 60, 90)
STILL_EVERY_S = 30.0
# The languages of what is shown while the model thinks.
THOUGHTS = {say(THINKING, language): language for language in ("en", *languages())}
Kind = Literal["text", "session", "none"]
# Refusals that hold for the app, not for this thread.
NEVER = frozenset({"unknown_method", "not_agent_app", "missing_scope", "not_allowed_token_type", "method_deprecated"})
# … or for both: the app is no agent, or is not in this channel, which takes no text either then.
UNSURE = "not_authorized"


class Status:
    def __init__(self, gateway: Gateway, question: Inbound, clock: Callable[[], float] = time.monotonic) -> None:
        self._gateway = gateway
        self._channel = question.channel
        self._thread_ts = question.root_ts
        self._kind: Kind = "text"
        self._wanted = ""
        self._is_shown = False
        # The session, though no status of ours stands there: an attempt before this one may have died over it.
        self._may_process = True
        self._ended = False
        self._clock = clock
        self._began_at = clock()
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
                async with asyncio.timeout(self._due_in_s()):
                    await self._news.wait()
            except TimeoutError:
                pass  # not changed, but due to be renewed, or to tell how long it has been
            self._news.clear()
            async with self._lock:
                if not self._ended:
                    # Before the call: one that is cut off by the end of the turn may have arrived.
                    self._is_shown = True
                    try:
                        await self._send(self._words())
                    except TurnTaken:
                        return  # another worker shows its own
                    self._is_shown = self._kind != "none"

    def _due_in_s(self) -> float | None:
        if not self._is_shown or self._ended:
            return None
        if self._kind != "text" or self._wanted not in THOUGHTS:
            return RENEW_AFTER_S
        passed_s = self._clock() - self._began_at
        return min(RENEW_AFTER_S, next((at - passed_s for at in STILL_AT_S if at > passed_s), STILL_EVERY_S))

    def _words(self) -> str:
        """Who waits for long is told how long it has been, so that a slow answer is no dead one."""
        seconds = round(self._clock() - self._began_at)
        if self._wanted not in THOUGHTS or seconds < STILL_AT_S[0]:
            return self._wanted
        return say(STILL_THINKING, THOUGHTS[self._wanted], seconds=seconds)

    def reopen(self) -> None:
        """Text will come anew, so there is something to say until it does."""
        self._ended = False

    async def end(self) -> None:
        """Text takes over: no status comes after it, not even one that is on its way."""
        self._ended = True
        async with self._lock:
            return

    def replaced(self) -> None:
        """A new message takes the status away, not the session's processing; an edited one takes neither."""
        self._may_process = True
        self._is_shown = False

    def settled(self) -> None:
        """A stream of ours was stopped in the regular way: Slack has made the session active (slack.md §1.3)."""
        self._may_process = False

    async def clear(self) -> None:
        await self.end()
        if self._is_shown:
            await self._send("")
        elif self._may_process:
            await self._rest()
        self._is_shown = self._may_process = False

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

    async def _rest(self) -> None:
        """The session to active; by the older way when Slack is too busy for the newer one."""
        if "session" in self._gateway.no_status:
            return
        try:
            await self._gateway.set_session(self._channel, self._thread_ts, "active")
        except SlackError as refused:
            self._note("session", refused)
            if refused.is_passing and self._kind == "text":
                await self._send("")

    def _note(self, kind: str, refused: SlackError) -> None:
        is_here_alone = self._kind != "text" and "text" not in self._gateway.no_status
        if refused.code in NEVER or (refused.code == UNSURE and kind == "session" and not is_here_alone):
            self._gateway.no_status.add(kind)


class WaitingNotices:
    """Tells a thread that its question waits, where no turn of its own can; in its asker's language."""

    def __init__(self, gateway: Gateway, history: History | None = None) -> None:
        self._gateway = gateway
        self._history = history

    async def waits(self, asked: Inbound, words: str) -> None:
        language = "en"
        if self._history:
            language = (await self._history.person(asked.team, asked.user, asked.channel)).language
        try:
            await self._gateway.set_status(asked.channel, asked.root_ts, say(words, language))
        except SlackError:
            return  # a courtesy; its answer comes all the same
