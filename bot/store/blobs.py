"""Blobs keeps bytes for a day by their content: original files and prepared pictures.

Their total size is bounded. No workspace sees another one's blobs.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from redis.asyncio import Redis

from bot.errors import RecordUnreadable
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage

log = structlog.get_logger(__name__)

# Keeps all blobs together under the bound; the least recently used are dropped first.
# KEYS blob sizes uses · ARGV data ttl_s size now limit
PUT_BLOB = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('HSET', KEYS[2], KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], KEYS[1])
local expired = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. (ARGV[4] - ARGV[2]), 'LIMIT', 0, 100)
for _, key in ipairs(expired) do
  redis.call('ZREM', KEYS[3], key)
  redis.call('HDEL', KEYS[2], key)
  redis.call('DEL', key)
end
local total = 0
for _, size in ipairs(redis.call('HVALS', KEYS[2])) do total = total + (tonumber(size) or 0) end
while total > tonumber(ARGV[5]) do
  local oldest = redis.call('ZPOPMIN', KEYS[3])
  if #oldest == 0 then break end
  total = total - (tonumber(redis.call('HGET', KEYS[2], oldest[1]) or 0) or 0)
  redis.call('HDEL', KEYS[2], oldest[1])
  redis.call('DEL', oldest[1])
end
return 1
"""


class Blobs:
    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        limit_bytes: int = 512 * 1024 * 1024,
        seal: Seal | None = None,
        kept_s: int = DAY_S,
    ) -> None:
        self._kept_s = kept_s
        self._redis = redis
        self._keys = keys
        self._seal = seal or Seal()
        self._limit_bytes = limit_bytes
        self._put = redis.register_script(PUT_BLOB)

    @tells_outage
    async def put(self, team: str, sha256: str, variant: str, data: bytes) -> None:
        """Keep `data` for a day. One blob may take at most a quarter of the room; larger ones are not kept."""
        if len(data) > self._limit_bytes // 4:
            return
        key = self._keys.blob(team, sha256, variant)
        sealed = self._seal.close(data, key)
        await self._put(
            keys=[key, self._keys.blob_sizes, self._keys.blob_uses],
            args=[sealed, self._kept_s, len(sealed), time.time(), self._limit_bytes],
        )

    @tells_outage
    async def get(self, team: str, sha256: str, variant: str) -> bytes | None:
        key = self._keys.blob(team, sha256, variant)
        data: Any = await self._redis.get(key)
        if data is not None:
            # A used blob stays for another day and is not the next one to be dropped.
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.expire(key, self._kept_s)
                pipe.zadd(self._keys.blob_uses, {key: int(time.time())}, xx=True)
                await pipe.execute()
        try:
            return self._seal.open(bytes(data), key) if data is not None else None
        except RecordUnreadable as error:  # the caller gets the content from its source again
            log.info("blob.unreadable", reason=error.detail)
            return None

    @tells_outage
    async def note_file(self, team: str, file_id: str, facts: Mapping[str, Any]) -> None:
        """Remember what a Slack file turned out to be (the content under one id never changes)."""
        key = self._keys.file(team, file_id)
        await self._redis.set(key, self._seal.pack(dict(facts), key), ex=self._kept_s)

    @tells_outage
    async def file(self, team: str, file_id: str) -> dict[str, Any] | None:
        """Return what was noted of a Slack file, None for nothing. Raises RecordUnreadable."""
        key = self._keys.file(team, file_id)
        data: Any = await self._redis.get(key)
        return self._seal.unpack(bytes(data), key) if data else None

    @tells_outage
    async def drop(self, team: str, files: Iterable[str], contents: Iterable[str]) -> None:
        """Delete all that is kept of these files (by id) and contents (by sha256)."""
        keys = {self._keys.file(team, file_id) for file_id in files}
        for sha256 in set(filter(None, contents)):
            async for name, _ in self._redis.hscan_iter(
                self._keys.blob_sizes, match=self._keys.blob(team, sha256, "*")
            ):
                keys.add(name.decode(errors="replace"))
        if not keys:
            return
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(*keys)
            pipe.hdel(self._keys.blob_sizes, *keys)
            pipe.zrem(self._keys.blob_uses, *keys)
            await pipe.execute()
