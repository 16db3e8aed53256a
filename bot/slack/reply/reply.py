"""SlackReply decides when the text of an answer is sent to Slack.

`write` only keeps the text; a task beside the turn sends it, by time and size. So Slack never holds up the model, and
calls stay few: the first text at once, then about one call a second, fewer as the answer grows.
"""

import asyncio
import time
from contextlib import suppress

import structlog

from bot.core.reply import ArtifactSource, Footer, TurnStep
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import Inbound
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import Lease, TurnTaken
from bot.errors import SlackError
from bot.slack.gateway import Busy, Gateway
from bot.slack.message_size import LONGEST_MESSAGE
from bot.slack.read.history import History
from bot.slack.reply import reasoning_block
from bot.slack.reply.footer import footer_blocks
from bot.slack.reply.items import SharedFile
from bot.slack.reply.sequence import Sequence
from bot.slack.reply.shown import StoppedByPerson
from bot.slack.reply.status import Status

log = structlog.get_logger(__name__)

FIRST_TEXT_S = 0.15
LAST_WORD_S = 0.06
FLUSH_S = 1.0
SLOWEST_FLUSH_S = 3.0
FINISH_PATIENCE_S = 60.0
SETTLE_S = 5.0
CARD_CHARS = 250  # slack.md §1.3


class SlackReply:
    """The answer of one turn. `known`: the ts of our messages in this thread that belong to earlier turns."""

    def __init__(
        self, gateway: Gateway, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        # The lease is checked before each try of each call, so that a worker that lost the turn writes nothing more.
        gateway = gateway.under(lease.check)
        self.status = Status(gateway, question)
        self._sequence = Sequence(gateway, self.status, history, question, lease, known)
        self._flushes = 0
        self._error: Exception | None = None  # what ended `keep_sending`
        self._is_over = False
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()

    # -- called by the turn -------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self._sequence.text

    def show_status(self, text: str) -> None:
        self.status.show(text)

    def show_artifacts(self, artifacts: ArtifactSource, language: str) -> None:
        self._sequence.show_artifacts(artifacts, language)

    def show_step(self, step: TurnStep) -> None:
        card = {"type": "task_update", "id": step.id, "title": step.title[:CARD_CHARS], "status": step.state}
        if step.output:
            card["output"] = step.output[:CARD_CHARS]
        self._sequence.add_card(card)
        self._news.set()

    def write(self, text: str) -> None:
        """Keep the text for sending. Raises what ended `keep_sending`: TurnTaken, or Interrupted by the Stop button."""
        if self._error:
            error, self._error = self._error, None
            raise error
        self._sequence.write(text)
        if text:
            self._news.set()

    async def finish(self, footer: Footer) -> None:
        """Send all that is left, with the footer under it. A passing refusal of Slack's is tried again for a minute.
        Raises SlackError.
        """
        room = max(0, LONGEST_MESSAGE - len(self.text))
        if (reasoning := footer.reasoning_note) and reasoning_block.is_file(reasoning, room):
            title = reasoning_block.title_of(reasoning)
            self._sequence.attach(SharedFile(reasoning_block.FULL_FILE, reasoning.full.encode(), title))
        blocks = footer_blocks(footer, room)
        deadline = time.monotonic() + FINISH_PATIENCE_S
        while True:
            try:
                async with self._lock:
                    await self._sequence.finish(blocks, footer.language)
            except SlackError as refused:
                if not refused.is_passing:
                    raise
                wait_s = refused.retry_after_s if isinstance(refused, Busy) else 1.0
                if time.monotonic() + wait_s > deadline:
                    raise
                await asyncio.sleep(wait_s)
            else:
                return

    async def restart(self) -> None:
        async with self._lock:
            self._error, self._flushes = None, 0
            await self._sequence.restart()
        self.status.reopen()

    async def withdraw(self) -> None:
        async with self._lock:
            await self._sequence.withdraw()
        self.status.take_over()

    async def stop_sending(self) -> None:
        """Send nothing more, and wait for the call that is under way: it may open a message. Never fails."""
        self._is_over = True
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S), self._lock:
                return

    async def hand_over(self) -> None:
        """End the stream, and send nothing more: another worker goes on. Never fails."""
        self._is_over = True  # else the text that waits would open a new message after the stream's end
        try:
            async with asyncio.timeout(SETTLE_S), self._lock:
                await self._sequence.end_stream()
        except (TimeoutError, SlackError, TurnTaken) as error:
            log.warning("reply.hand_over_failed", reason=type(error).__name__)

    async def discard(self, checkpoint: Checkpoint) -> None:
        await self._sequence.discard(checkpoint)

    async def settle(self) -> None:
        """Clear the status, however the turn ended. Never fails."""
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.status.clear()
        except (TimeoutError, SlackError, TurnTaken) as error:
            log.warning("reply.status_left", reason=type(error).__name__)

    # -- sending ------------------------------------------------------------------------------------------------

    async def keep_sending(self) -> None:
        """Send until cancelled. An error that ends it is raised by the turn's next `write`."""
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
            # The model goes on. The answer is sent in the direct messages at the end.
            self._sequence.refuse_thread(refused)
        except TurnTaken as error:
            self._error = error
        except StoppedByPerson:
            self._error = Interrupted("stopped")

    async def _wait_for_more(self) -> None:
        """Wait until there is enough for a call: at first the first sentence or 150 ms, later about a second."""
        if self._flushes:
            pause_s = min(FLUSH_S + 0.1 * max(0, self._flushes - 5), SLOWEST_FLUSH_S)
            await asyncio.sleep(max(pause_s, self._sequence.may_grow_at - time.monotonic()))
            return
        deadline = time.monotonic() + FIRST_TEXT_S
        while (left_s := deadline - time.monotonic()) > 0 and not self._sequence.has_sentence:
            if self._sequence.has_cards:
                return  # a tool runs: that is shown at once
            self._news.clear()
            try:
                async with asyncio.timeout(left_s):
                    await self._news.wait()
            except TimeoutError:
                return
        # If the sentence is the whole answer, one post is enough. A moment later that is known.
        await asyncio.sleep(min(LAST_WORD_S, max(0.0, deadline - time.monotonic())))

    async def _flush(self) -> float:
        """Send what can be sent. Returns how many seconds to wait before the next try if Slack did not take it."""
        async with self._lock:
            if self._is_over:
                return 0.0
            self._flushes += 1
            try:
                await self._sequence.send()
            except Busy as busy:
                return min(busy.retry_after_s, SLOWEST_FLUSH_S)
            except SlackError as refused:
                if refused.is_final:
                    raise
                return FLUSH_S
        return 0.0
