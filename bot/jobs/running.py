"""RunningJobs knows the jobs that this process is doing, so that a shutdown can end them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class RunningJobs:
    """The jobs of one docket. After `cancel` none begins any more."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_over = False

    @contextmanager
    def job(self) -> Iterator[None]:
        """Do a job inside: `cancel` ends it."""
        task = asyncio.current_task()
        if self._is_over or task is None:
            raise asyncio.CancelledError
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    def cancel(self) -> None:
        """Cancel the running jobs. docket gives them to another worker when its own was cancelled before."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()
