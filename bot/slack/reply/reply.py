"""The answer of one turn, given to the person as it is written.

Text is only noted when it comes; one task beside sends it, by time and size, so that the model is never held up by
Slack and calls stay few: the first text at once, then about one call a second, fewer as the answer grows.
"""

import asyncio
import time

import structlog

from bot.core.checkpoint import Progress
from bot.core.inbound import Inbound
from bot.core.interrupts import Interrupted
from bot.core.lease import Lease, TurnTaken
from bot.core.ports import Doing, Exhibits, Foot
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Gateway
from bot.slack.markdown.cut import LONGEST_MESSAGE
from bot.slack.read.history import History
from bot.slack.reply.buffer import about
from bot.slack.reply.embeds import Illustrations
from bot.slack.reply.footer import foot_blocks
from bot.slack.reply.items import Share, words_of
from bot.slack.reply.message import EDIT_S, Screen
from bot.slack.reply.sequence import Flow
from bot.slack.reply.shown import Shown, StoppedByPerson
from bot.slack.reply.status import Status
from bot.slack.reply.titles import title_of
from bot.words import say, text

log = structlog.get_logger(__name__)

FIRST_TEXT_S = 0.15
LAST_WORD_S = 0.06
FLUSH_S = 1.0
SLOWEST_FLUSH_S = 3.0
FINISH_PATIENCE_S = 60.0
# Beyond so many messages the answer comes as a file too.
MOST_MESSAGES = 4
FILE_NAME = "answer.md"
ELSEWHERE = text("I can't answer in <#{channel}> ({reason}), so here it is:")
NEW_ANSWER = text("New answer to *{question}*")
NEW_ANSWER_ABOVE = text("New answer to a question above")
SETTLE_S = 5.0
CARD_CHARS = 250  # slack.md §1.3


