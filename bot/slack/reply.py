"""The answer of one turn, given to the person as it is written.

Text is only noted when it comes; one task beside sends it, by time and size, so that the model is never held up by
Slack and calls stay few: the first text at once, then about one call a second, fewer as the answer grows.
"""

import asyncio
import time

import structlog

from bot.core.inbound import Inbound
from bot.core.interrupts import Interrupted
from bot.core.lease import Lease, TurnTaken
from bot.core.ports import Foot
from bot.core.progress import Progress
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.foot import foot_blocks
from bot.slack.gateway import Busy, Gateway, Unconfirmed
from bot.slack.history import History
from bot.slack.markdown import cut, split
from bot.slack.outgoing import Outgoing, about
from bot.slack.screen import EDIT_S, Screen, Shown, StoppedByPerson, Uneditable
from bot.slack.status import Status
from bot.words import say, text

log = structlog.get_logger(__name__)

FIRST_TEXT_S = 0.15
FLUSH_S = 1.0
SLOWEST_FLUSH_S = 3.0
FINISH_PATIENCE_S = 60.0
# Beyond so many messages the answer comes as a file too.
MOST_MESSAGES = 4
FILE_NAME = "answer.md"
SHEET_NAME = "table-{number}.csv"
SHEET = text("The whole table as a sheet")
ELSEWHERE = text("I can't answer in <#{channel}> ({reason}), so here it is:")
SETTLE_S = 5.0


