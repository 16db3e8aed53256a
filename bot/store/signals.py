"""Signals tells other processes by Redis pub/sub that a turn has to stop or to begin again.

A signal comes at once, but it is not kept. A changed question, which must not be missed, is found again at the commit.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, get_args

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.core.thread.inbound import ThreadId
from bot.core.thread.interrupts import TurnSignal
from bot.errors import PayloadMalformed
from bot.store.keys import Keys
from bot.store.outage import tells_outage

log = structlog.get_logger(__name__)

RECONNECT_S = 1.0
SIGNALS: tuple[TurnSignal, ...] = get_args(TurnSignal)


class Signals:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._channel = keys.signals

    @tells_outage
    async def send(self, thread: ThreadId, signal: TurnSignal) -> None:
        await self._redis.publish(self._channel, json.dumps([str(thread), signal]))

    async def listen(self, on_signal: Callable[[ThreadId, TurnSignal], None]) -> None:
        """Pass on every signal until cancelled. Reconnects by itself after an outage."""
        while True:
            try:
                await self._listen(on_signal)
            except (RedisError, OSError) as error:
                log.warning("signals.lost", reason=type(error).__name__)
                await asyncio.sleep(RECONNECT_S)

    async def _listen(self, on_signal: Callable[[ThreadId, TurnSignal], None]) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._channel)
            while True:
                message: Any = await pubsub.get_message(timeout=None)
                if message is None:
                    continue
                if (signal := _read(message["data"])) is None:
                    log.warning("signals.unreadable")
                else:
                    on_signal(*signal)


def _read(data: Any) -> tuple[ThreadId, TurnSignal] | None:
    """Return None for data that is no signal of this version."""
    try:
        thread, word = json.loads(data)
        signal = next(signal for signal in SIGNALS if signal == word)
        return ThreadId.parse(thread), signal
    except (ValueError, TypeError, AttributeError, RecursionError, StopIteration, PayloadMalformed):
        return None
