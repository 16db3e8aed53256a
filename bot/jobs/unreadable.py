"""Removes jobs that no worker can read: messages in the stream that are not docket's, and keys of another type.

docket stops at each of them, and would stop there again for ever.
"""

from typing import Any

import structlog
from docket import Docket
from docket.execution import Execution

log = structlog.get_logger(__name__)

PAGE = 500


async def drop_unreadable(docket: Docket) -> int:
    """Drop unreadable jobs; return how many. Their messages wait in the inbox, so the sweep makes new jobs of them."""
    async with docket.redis() as client:
        redis: Any = client
        dropped = await _drop_misplaced(redis, docket.stream_key, "stream")
        dropped += await _drop_misplaced(redis, docket.queue_key, "zset")
        after = "-"
        while True:
            page = await redis.xrange(docket.stream_key, min=after, count=PAGE)
            for message_id, message in page:
                dropped += await _drop_message(docket, redis, message_id, message)
            if len(page) < PAGE:
                return dropped
            after = f"({page[-1][0].decode()}"


async def drop_misplaced(docket: Docket, job: str) -> None:
    """Drop the keys of another type that prevent this job from being added."""
    async with docket.redis() as redis:
        await _drop_misplaced(redis, docket.stream_key, "stream")
        await _drop_misplaced(redis, docket.queue_key, "zset")
        for key in (docket.runs_key(job), docket.parked_task_key(job)):
            await _drop_misplaced(redis, key, "hash")


async def drop_misplaced_keys(docket: Docket) -> int:
    """Drop keys of another type that every worker needs; return how many. docket takes their errors for an outage."""
    kinds = {
        docket.stream_key: "stream",
        docket.queue_key: "zset",
        docket.redelivery_sweep_key: "string",
        docket.workers_set: "zset",
        **{docket.task_workers_set(name): "zset" for name in docket.tasks},
    }
    async with docket.redis() as redis:
        return sum([await _drop_misplaced(redis, key, kind) for key, kind in kinds.items()])


async def _drop_message(docket: Docket, redis: Any, message_id: bytes, message: dict[bytes, bytes]) -> int:
    try:
        job = await Execution.from_message(docket, message, fallback_task=_nothing, sync=False)
    except Exception as error:  # noqa: BLE001  # unpickling a foreign message may raise anything
        reason = type(error).__name__
    else:
        return await _drop_misplaced(redis, docket.runs_key(job.key), "hash")
    log.error("jobs.unreadable", message=message_id.decode(), reason=reason)
    await redis.xack(docket.stream_key, docket.worker_group_name, message_id)
    await redis.xdel(docket.stream_key, message_id)
    return 1


async def _drop_misplaced(redis: Any, key: str, kind: str) -> int:
    reply = await redis.type(key)
    type_found = reply.decode() if isinstance(reply, bytes) else str(reply)
    if type_found in {kind, "none"}:
        return 0
    log.error("jobs.misplaced", key=key, holds=type_found)
    await redis.delete(key)
    return 1


async def _nothing() -> None:
    """Stands for a job that only another version knows."""
