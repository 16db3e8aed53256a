"""How a turn ends: what is said goes to the screen, then into memory, each once."""

import asyncio
from dataclasses import dataclass, replace

from bot.core.ports import Footer, Reply, Threads, TurnCommit
from bot.core.slices import in_turn
from bot.core.thread.conversation import FoldedTurns, Turn
from bot.core.thread.interrupts import Interrupted
from bot.core.thread.lease import Lease, TurnTaken
from bot.errors import StateError

TROUBLE = "⚠️ {sentence}"
STOPPED = "⏹ _{sentence}_"
NOTHING = Footer()
# Slack tries to deliver a message for a few minutes.
DELIVERED_FOR_S = 3_600.0


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """`commit_patience_s`: how long an outage of the store a finished turn waits out before it is left to a retry."""

    turn_timeout_s: float = 600.0
    commit_patience_s: float = 60.0


class Ending:
    def __init__(self, threads: Threads, limits: TurnLimits) -> None:
        self._threads = threads
        self._limits = limits

    async def tell(self, lease: Lease, reply: Reply, turn: Turn, shown: str = "", footer: Footer = NOTHING) -> None:
        """End a turn the model has nothing more to say to: show its answer beyond what is `shown`, then its failure."""
        text = turn.answer.removeprefix(shown)
        if turn.failure:
            sign = STOPPED if footer.is_stopped else TROUBLE
            text += ("\n\n" if turn.answer else "") + sign.format(sentence=turn.failure)
        async for piece in in_turn(text):
            try:
                reply.write(piece)
            except Interrupted:
                reply.write(piece)  # the screen's own word of the Stop that has ended the turn already
        await self.finish(lease, reply, turn, footer)

    async def finish(
        self, lease: Lease, reply: Reply, turn: Turn, footer: Footer = NOTHING, folded: FoldedTurns | None = None
    ) -> None:
        """Written down first: whoever takes over from here need not ask the model again."""
        await lease.answered(turn)
        await reply.finish(footer)
        turn = replace(turn, reply_ts=lease.progress.reply_ts)
        await lease.delivered(turn)
        await self.remember(lease, turn, folded)

    async def remember(self, lease: Lease, turn: Turn, folded: FoldedTurns | None = None) -> None:
        answered = tuple(said.ts for said in turn.asked)
        told = () if turn.failure or turn.brief else _just_told(turn)
        await self.commit(lease, TurnCommit(answered, turn, folded, lease.progress.version, told))

    async def commit(self, lease: Lease, done: TurnCommit) -> None:
        """The store may be away for a while: what is shown and paid for is not thrown away.

        Raises TurnTaken when another worker has the thread, Interrupted when a question changed meanwhile.
        """
        deadline = asyncio.get_running_loop().time() + self._limits.commit_patience_s
        while True:
            try:
                result = await self._threads.commit(lease.thread, lease.fence, done)
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


def _just_told(turn: Turn) -> tuple[str, ...]:
    """What people said in the thread shortly before the question, as it was read back from Slack."""
    since = max((float(said.ts) for said in turn.asked), default=0.0) - DELIVERED_FOR_S
    return tuple(said.ts for said in turn.said if said.role == "person" and float(said.ts) > since)
