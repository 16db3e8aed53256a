"""Background holds the tasks of a running local Slack."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """A task group that ends by cancelling the remaining tasks. It is entered by hand, so that an exception in the body
    of `async with slack.serve()` reaches a test as itself, and not inside an ExceptionGroup.
    """

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        await self._group.__aenter__()

    def create_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self._group.__aexit__(None, None, None)
