"""Ending shows the last of an answer on the screen, and then commits the turn to the store. Each happens once."""

import asyncio
from dataclasses import dataclass, replace

from bot.core.ports import Threads, TurnCommit
from bot.core.reply import Footer, Reply
from bot.core.slices import spaced_slices
from bot.core.thread.conversation import FoldedTurns
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import Lease, TurnTaken
from bot.core.thread.turn import Turn
from bot.errors import StateError

TROUBLE = "⚠️ {sentence}"
STOPPED = "⏹ _{sentence}_"
NOTHING = Footer()
# Slack delivers a late message again for some minutes; an hour is well above that.
DELIVERED_FOR_S = 3_600.0


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """`commit_patience_s`: a finished turn waits so long for a store that is away, before it is left to a later job."""

    turn_timeout_s: float = 600.0
    commit_patience_s: float = 60.0


class Ending:
    def __init__(self, threads: Threads, limits: TurnLimits) -> None:
        self._threads = threads
        self._limits = limits

    async def tell(self, lease: Lease, reply: Reply, turn: Turn, shown: str = "", footer: Footer = NOTHING) -> None:
        """End a turn to which the model adds nothing more. Show the rest of its answer, which is on the screen as far
        as `shown`, and then its failure.
        """
        text = turn.answer.removeprefix(shown)
        if turn.failure:
            sign = STOPPED if footer.is_stopped else TROUBLE
            text += ("\n\n" if turn.answer else "") + sign.format(sentence=turn.failure)
        async for piece in spaced_slices(text):
            try:
                reply.write(piece)
            except Interrupted:
                reply.write(piece)  # the screen reports the Stop that has ended this turn already
        await self.finish(lease, reply, turn, footer)

    async def finish(
        self, lease: Lease, reply: Reply, turn: Turn, footer: Footer = NOTHING, folded: FoldedTurns | None = None
    ) -> None:
        """Record the answer, send the rest of it, and commit. Because it is recorded first, a worker that takes over
        does not ask the model again.
        """
        await lease.answered(turn)
        await reply.finish(footer)
        turn = replace(turn, reply_ts=lease.progress.reply_ts)
        await lease.delivered(turn)
        await self.remember(lease, turn, folded)

    async def remember(self, lease: Lease, turn: Turn, folded: FoldedTurns | None = None) -> None:
        answered = tuple(said.ts for said in turn.asked)
        context_ts = () if turn.failure or turn.brief else _recent_context(turn)
        await self.commit(lease, TurnCommit(answered, turn, folded, lease.progress.version, context_ts))

    async def commit(self, lease: Lease, commit: TurnCommit) -> None:
        """Commit the turn. While the store is away, try again each second: the answer is shown and paid for.

        Raises TurnTaken when another worker has the thread, Interrupted when a question has changed, and StateError
        when the store stays away for longer than `commit_patience_s`.
        """
        deadline = asyncio.get_running_loop().time() + self._limits.commit_patience_s
        while True:
            try:
                result = await self._threads.commit(lease.thread, lease.fence, commit)
            except StateError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(1)
                continue
            if result == "taken":
                raise TurnTaken
            if result == "changed":
                raise Interrupted("changed")
            return


def _recent_context(turn: Turn) -> tuple[str, ...]:
    """Return the ts of what people said shortly before the question, as it was read from Slack. Slack may still
    deliver these messages late, and then they are no questions.
    """
    since = max((float(said.ts) for said in turn.asked), default=0.0) - DELIVERED_FOR_S
    return tuple(said.ts for said in turn.said if said.role == "person" and float(said.ts) > since)
