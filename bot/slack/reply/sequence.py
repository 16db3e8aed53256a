"""An answer as Slack messages, one after the other: what is ready is written once, and in its order.

When something is sent is not decided here, but in bot.slack.reply.reply.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.core.ports import ArtifactSource
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import Lease
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Gateway
from bot.slack.markdown.cut import LONGEST_MESSAGE
from bot.slack.read.history import History
from bot.slack.reply.buffer import Outgoing, Placed, about
from bot.slack.reply.current_message import CurrentMessage, StreamEnded
from bot.slack.reply.embeds import Illustrations
from bot.slack.reply.items import Item, Items, Share, has_embeds, is_blank, parted, words_of
from bot.slack.reply.message import Screen
from bot.slack.reply.own_messages import OwnMessages
from bot.slack.reply.shown import EmbedRefused, Shown, TooLong
from bot.slack.reply.status import Status
from bot.slack.reply.task_cards import Chunk
from bot.slack.reply.titles import title_of
from bot.words import say, text

# Beyond so many messages the answer comes as a file too.
MOST_MESSAGES = 4
FILE_NAME = "answer.md"
ELSEWHERE = text("I can't answer in <#{channel}> ({reason}), so here it is:")
NEW_ANSWER = text("New answer to *{question}*")
NEW_ANSWER_ABOVE = text("New answer to a question above")
MOST_ANEW = 20  # each refusal leaves less room, until no more is learned of one

Resolve = Callable[[Placed], Awaitable[Item]]


class Sequence:
    """Writes the finished parts of an answer to Slack messages, and starts a new message when one is full.

    `known`: the ts of our messages in this thread that belong to earlier turns.
    """

    def __init__(
        self, gateway: Gateway, status: Status, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        self._gateway = gateway
        self._outgoing = Outgoing()
        self._screen = Screen(gateway, question)
        self._own = OwnMessages(self._screen, history, question, lease, known)
        self._current = CurrentMessage(self._screen, self._own, status, self._outgoing)
        self._resolve: Resolve | None = None
        self._history = history
        self._question = question
        self._barred: SlackError | None = None  # nothing can be shown in the thread any more
        self._left: tuple[str, ...] = ()  # what stands in a place that was closed to us, and is said anew

    # -- what is to be shown -------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All that was written so far."""
        return self._outgoing.written

    @property
    def has_sentence(self) -> bool:
        return self._outgoing.has_sentence

    def write(self, text: str) -> None:
        self._outgoing.write(text)

    @property
    def has_cards(self) -> bool:
        return self._current.has_cards

    @property
    def may_grow_at(self) -> float:
        return self._current.may_grow_at

    def add_card(self, card: Chunk) -> None:
        self._current.add_card(card)

    def show_artifacts(self, artifacts: ArtifactSource, language: str) -> None:
        """Where to look up what a label in the text stands for."""
        self._outgoing.knows, self._outgoing.language = artifacts.knows, language
        self._resolve = Illustrations(self._gateway, artifacts, self._outgoing).item

    def attach(self, share: Share) -> None:
        """A file that belongs to the answer."""
        self._outgoing.shares.append(share)

    # -- how an answer goes on, and ends -------------------------------------------------------------------------

    def bar(self, refused: SlackError) -> None:
        """Nothing can be shown in the thread any more; what there is to say is told directly at the end."""
        self._barred = refused

    async def finish(self, footer: Blocks, language: str) -> None:
        """All that is left, the foot under it, and files that belong to the answer. What fails is tried again from
        where it stood.
        """
        if self._barred is None:
            try:
                await self._end(footer)
            except SlackError as refused:
                if refused.is_passing:
                    raise
                self.bar(refused)
        if self._barred is not None:
            await self._move_to_dm(self._barred, language)
        whole = words_of(self._outgoing.whole)
        # Where pictures stand in messages of their own, many messages are not yet a long answer.
        is_long = len(self._own.ts) > MOST_MESSAGES and len(whole) > LONGEST_MESSAGE
        while self._outgoing.shares:
            await self._own.share(self._outgoing.shares.pop(0))
        if is_long:
            await self._own.share(Share(FILE_NAME, whole.encode(), about(whole, language)))

    async def _move_to_dm(self, barred: SlackError, language: str) -> None:
        """The thread is closed to us: the person who asked gets the answer directly. Raises when that fails too."""
        if not self._screen.is_private:
            if not self._question.user:
                raise barred
            if self._current.shown is not None:
                await self._screen.let_go(self._current.shown)
            words = say(ELSEWHERE, language, channel=self._question.channel, reason=barred.code)
            await self._screen.go_private(words)
            if self._question.place == "dm":
                self._left = self._own.ts
            self._current.shown = None
            self._outgoing.again()
        await self._end([])
        while self._left:
            await self._own.let_go(self._left[0])
            self._left = self._left[1:]

    async def restart(self) -> None:
        """Begin anew: the last message is rewritten from its beginning, the others go."""
        self._outgoing.clear()
        self._current.heading = self._heading()
        *others, last = self._own.ts or (None,)
        for ts in filter(None, others):
            await self._own.take_away(ts)
        if last:
            if self._current.shown and self._current.shown.ts == last:
                await self._current.end_stream()
            # Another one has ended long ago, most likely: Slack says so at its edit where it has not.
            keeps_place = bool(self._question.redo)
            self._current.shown = Shown(last, "edit", (), was_streamed=True, keeps_place=keeps_place)

    def _heading(self) -> str:
        """For an answer that is written anew and can't stay in its place: which question it answers."""
        question = self._question
        if not question.redo or not self._own.are_above_others:
            return ""
        title = title_of(question.text, [file.name for file in question.files])
        words = say(NEW_ANSWER if title else NEW_ANSWER_ABOVE, self._outgoing.language, question=title)
        return f"{words}\n\n"

    async def withdraw(self) -> None:
        """Take all of it off the screen."""
        for ts in self._own.ts:
            await self._own.take_away(ts)
        self._current.shown = None

    async def end_stream(self) -> None:
        """Leave no message in the streaming state."""
        await self._current.end_stream()

    async def discard(self, left: Checkpoint) -> None:
        """Remove what an earlier attempt left visible."""
        for ts in left.reply_ts:
            await self._own.take_away(ts)
        if left.posting:
            await self._own.remove_strays()
            await self._own.not_posted()

    # -- text, and what stands amid it ---------------------------------------------------------------------------

    async def send(self) -> None:
        self._outgoing.take_in(is_final=False)
        await self._current.send_cards()
        await self._resolved()
        await self._roomy(self._send)

    async def _end(self, footer: Blocks) -> None:
        """All that is left, and the foot under it."""
        self._outgoing.take_in(is_final=True)
        await self._current.settle_cards()
        await self._resolved()
        await self._roomy(lambda: self._close(footer))

    async def _roomy(self, step: Callable[[], Awaitable[None]]) -> None:
        """What is not confirmed stays pending: cut anew to the room that a refusal told of, it is tried again."""
        for _ in range(MOST_ANEW):
            try:
                await step()
            except (TooLong, StreamEnded):
                continue
            return
        raise SlackError("msg_too_long")

    async def _send(self) -> None:
        items = await self._fill(self._outgoing.pending, is_final=False)
        if not is_blank(items):
            await self._current.put(items)

    async def _close(self, footer: Blocks) -> None:
        items = await self._fill(self._outgoing.pending, is_final=True)
        if self._current.shown is None and is_blank(items) and self._outgoing.shares:
            if not footer:
                return  # a message of nothing is refused, and the file says what it is
            items = self._outgoing.say_of_file()
        try:
            await self._current.write_whole(items, footer)
        except EmbedRefused:
            await self._current.one_by_one(items)
            await self._current.shut(footer, ())
        else:
            self._outgoing.confirm(items)

    async def _resolved(self) -> None:
        """Labels are looked up in their order; what was found stays found."""
        outgoing = self._outgoing
        while outgoing.unresolved:
            item = outgoing.unresolved[0]
            if isinstance(item, Placed):
                item = item.alt or item.label if self._resolve is None else await self._resolve(item)
            outgoing.add(await self._named(item))

    async def _named(self, item: Item) -> Item:
        """With names for the people the model calls by their ids."""
        team = self._question.team
        if isinstance(item, str):
            return str(await self._history.named(team, item))
        block, words = await self._history.named(team, [item.block, item.words])
        return replace(item, block=block, words=words)

    async def _fill(self, items: Items, *, is_final: bool) -> Items:
        """End messages that are full, or streams that are old, with what still fits; what is left for the next."""
        current = self._current
        while True:
            shown = current.shown
            before, is_old = (shown.items, shown.is_old) if shown is not None else ((), False)
            room = self._screen.room(shown)
            parts = parted(before, items, is_final=is_final, must_rotate=is_old, room=room)
            if parts is None:
                return items
            last, items = parts
            if has_embeds(last):
                await current.put(last)
                last = ()
            if current.shown is not None or last:
                await current.write_whole(last, [])
            current.shown = None
            self._outgoing.keep(items)