class SlackReply:
    def __init__(
        self, gateway: Gateway, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        # Asked before every try of every call: a worker that slept writes nothing more.
        gateway = gateway.under(lease.check)
        self.status = Status(gateway, question)
        self._screen = Screen(gateway, question)
        self._history = history
        self._question = question
        self._lease = lease
        self._known = known
        self._text = Outgoing()
        self._barred: SlackError | None = None  # nothing can be shown in the thread any more
        self._shown: Shown | None = None
        self._flushes = 0
        self._broken: Exception | None = None
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()

    # -- what the turn says -------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self._text.written

    def show_status(self, text: str) -> None:
        self.status.show(text)

    def write(self, text: str) -> None:
        if self._broken:
            broken, self._broken = self._broken, None
            raise broken
        self._text.write(text)
        if text:
            self._news.set()

    async def finish(self, foot: Foot) -> None:
        deadline = time.monotonic() + FINISH_PATIENCE_S
        while True:
            try:
                async with self._lock:
                    await self._end(foot_blocks(foot), foot.language)
            except SlackError as trouble:
                if not trouble.is_passing:
                    raise
                wait_s = trouble.retry_after_s if isinstance(trouble, Busy) else 1.0
                if time.monotonic() + wait_s > deadline:
                    raise
                await asyncio.sleep(wait_s)
            else:
                return

    async def _end(self, foot: Blocks, language: str) -> None:
        if self._barred is None:
            try:
                await self._close(foot)
            except SlackError as refused:
                if refused.is_passing:
                    raise
                self._barred = refused
        if self._barred is not None:
            await self._tell_privately(self._barred, language)
            return
        for number, sheet in enumerate(self._text.sheets, start=1):
            await self._screen.attach(SHEET_NAME.format(number=number), sheet, say(SHEET, language))
        if len(self._lease.progress.reply_ts) > MOST_MESSAGES:
            await self._screen.attach(FILE_NAME, self._text.whole, about(self._text.whole, language))

    async def _tell_privately(self, barred: SlackError, language: str) -> None:
        """The thread is closed to us: the person who asked gets the answer directly. Raises when that fails too."""
        if self._question.place == "dm" or not self._question.user:
            raise barred
        self._text.take_in(is_final=True)
        await self._screen.go_private(say(ELSEWHERE, language, channel=self._question.channel, reason=barred.code))
        self._shown = None
        self._text.again()
        await self._close([])

    async def restart(self) -> None:
        """The last message is rewritten from its beginning, the others go."""
        async with self._lock:
            self._text.clear()
            self._broken, self._flushes = None, 0
            *others, last = self._lease.progress.reply_ts or (None,)
            for ts in filter(None, others):
                await self._take_away(ts)
            if last:
                stream = self._shown if self._shown and self._shown.ts == last else Shown(last, "stream", "")
                await self._screen.end(stream)
                self._shown = Shown(last, "edit", "")
        self.status.reopen()

    async def withdraw(self) -> None:
        async with self._lock:
            for ts in self._lease.progress.reply_ts:
                await self._take_away(ts)
            self._shown = None
        self.status.take_over()

    async def hand_over(self) -> None:
        try:
            async with asyncio.timeout(SETTLE_S), self._lock:
                if self._shown:
                    await self._screen.end(self._shown)
        except (TimeoutError, SlackError, TurnTaken) as trouble:
            log.warning("reply.hand_over_failed", reason=type(trouble).__name__)

    async def discard(self, left: Progress) -> None:
        for ts in left.reply_ts:
            await self._take_away(ts)
        if left.posting:
            await self._remove_strays()
            await self._lease.not_posted()

    async def settle(self) -> None:
        """However the turn ended, no status is left hanging."""
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.status.clear()
        except (TimeoutError, SlackError, TurnTaken) as trouble:
            log.warning("reply.status_left", reason=type(trouble).__name__)

    # -- sending ------------------------------------------------------------------------------------------------

    async def keep_sending(self) -> None:
        """Runs beside the turn until it is cancelled. What ends it is told to the turn at its next word."""
        try:
            while True:
                await self._news.wait()
                await self._wait_for_more()
                self._news.clear()
                pause_s = await self._flush()
                if pause_s:
                    await asyncio.sleep(pause_s)
                    self._news.set()
        except SlackError as refused:
            # The model goes on; what it says is told elsewhere at the end.
            self._barred = refused
        except TurnTaken as taken:
            self._broken = taken
        except StoppedByPerson:
            self._broken = Interrupted("stopped")

    async def _wait_for_more(self) -> None:
        """Until enough has come to be worth a call: the first sentence or 150 ms; later by the second."""
        if self._flushes:
            pause_s = min(FLUSH_S + 0.1 * max(0, self._flushes - 5), SLOWEST_FLUSH_S)
            if self._shown and self._shown.mode == "edit":
                pause_s = max(pause_s, self._shown.edited_at + EDIT_S - time.monotonic())
            await asyncio.sleep(pause_s)
            return
        deadline = time.monotonic() + FIRST_TEXT_S
        while time.monotonic() < deadline and not self._text.has_sentence:
            self._news.clear()
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._news.wait()
            except TimeoutError:
                return

    async def _flush(self) -> float:
        """Send what can be sent; the seconds to wait before trying again when Slack did not take it."""
        async with self._lock:
            self._flushes += 1
            try:
                await self._send()
            except Busy as busy:
                return min(busy.retry_after_s, SLOWEST_FLUSH_S)
            except SlackError as refused:
                if refused.is_final:
                    raise
                return FLUSH_S
        return 0.0

    async def _send(self) -> None:
        self._text.take_in(is_final=False)
        await self._fill(is_final=False)
        if not self._text.pending.strip():
            return
        if self._shown is None:
            self._shown = await self._open(self._text.pending)
        else:
            await self._grow(self._shown)
        self._text.pending = ""

    async def _grow(self, shown: Shown) -> None:
        try:
            goes_on = await self._screen.grow(shown, self._text.pending)
        except Uneditable:
            await self._move(shown, shown.text + self._text.pending, [])
            return
        if not goes_on:
            # The stream had ended under us: what it shows stays, the rest goes on in a new message.
            self._shown = await self._open(self._text.pending)

    async def _shut(self, shown: Shown, foot: Blocks, last: str) -> None:
        try:
            await self._screen.close(shown, foot, last=last)
        except Uneditable:
            await self._move(shown, shown.text + last, foot)

    async def _move(self, shown: Shown, text: str, foot: Blocks) -> None:
        """A message that can't be edited gives way to a new one with all of its text."""
        self._shown = await self._open(text, foot, whole=True)
        await self._take_away(shown.ts)

    async def _close(self, foot: Blocks) -> None:
        self._text.take_in(is_final=True)
        await self._fill(is_final=True)
        if self._shown is None:
            self._shown = await self._open(self._text.pending, foot, whole=True)
        else:
            await self._shut(self._shown, foot, self._text.pending)
        self._text.pending = ""

    async def _fill(self, *, is_final: bool) -> None:
        """End messages that are full, or streams that are old, with the part of the pending text that still fits."""
        while True:
            before = self._shown.text if self._shown else ""
            is_old = self._shown is not None and self._shown.is_old
            at = cut(before + self._text.pending, len(before), is_final=is_final, must_rotate=is_old)
            if at is None:
                return
            head, tail = split(before + self._text.pending, at)
            last = head[len(before) :]
            if self._shown is None:
                await self._open(last, whole=True)
            else:
                await self._shut(self._shown, [], last)
            self._shown, self._text.pending = None, tail

    async def _open(self, text: str, foot: Blocks | None = None, *, whole: bool = False) -> Shown:
        await self.status.end()
        if self._lease.progress.posting:
            # A post whose answer never came may have arrived.
            await self._remove_strays()
        await self._lease.posting()
        try:
            shown = await self._screen.open(text, foot or [], whole=whole)
        except SlackError as refused:
            if not isinstance(refused, Unconfirmed):
                await self._lease.not_posted()
            raise
        self.status.replaced()
        await self._lease.posted(shown.ts)
        return shown

    async def _take_away(self, ts: str) -> None:
        await self._screen.remove(ts)
        await self._lease.removed(ts)

    async def _remove_strays(self) -> None:
        """Messages of ours that nobody knows of: posted by a call whose answer never came."""
        ours = self._known | set(self._lease.progress.reply_ts)
        for ts in await self._history.own_since(self._question, self._lease.since_ts):
            if ts not in ours:
                await self._screen.remove(ts)
