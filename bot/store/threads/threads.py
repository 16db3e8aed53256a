"""Threads keeps a thread in Redis: its waiting messages, its running turn, its conversation. See `scripts` for what is
kept true.
"""

import time
from dataclasses import replace
from typing import Any

from redis.asyncio import Redis

from bot.core.intake.policy import ThreadFollowing
from bot.core.ports import Admission, CommitResult, TurnCommit, TurnStart
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation, FoldedTurns, Instructions
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import PayloadMalformed
from bot.store import scripts
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, TURN_S, Keys
from bot.store.outage import tells_outage
from bot.store.replies import text_of
from bot.store.threads.admission import Admissions, InboxRoom
from bot.store.threads.forgetting import Forgetting
from bot.store.threads.records import ThreadRecords, since
from bot.store.threads.retention import Retention, kept_s
from bot.store.unreadable import note

__all__ = ["TURN_S", "Threads"]
# Stands for the worker that has no name, as in earlier releases.
NAMELESS = "1"


class Threads:
    """`retention` tells how long a thread is kept; a number means seconds and counts everywhere."""

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        seal: Seal,
        retention: int | Retention = 30 * DAY_S,
        worker: str = "",
        room: InboxRoom = InboxRoom(),  # noqa: B008  # it is frozen
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal
        self._worker = worker
        self._admissions = Admissions(redis, keys, seal, room)
        self._edit = redis.register_script(scripts.EDIT)
        self._delete = redis.register_script(scripts.DELETE)
        self._reopen = redis.register_script(scripts.REOPEN)
        self._begin = redis.register_script(scripts.BEGIN)
        self._record = redis.register_script(scripts.RECORD)
        self._release = redis.register_script(scripts.RELEASE)
        self._leave = redis.register_script(scripts.LEAVE)
        self._commit = redis.register_script(scripts.COMMIT)
        self._waits_no_more = redis.register_script(scripts.WAITS_NO_MORE)
        self._records = ThreadRecords(redis, keys, seal)
        self._forgetting = Forgetting(redis, keys, seal)
        self._retention = retention

    # -- what waits ---------------------------------------------------------------------------------------------

    @tells_outage
    async def admit(self, inbound: Inbound, *, follow: bool) -> Admission:
        """Put a message into its thread's inbox, once, if there is room. `follow`: from now on, replies in the thread
        are for the bot.
        """
        kept_s = await self._kept_s(inbound.thread)
        return await self._admissions.admit(inbound, follow=follow, retention_s=kept_s)

    @tells_outage
    async def edit(self, inbound: Inbound) -> str:
        """Replace an edited message. Return its state: `waiting`: it will be answered as edited; `taken`: a running
        turn answers its old form; `answered`: an offer is due; `offered`: no second offer; `unknown`: it was never for
        us.
        """
        thread, inbox = inbound.thread, self._keys.inbox(inbound.thread)
        state = await self._edit(
            keys=[self._keys.seen(thread, inbound.ts), inbox, self._keys.turn(thread)],
            args=[inbound.ts, self._seal.pack(inbound.to_json(), inbox, inbound.ts)],
        )
        return text_of(state)

    @tells_outage
    async def delete(self, thread: ThreadId, ts: str) -> str:
        """Delete a waiting message. Return its state, as `edit` does."""
        state = await self._delete(
            keys=[
                self._keys.seen(thread, ts),
                self._keys.inbox(thread),
                self._keys.turn(thread),
                self._keys.waiting,
            ],
            args=[ts, DAY_S, str(thread)],
        )
        return text_of(state)

    @tells_outage
    async def reopen(self, inbound: Inbound) -> bool:
        """Let an answered message be answered again. Return False when it waits already."""
        thread, inbox = inbound.thread, self._keys.inbox(inbound.thread)
        is_reopened = await self._reopen(
            keys=[self._keys.seen(thread, inbound.ts), inbox, self._keys.waiting],
            args=[
                inbound.ts,
                self._seal.pack(inbound.to_json(), inbox, inbound.ts),
                DAY_S,
                TURN_S,
                time.time(),
                str(thread),
            ],
        )
        return bool(is_reopened)

    @tells_outage
    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        """Return the messages of a thread that no answer has taken yet, in Slack's order."""
        fields: Any = await self._redis.hgetall(self._keys.inbox(thread))
        if not fields:
            await self._waits_no_more(keys=[self._keys.inbox(thread), self._keys.waiting], args=[str(thread)])
        return await self._records.inbox(thread, fields)

    @tells_outage
    async def waits_since(self, thread: ThreadId) -> float:
        """Return when the oldest waiting message came in, in seconds since the epoch; 0 when nothing waits."""
        return float(await self._redis.zscore(self._keys.waiting, str(thread)) or 0)

    @tells_outage
    async def tell_once(self, thread: ThreadId, within_s: int) -> bool:
        """Return True to the first who asks within so many seconds: that one may tell the thread that it waits."""
        return bool(await self._redis.set(self._keys.waiting_notice(thread), "1", ex=within_s, nx=True))

    @tells_outage
    async def waiting_threads(self, limit: int = 1_000) -> tuple[ThreadId, ...]:
        """Return the threads with waiting messages. An entry that is no thread is removed."""
        threads = []
        members: Any = await self._redis.zrange(self._keys.waiting, 0, limit - 1)
        for member in members:
            try:
                threads.append(ThreadId.parse(text_of(member)))
            except PayloadMalformed as error:
                await note(self._redis, self._keys, "waiting thread", self._keys.waiting, error.detail)
                await self._redis.zrem(self._keys.waiting, member)
        return tuple(threads)

    # -- what is being answered ---------------------------------------------------------------------------------

    @tells_outage
    async def begin(self, thread: ThreadId) -> TurnStart:
        """Begin a turn. The fence is 0 when nothing waits, and negative when another worker answers the thread."""
        inbox = self._keys.inbox(thread)
        fence, attempt, progress, fields, version = await self._begin(
            keys=[self._keys.turn(thread), inbox], args=[TURN_S, self._worker or NAMELESS, self._keys.worker("")]
        )
        turn_key = self._keys.turn(thread)
        return TurnStart(
            fence=int(fence),
            attempt=int(attempt),
            progress=await self._records.progress(progress, turn_key) if progress else None,
            waiting=await self._records.inbox(thread, dict(zip(fields[::2], fields[1::2], strict=True))),
            version=int(version),
        )

    @tells_outage
    async def attempts(self, thread: ThreadId) -> int:
        """Return how many turns were begun, and not ended, for what waits now."""
        return _number(await self._redis.hget(self._keys.turn(thread), "attempt"))

    @tells_outage
    async def is_running(self, thread: ThreadId) -> bool:
        return bool(await self._redis.hexists(self._keys.turn(thread), "running"))

    @tells_outage
    async def answerer(self, thread: ThreadId) -> str:
        """Return the worker that answers the thread; "" for nobody, or when an earlier release has not said who."""
        named = text_of(await self._redis.hget(self._keys.turn(thread), "running") or "")
        return "" if named == NAMELESS else named

    @tells_outage
    async def holds(self, thread: ThreadId, fence: int) -> bool:
        held = await self._redis.hget(self._keys.turn(thread), "fence")
        return _number(held) == fence

    @tells_outage
    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool:
        """Store how far the turn is. Return False when another worker has taken it over."""
        key = self._keys.turn(thread)
        return bool(
            await self._record(keys=[key], args=[fence, self._seal.pack(progress.to_json(), key, "progress"), TURN_S])
        )

    @tells_outage
    async def release(self, thread: ThreadId, fence: int) -> None:
        """Give a turn back unfinished, without counting it as a failed attempt."""
        await self._release(keys=[self._keys.turn(thread)], args=[fence])

    @tells_outage
    async def leave(self, thread: ThreadId, fence: int) -> None:
        """Give up a turn that can't continue now."""
        await self._leave(keys=[self._keys.turn(thread)], args=[fence])

    @tells_outage
    async def commit(self, thread: ThreadId, fence: int, done: TurnCommit) -> CommitResult:
        """End a turn: remember it, and remove its messages from the inbox."""
        key, kept_s = self._keys.thread(thread), await self._kept_s(thread)
        if done.turn:
            await self._forgetting.note_sources(thread, done.turn, kept_s)
            if isinstance(self._retention, Retention) and not self._retention.keeps_texts:
                done = replace(done, turn=done.turn.bare, folded=None)
        result = await self._commit(
            keys=[
                self._keys.turn(thread),
                key,
                self._keys.inbox(thread),
                self._keys.waiting,
                self._keys.open_approvals(thread),
                self._keys.approved_calls(thread),
                *(self._keys.seen(thread, ts) for ts in (*done.answered, *done.context_ts)),
            ],
            args=[
                fence,
                self._seal.pack(done.turn.to_json(), key, "turn") if done.turn else "",
                self._seal.pack(done.folded.to_json(), key, "folded") if done.folded else "",
                kept_s,
                DAY_S,
                TURN_S,
                str(thread),
                "" if done.version is None else done.version,
                done.turn.number if done.turn else 0,
                self._keys.approval(""),
                *done.answered,
                *(f"+{ts}" for ts in done.context_ts),
            ],
        )
        word = text_of(result)
        return "taken" if word == "taken" else "changed" if word == "changed" else "done"

    # -- what was said ------------------------------------------------------------------------------------------

    @tells_outage
    async def load(self, thread: ThreadId) -> Conversation:
        key = self._keys.thread(thread)
        fields: Any = await self._redis.hgetall(key)
        turns = [turn async for _, turn in self._records.turns(key, fields)]
        folded, instructions = fields.get(b"folded"), fields.get(b"instructions")
        return Conversation(
            turns=tuple(sorted(turns, key=lambda turn: turn.number)),
            folded=await self._records.folded(folded, key) if folded else FoldedTurns(),
            since_ts=since(fields.get(b"since")),
            instructions=await self._records.instructions(instructions, key) if instructions else Instructions(),
        )

    @tells_outage
    async def freeze(self, thread: ThreadId, instructions: Instructions) -> Instructions:
        """Keep instructions for the thread, unless it has some already. Return those that the thread has now."""
        key, kept_s = self._keys.thread(thread), await self._kept_s(thread)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(key, "instructions", self._seal.pack(instructions.to_json(), key, "instructions"))
            pipe.expire(key, kept_s)
            pipe.hget(key, "instructions")
            *_, value = await pipe.execute()
        return await self._records.instructions(value, key)

    @tells_outage
    async def forget(self, thread: ThreadId, ts: str) -> None:
        """Delete a message from memory; its turn goes when it held no other question."""
        await self._forgetting.message(thread, ts)

    @tells_outage
    async def erase(self, thread: ThreadId) -> None:
        """Forget all that was said in a thread until now, also as Slack still has it. Whether the bot follows it
        stays.
        """
        key, kept_s = self._keys.thread(thread), await self._kept_s(thread)
        watch: Any = await self._redis.hget(key, "watch")
        fields: dict[Any, Any] = {"since": f"{time.time():.6f}"} | ({"watch": text_of(watch)} if watch else {})
        previews: Any = await self._redis.smembers(self._keys.previews(thread))
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key, self._keys.previews(thread), *(self._keys.preview(text_of(name)) for name in previews))
            pipe.hset(key, mapping=fields)
            pipe.expire(key, kept_s)
            await pipe.execute()

    @tells_outage
    async def first_time(self, team: str, user: str) -> bool:
        """Return True once for each person."""
        return bool(await self._redis.set(self._keys.greeted(team, user), "1", nx=True))

    @tells_outage
    async def note_feedback(self, thread: ThreadId, ts: str, user: str, feedback: dict[str, str]) -> None:
        key, kept_s = self._keys.thread(thread), await self._kept_s(thread)
        async with self._redis.pipeline(transaction=True) as pipe:
            field = f"feedback:{ts}:{user}"
            pipe.hset(key, field, self._seal.pack(feedback, key, field))
            pipe.expire(key, kept_s)
            await pipe.execute()

    @tells_outage
    async def following(self, thread: ThreadId) -> ThreadFollowing:
        value = await self._redis.hget(self._keys.thread(thread), "watch")
        word = text_of(value) if value else ""
        return "on" if word == "on" else "quiet" if word == "quiet" else "none"

    @tells_outage
    async def stay_quiet(self, thread: ThreadId) -> None:
        """From now on only mentions in this thread are for the bot."""
        key, kept_s = self._keys.thread(thread), await self._kept_s(thread)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, "watch", "quiet")
            pipe.expire(key, kept_s)
            await pipe.execute()

    async def _kept_s(self, thread: ThreadId) -> int:
        return await kept_s(self._retention, thread)


def _number(value: bytes | str | None) -> int:
    try:
        return int(value or 0)
    except ValueError:
        return 0
