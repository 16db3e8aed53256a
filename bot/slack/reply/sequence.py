"""Sequence writes the finished parts of an answer to Slack messages, and starts a new message when one is full.

bot.slack.reply.reply decides when something is sent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.core.reply import ArtifactSource
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import Lease
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Gateway
from bot.slack.markdown.cut import LONGEST_MESSAGE
from bot.slack.read.history import History
from bot.slack.reply.buffer import AnswerBuffer, PlacedLabel, file_caption
from bot.slack.reply.current_message import CurrentMessage, StreamEnded
from bot.slack.reply.embeds import Embeds
from bot.slack.reply.items import Item, Items, SharedFile, has_embeds, has_only_marks, is_blank, split_to_fit, words_of
from bot.slack.reply.message import Screen
from bot.slack.reply.own_messages import OwnMessages
from bot.slack.reply.shown import EmbedRefused, ShownMessage, TooLong
from bot.slack.reply.status import Status
from bot.slack.reply.task_cards import Chunk
from bot.slack.reply.titles import title_of
from bot.words import say, text

# An answer of more messages is shared as a file too.
MOST_MESSAGES = 4
FILE_NAME = "answer.md"
ELSEWHERE = text("I can't answer in <#{channel}> ({reason}), so here it is:")
NEW_ANSWER = text("New answer to *{question}*")
NEW_ANSWER_ABOVE = text("New answer to a question above")
MOST_RETRIES = 20  # each refusal teaches a smaller room, and some time nothing more

Resolve = Callable[[PlacedLabel], Awaitable[Item]]


class Sequence:
    """The messages of one answer. `known`: the ts of our messages in this thread that belong to earlier turns."""

    def __init__(
        self, gateway: Gateway, status: Status, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        self._gateway = gateway
        self._buffer = AnswerBuffer()
        self._screen = Screen(gateway, question)
        self._own = OwnMessages(self._screen, history, question, lease, known)
        self._current = CurrentMessage(self._screen, self._own, status, self._buffer)
        self._resolve: Resolve | None = None
        self._history = history
        self._question = question
        self._refusal: SlackError | None = None  # why Slack takes nothing more in the thread
        self._to_remove: tuple[str, ...] = ()  # messages of a direct message's thread that were posted again outside it

    # -- what is shown -------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All text that the model has written."""
        return self._buffer.written

    @property
    def has_sentence(self) -> bool:
        return self._buffer.has_sentence

    def write(self, text: str) -> None:
        self._buffer.write(text)

    @property
    def has_cards(self) -> bool:
        return self._current.has_cards

    @property
    def may_grow_at(self) -> float:
        return self._current.may_grow_at

    def add_card(self, card: Chunk) -> None:
        self._current.add_card(card)

    def show_artifacts(self, artifacts: ArtifactSource, language: str) -> None:
        """From now on, look up the labels in the text here."""
        self._buffer.knows, self._buffer.language = artifacts.knows, language
        self._resolve = Embeds(self._gateway, artifacts, self._buffer).item

    def attach(self, share: SharedFile) -> None:
        """Share this file with the answer, at its end."""
        self._buffer.shares.append(share)

    # -- how an answer goes on, and ends -------------------------------------------------------------------------

    def refuse_thread(self, refusal: SlackError) -> None:
        """Slack takes nothing more in the thread, so `finish` sends the answer in the direct messages."""
        self._refusal = refusal

    async def finish(self, footer: Blocks, language: str) -> None:
        """Send all that is left, with the footer under it, and the files. Raises SlackError for a passing refusal;
        called again, it goes on where it was.
        """
        if self._refusal is None:
            try:
                await self._end(footer)
            except SlackError as refused:
                if refused.is_passing:
                    raise
                self.refuse_thread(refused)
        if self._refusal is not None:
            await self._move_to_dm(self._refusal, language)
        answer = words_of(self._buffer.all_items)
        # An answer with pictures in messages of their own has many messages, but may be short.
        is_long = len(self._own.ts) > MOST_MESSAGES and len(answer) > LONGEST_MESSAGE
        while self._buffer.shares:
            await self._own.share(self._buffer.shares.pop(0))
        if is_long:
            await self._own.share(SharedFile(FILE_NAME, answer.encode(), file_caption(answer, language)))

    async def _move_to_dm(self, refusal: SlackError, language: str) -> None:
        """Send the whole answer to the asker's direct messages. Raises SlackError if Slack refuses that too."""
        if not self._screen.is_private:
            if not self._question.user:
                raise refusal
            if self._current.shown is not None:
                await self._screen.try_end(self._current.shown)
            words = say(ELSEWHERE, language, channel=self._question.channel, reason=refusal.code)
            await self._screen.go_private(words)
            if self._question.place == "dm":
                self._to_remove = self._own.ts
            self._current.shown = None
            self._buffer.show_again()
        await self._end([])
        while self._to_remove:
            await self._own.try_remove(self._to_remove[0])
            self._to_remove = self._to_remove[1:]

    async def restart(self) -> None:
        """Begin the answer again: the last message is rewritten from its beginning, the others are removed."""
        self._buffer.clear()
        self._current.heading = self._heading()
        *others, last = self._own.ts or (None,)
        for ts in filter(None, others):
            await self._own.remove(ts)
        if last:
            if self._current.shown and self._current.shown.ts == last:
                await self._current.end_stream()
            # A stream of an earlier attempt has most likely ended. If not, Slack says so when it is edited.
            keeps_place = bool(self._question.redo)
            self._current.shown = ShownMessage(last, "edit", (), was_streamed=True, keeps_place=keeps_place)

    def _heading(self) -> str:
        """Names the question, above an answer that is written again and has to stand below later messages."""
        question = self._question
        if not question.redo or not self._own.are_above_others:
            return ""
        title = title_of(question.text, [file.name for file in question.files])
        words = say(NEW_ANSWER if title else NEW_ANSWER_ABOVE, self._buffer.language, question=title)
        return f"{words}\n\n"

    async def withdraw(self) -> None:
        """Remove all messages of the answer."""
        for ts in self._own.ts:
            await self._own.remove(ts)
        self._current.shown = None

    async def end_stream(self) -> None:
        """Leave no message in the streaming state."""
        await self._current.end_stream()

    async def discard(self, checkpoint: Checkpoint) -> None:
        """Remove what an earlier attempt left visible."""
        for ts in checkpoint.reply_ts:
            await self._own.remove(ts)
        if checkpoint.posting:
            await self._own.remove_strays()
            await self._own.not_posted()

    # -- text, and the blocks between it -------------------------------------------------------------------------

    async def send(self) -> None:
        """Send what is ready. Raises SlackError."""
        self._buffer.make_ready(is_final=False)
        await self._current.send_cards()
        await self._resolve_labels()
        await self._retry_in_less_room(self._send)

    async def _end(self, footer: Blocks) -> None:
        """Send all that is left, with the footer under it."""
        self._buffer.make_ready(is_final=True)
        await self._current.close_cards()
        await self._resolve_labels()
        await self._retry_in_less_room(lambda: self._close(footer))

    async def _retry_in_less_room(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run the step, and again after each refusal that told how much has room. What Slack has not confirmed is still
        pending, and is cut to that size.
        """
        for _ in range(MOST_RETRIES):
            try:
                await step()
            except (TooLong, StreamEnded):
                continue
            return
        raise SlackError("msg_too_long")

    async def _send(self) -> None:
        items = await self._fill(self._buffer.pending, is_final=False)
        if not has_only_marks(items):
            await self._current.put(items)

    async def _close(self, footer: Blocks) -> None:
        items = await self._fill(self._buffer.pending, is_final=True)
        if self._current.shown is None and is_blank(items) and self._buffer.shares:
            if not footer:
                return  # Slack refuses an empty message, and the file has its caption
            items = self._buffer.caption_of_file()
        try:
            await self._current.write_whole(items, footer)
        except EmbedRefused:
            await self._current.put_one_by_one(items)
            await self._current.close(footer, ())
        else:
            self._buffer.confirm(items)

    async def _resolve_labels(self) -> None:
        """Put items in the place of labels, in their order. After an error, it goes on with the label that failed."""
        buffer = self._buffer
        while buffer.unresolved:
            item = buffer.unresolved[0]
            if isinstance(item, PlacedLabel):
                item = item.alt or item.label if self._resolve is None else await self._resolve(item)
            buffer.resolve(await self._with_names(item))

    async def _with_names(self, item: Item) -> Item:
        """The item with people's names in the place of their ids, which the model may write."""
        team = self._question.team
        if isinstance(item, str):
            return str(await self._history.named(team, item))
        block, words = await self._history.named(team, [item.block, item.words])
        return replace(item, block=block, words=words)

    async def _fill(self, items: Items, *, is_final: bool) -> Items:
        """End messages that are full, and streams that are old, with the items that still fit. Returns the items for
        the message after them.
        """
        current = self._current
        while True:
            shown = current.shown
            before, is_old = (shown.items, shown.is_old) if shown is not None else ((), False)
            room = self._screen.room(shown)
            parts = split_to_fit(before, items, is_final=is_final, must_rotate=is_old, room=room)
            if parts is None:
                return items
            last, items = parts
            if has_embeds(last):
                await current.put(last)
                last = ()
            if current.shown is not None or last:
                await current.write_whole(last, [])
            current.shown = None
            self._buffer.set_pending(items)
