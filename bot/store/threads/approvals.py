"""Approvals keeps questions with Approve and Deny. Only the person who was asked decides, and only once."""

import asyncio
import base64
import json
import time
from collections.abc import Mapping
from typing import Any, Literal, Protocol, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.core.agent.approvals import ApprovalSubject, PendingQuestion
from bot.core.records import plain
from bot.errors import RecordUnreadable
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.replies import text_of

log = structlog.get_logger(__name__)

Verdict = Literal["approved", "denied"]
Decision = Literal["decided", "not_yours", "late", "already", "changed", "kept"]

VERSION = 1
# A minute longer than anybody waits for an answer.
LIFE_S = 660
POLL_S = 0.25
# A waiting process says so again this often, and its word counts this long.
SAY_AGAIN_S, BELIEVED_S = 1.0, 4

# The first answer of the person who was asked counts, and nothing changes it afterwards. A yes to something other than
# the question's subject counts as a no. “kept”: the answer counts, but nobody waits for it just now.
# KEYS approval awaited · ARGV user verdict digest
DECIDE = """
local kept = redis.call('GET', KEYS[1])
if not kept then return 'late' end
local is_read, question = pcall(cjson.decode, kept)
if not is_read or type(question) ~= 'table' or type(question.asker) ~= 'string' then return 'late' end
if question.asker ~= ARGV[1] then return 'not_yours' end
if question.verdict ~= '' then return 'already' end
local changed = ARGV[2] == 'approved' and question.digest and question.digest ~= ARGV[3]
question.verdict = changed and 'denied' or ARGV[2]
redis.call('SET', KEYS[1], cjson.encode(question), 'KEEPTTL')
if changed then return 'changed' end
return redis.call('EXISTS', KEYS[2]) == 1 and 'decided' or 'kept'
"""

# Ends the waiting: an answer given until now counts, and an open question can no longer be answered.
# KEYS approval
CLOSE = """
local kept = redis.call('GET', KEYS[1])
if not kept then return '' end
local is_read, question = pcall(cjson.decode, kept)
if not is_read or type(question) ~= 'table' or type(question.verdict) ~= 'string' then
  redis.call('DEL', KEYS[1])
  return ''
end
if question.verdict == '' then redis.call('DEL', KEYS[1]) end
return question.verdict
"""


# The first message that was noted for a question counts: a worker that slept may come with another one.
# KEYS open approvals · ARGV field question ts
SHOW = """
local kept = redis.call('HGET', KEYS[1], ARGV[1])
local named = ARGV[2] .. ' '
if kept and #kept > #named and string.sub(kept, 1, #named) == named then return string.sub(kept, #named + 1) end
redis.call('HSET', KEYS[1], ARGV[1], named .. ARGV[3])
return ARGV[3]
"""


class About(Protocol):
    """The subject of a question: what is shown, and a digest that tells it from every other subject."""

    @property
    def digest(self) -> str: ...

    @property
    def shown(self) -> Mapping[str, Any]: ...


class Approvals:
    def __init__(self, redis: Redis, keys: Keys, seal: Seal | None = None) -> None:
        self._seal = seal or Seal()
        self._redis = redis
        self._keys = keys
        self._decide = redis.register_script(DECIDE)
        self._close = redis.register_script(CLOSE)
        self._show = redis.register_script(SHOW)

    @tells_outage
    async def open(self, question: str, subject: ApprovalSubject, about: About) -> PendingQuestion | None:
        """Ask from here on, and return None. When the same question stands already, return that one instead."""
        if standing := await self._standing(subject, about):
            return standing
        key, thread = self._keys.approval(question), subject.thread
        sealed = base64.b64encode(self._seal.pack(dict(about.shown), key)).decode()
        value = {"v": VERSION, "asker": subject.asker, "thread": str(thread), "verdict": ""}
        value |= {"digest": about.digest, "shown": sealed}
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.set(self._keys.awaited(question), b"1", ex=BELIEVED_S)
            pipe.set(key, json.dumps(value), ex=LIFE_S)
            pipe.hset(self._keys.open_approvals(thread), _field(subject, about), question)
            pipe.expire(self._keys.open_approvals(thread), LIFE_S)
            await pipe.execute()
        return None

    async def _standing(self, subject: ApprovalSubject, about: About) -> PendingQuestion | None:
        known: Any = await self._redis.hget(self._keys.open_approvals(subject.thread), _field(subject, about))
        question, _, ts = text_of(known or b"").partition(" ")
        record = await self._redis.get(self._keys.approval(question)) if question else None
        try:
            return PendingQuestion(question, ts, bool(plain(record).get("verdict"))) if record else None
        except RecordUnreadable:
            return None

    @tells_outage
    async def shown_at(self, question: str, subject: ApprovalSubject, about: About, ts: str) -> str:
        """Note where the question stands, for a worker that takes the turn over. Returns the ts that counts."""
        keys = [self._keys.open_approvals(subject.thread)]
        return text_of(await self._show(keys=keys, args=[_field(subject, about), question, ts]))

    @tells_outage
    async def shown(self, question: str, user: str) -> dict[str, Any] | None:
        """Return what the question shows to the person who was asked; None for others, or when it is gone or
        unreadable.
        """
        key = self._keys.approval(question)
        record = await self._redis.get(key)
        try:
            value = plain(record) if record else {}
            if value.get("asker") != user:
                return None
            return self._seal.unpack(base64.b64decode(str(value.get("shown")), validate=True), key)
        except (RecordUnreadable, ValueError):
            return None

    @tells_outage
    async def decide(self, question: str, user: str, verdict: Verdict, digest: str = "") -> Decision:
        """Note a press. `digest` belongs to the text above the button."""
        keys = [self._keys.approval(question), self._keys.awaited(question)]
        decided = await self._decide(keys=keys, args=[user, verdict, digest])
        return cast("Decision", text_of(decided))

    @tells_outage
    async def close(self, question: str) -> bool | None:
        """End the waiting and return the decision; None when there is none, and then none can follow."""
        return _read(text_of(await self._close(keys=[self._keys.approval(question)])))

    async def wait(self, question: str, timeout_s: float) -> bool | None:
        """Return True after Approve, False after Deny; None when nobody decided in time or the question is gone.

        An outage of Redis is waited out within the same time.
        """
        until, next_say_at = time.monotonic() + timeout_s, 0.0
        while time.monotonic() < until:
            try:
                if time.monotonic() >= next_say_at:
                    await self._redis.set(self._keys.awaited(question), b"1", ex=BELIEVED_S)
                    next_say_at = time.monotonic() + SAY_AGAIN_S
                record = await self._redis.get(self._keys.approval(question))
            except (RedisError, OSError) as error:
                log.warning("approval.store_away", reason=type(error).__name__)
            else:
                if record is None:
                    return None
                try:
                    decided = _read(str(plain(record).get("verdict")))
                except RecordUnreadable:
                    return await self.close(question)  # nobody can decide an unreadable question
                if decided is not None:
                    return decided
            await asyncio.sleep(min(POLL_S, max(0.0, until - time.monotonic())))
        return await self.close(question)


def _field(subject: ApprovalSubject, about: About) -> str:
    return f"{about.digest} {subject.number} {subject.asker}"


def _read(verdict: str) -> bool | None:
    return {"approved": True, "denied": False}.get(verdict)