class SlackReply:
    def __init__(
        self, gateway: Gateway, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        # Asked before every try of every call: a worker that slept writes nothing more.
        self._gateway = gateway.under(lease.check)
        self.status = Status(self._gateway, question)
        self._flow = Flow(Screen(self._gateway, question), self.status, history, question, lease, known)
        self._question = question
        self._known = known
        self._lease = lease
        self._barred: SlackError | None = None  # nothing can be shown in the thread any more
        self._left: tuple[str, ...] = ()  # what stands in a place that was closed to us, and is said anew
        self._flushes = 0
        self._broken: Exception | None = None
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()

    # -- what the turn says -------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self._flow.outgoing.written

    def show_status(self, text: str) -> None:
        self.status.show(text)

    def show_exhibits(self, exhibits: Exhibits, language: str) -> None:
        outgoing = self._flow.outgoing
        outgoing.knows, outgoing.language = exhibits.knows, language
        self._flow.resolve = Illustrations(self._gateway, exhibits, outgoing).item

    def show_doing(self, doing: Doing) -> None:
        card = {"type": "task_update", "id": doing.id, "title": doing.title[:CARD_CHARS], "status": doing.state}
        if doing.output:
            card["output"] = doing.output[:CARD_CHARS]
        self._flow.cards.add(card)
        self._news.set()

    def write(self, text: str) -> None:
        if self._broken:
            broken, self._broken = self._broken, None
            raise broken
        self._flow.outgoing.write(text)
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
        flow = self._flow
        if self._barred is None:
            try:
                await flow.close(foot)
            except SlackError as refused:
                if refused.is_passing:
                    raise
                self._barred = refused
        if self._barred is not None:
            await self._tell_privately(self._barred, language)
        whole = words_of(flow.outgoing.whole)
        # Where pictures stand in messages of their own, many messages are not yet a long answer.
        is_long = len(self._lease.progress.reply_ts) > MOST_MESSAGES and len(whole) > LONGEST_MESSAGE
        while flow.outgoing.shares:
            await flow.share(flow.outgoing.shares.pop(0))
        if is_long:
            await flow.share(Share(FILE_NAME, whole.encode(), about(whole, language)))

    async def _tell_privately(self, barred: SlackError, language: str) -> None:
        """The thread is closed to us: the person who asked gets the answer directly. Raises when that fails too."""
        flow = self._flow
        if not flow.screen.is_private:
            if not self._question.user:
                raise barred
            if flow.shown is not None:
                await flow.screen.let_go(flow.shown)
            words = say(ELSEWHERE, language, channel=self._question.channel, reason=barred.code)
            await flow.screen.go_private(words)
            if self._question.place == "dm":
                self._left = self._lease.progress.reply_ts
            flow.shown = None
            flow.outgoing.again()
        await flow.close([])
        while self._left:
            await flow.let_go(self._left[0])
            self._left = self._left[1:]

    async def restart(self) -> None:
        """The last message is rewritten from its beginning, the others go."""
        async with self._lock:
            flow = self._flow
            flow.outgoing.clear()
            self._broken, self._flushes = None, 0
            flow.heading = self._heading()
            *others, last = self._lease.progress.reply_ts or (None,)
            for ts in filter(None, others):
                await flow.take_away(ts)
            if last:
                if flow.shown and flow.shown.ts == last:
                    await flow.screen.end(flow.shown)
                # Another one has ended long ago, most likely: Slack says so at its edit where it has not.
                keeps_place = bool(self._question.redo)
                flow.shown = Shown(last, "edit", (), was_streamed=True, keeps_place=keeps_place)
        self.status.reopen()

    def _heading(self) -> str:
        """For an answer that is written anew and can't stay in its place: which question it answers."""
        question, ours = self._question, self._lease.progress.reply_ts
        if not question.redo or not any(float(ts) > max(map(float, ours), default=0.0) for ts in self._known):
            return ""
        title = title_of(question.text, [file.name for file in question.files])
        words = say(NEW_ANSWER if title else NEW_ANSWER_ABOVE, self._flow.outgoing.language, question=title)
        return f"{words}\n\n"

    async def withdraw(self) -> None:
        async with self._lock:
            for ts in self._lease.progress.reply_ts:
                await self._flow.take_away(ts)
            self._flow.shown = None
        self.status.take_over()

    async def hand_over(self) -> None:
        try:
            async with asyncio.timeout(SETTLE_S), self._lock:
                if self._flow.shown:
                    await self._flow.screen.end(self._flow.shown)
        except (TimeoutError, SlackError, TurnTaken) as trouble:
            log.warning("reply.hand_over_failed", reason=type(trouble).__name__)

    async def discard(self, left: Progress) -> None:
        for ts in left.reply_ts:
            await self._flow.take_away(ts)
        if left.posting:
            await self._flow.remove_strays()
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
            if self._flow.shown and self._flow.shown.mode == "edit":
                pause_s = max(pause_s, self._flow.shown.edited_at + EDIT_S - time.monotonic())
            await asyncio.sleep(pause_s)
            return
        deadline = time.monotonic() + FIRST_TEXT_S
        while (left_s := deadline - time.monotonic()) > 0 and not self._flow.outgoing.has_sentence:
            if self._flow.has_cards:
                return  # a tool is at work: that is worth showing at once
            self._news.clear()
            try:
                async with asyncio.timeout(left_s):
                    await self._news.wait()
            except TimeoutError:
                return
        # The sentence may have been all: then it is one post, not a stream begun and ended.
        await asyncio.sleep(min(LAST_WORD_S, max(0.0, deadline - time.monotonic())))

    async def _flush(self) -> float:
        """Send what can be sent; the seconds to wait before trying again when Slack did not take it."""
        async with self._lock:
            self._flushes += 1
            try:
                await self._flow.send()
            except Busy as busy:
                return min(busy.retry_after_s, SLOWEST_FLUSH_S)
            except SlackError as refused:
                if refused.is_final:
                    raise
                return FLUSH_S
        return 0.0
