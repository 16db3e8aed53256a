"""Admissions takes a message in, once, and only where there is room. `scripts.ADMIT` states what it keeps true."""

import time
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.core.ports import Admission
from bot.core.thread.inbound import Inbound
from bot.store import scripts
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, TURN_S, Keys
from bot.store.replies import text_of

# A person who was told that there is no room is not told again within this time.
TOLD_S = 600


@dataclass(frozen=True, slots=True)
class InboxRoom:
    """How many messages may wait. Messages being answered count as waiting until their answer is committed."""

    per_thread: int = 200
    per_user: int = 2_000
    per_workspace: int = 10_000


class Admissions:
    def __init__(self, redis: Redis, keys: Keys, seal: Seal, room: InboxRoom) -> None:
        self._keys = keys
        self._seal = seal
        self._room = room
        self._admit = redis.register_script(scripts.ADMIT)

    async def admit(self, inbound: Inbound, *, follow: bool, retention_s: int) -> Admission:
        thread, user, keys = inbound.thread, inbound.user, self._keys
        inbox = keys.inbox(thread)
        state, running, is_telling, is_fresh = await self._admit(
            keys=[
                keys.seen(thread, inbound.ts),
                inbox,
                keys.waiting,
                keys.thread(thread),
                keys.turn(thread),
                keys.held(thread.team),
                keys.held(thread.team, user),
                keys.full_notice(thread.team, user, str(thread)),
                keys.full_notice(thread.team, user),
            ],
            args=[
                inbound.ts,
                int(inbound.files_known),
                self._seal.pack(inbound.to_json(), inbox, inbound.ts),
                DAY_S,
                TURN_S,
                time.time(),
                str(thread),
                int(follow),
                retention_s,
                keys.inbox_prefix,
                TOLD_S,
                self._room.per_thread,
                self._room.per_user,
                self._room.per_workspace,
                keys.notice_prefix,
            ],
        )
        return Admission(text_of(state), bool(running), is_telling=bool(is_telling), is_refused_now=bool(is_fresh))
