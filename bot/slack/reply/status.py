"""Status shows “glm is thinking…” while a turn runs, keeps it up to date, and clears it at the end.

`assistant.threads.setStatus` takes free text, and Slack removes the text when a message comes (slack.md §1.5). If the
app may not use it, the state of the agent's session shows at least that the bot works (§1.4); without both, nothing is
shown.

Text and session share one place on the screen. Text makes the session `processing`; no text makes it `active`, and so
does the regular end of a stream. Nothing else does, also not Slack's own Stop button. So at the end of every turn, a
session that may still be processing is set to active.
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

# Slack removes a status after 2 minutes (slack.md §1.5).
RENEW_AFTER_S = 100.0
# When “thinking” becomes “still thinking” and when its seconds are updated: often at first, then less often.
STILL_AT_S = (15, 20, 30, 45, 60, 90)
STILL_EVERY_S = 30.0
# The words shown while the model thinks, and their languages.
THOUGHTS = {say(THINKING, language): language for language in ("en", *languages())}
Kind = Literal["text", "session", "none"]
# These refusals are about the app, not about this thread.
NEVER = frozenset({"unknown_method", "not_agent_app", "missing_scope", "not_allowed_token_type", "method_deprecated"})
# This one may be about the app, which is no agent, or about the channel, which the app is not in. Such a channel
# refuses text too.
UNSURE = "not_authorized"


class Status:
    def __init__(self, gateway: Gateway, question: Inbound, clock: Callable[[], float] = time.monotonic) -> None:
        self._gateway = gateway
        self._channel = question.channel
        self._thread_ts = question.root_ts
        self._kind: Kind = "text"
        self._wanted = ""
        self._is_shown = False
        # True at the beginning, since an earlier attempt may have died and left the session processing.
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
        """Clear the status at the end in any case: an attempt that died may have left one on the screen."""
        self._is_shown = True

    async def keep_showing(self) -> None:
        """Show and renew the status until cancelled. Refusals of Slack's do not end it."""
        while True:
            try:
                async with asyncio.timeout(self._due_in_s()):
                    await self._news.wait()
            except TimeoutError:
                pass  # the text is the same, but it has to be renewed, or its seconds updated
            self._news.clear()
            async with self._lock:
                if not self._ended:
                    # Set before the call, since a call that the end of the turn cancels may have arrived.
                    self._is_shown = True
                    try:
                        await self._send(self._words())
                    except TurnTaken:
                        return  # another worker has the turn, and shows its own status
                    self._is_shown = self._kind != "none"

    def _due_in_s(self) -> float | None:
        if not self._is_shown or self._ended:
            return None
        if self._kind != "text" or self._wanted not in THOUGHTS:
            return RENEW_AFTER_S
        elapsed_s = self._clock() - self._began_at
        return min(RENEW_AFTER_S, next((at - elapsed_s for at in STILL_AT_S if at > elapsed_s), STILL_EVERY_S))

    def _words(self) -> str:
        """The text, with the seconds after a while, so that people see that a slow answer is not dead."""
        seconds = round(self._clock() - self._began_at)
        if self._wanted not in THOUGHTS or seconds < STILL_AT_S[0]:
            return self._wanted
        return say(STILL_THINKING, THOUGHTS[self._wanted], seconds=seconds)

    def reopen(self) -> None:
        """Show statuses again, since the answer begins again."""
        self._ended = False

    async def end(self) -> None:
        """Show no more statuses, since text follows. Returns when a call that was under way is done."""
        self._ended = True
        async with self._lock:
            return

    def message_posted(self) -> None:
        """Slack has removed the status, but the session may still be processing. (An edit changes neither.)"""
        self._may_process = True
        self._is_shown = False

    def stream_stopped(self) -> None:
        """A stream was stopped in the regular way, so Slack has made the session active (slack.md §1.3)."""
        self._may_process = False

    async def clear(self) -> None:
        """Remove the status, and set the session to active. Raises SlackError and TurnTaken."""
        await self.end()
        if self._is_shown:
            await self._send("")
        elif self._may_process:
            await self._set_active()
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

    async def _set_active(self) -> None:
        """Set the session to active; by an empty status if Slack is too busy for the newer method."""
        if "session" in self._gateway.no_status:
            return
        try:
            await self._gateway.set_session(self._channel, self._thread_ts, "active")
        except SlackError as refused:
            self._note("session", refused)
            if refused.is_passing and self._kind == "text":
                await self._send("")

    def _note(self, kind: str, refused: SlackError) -> None:
        """Remember for the workspace that a way of showing a status does not exist."""
        is_only_here = self._kind != "text" and "text" not in self._gateway.no_status
        if refused.code in NEVER or (refused.code == UNSURE and kind == "session" and not is_only_here):
            self._gateway.no_status.add(kind)


class WaitingNotices:
    """Tells a thread that its question waits, in its asker's language, while no turn of it runs that could say so."""

    def __init__(self, gateway: Gateway, history: History) -> None:
        self._gateway = gateway
        self._history = history

    async def waits(self, question: Inbound, words: str) -> None:
        """Show a marked text as the thread's status. Never fails."""
        language = (await self._history.person(question.team, question.user, question.channel)).language
        try:
            await self._gateway.set_status(question.channel, question.root_ts, say(words, language))
        except SlackError:
            return  # the answer comes all the same
