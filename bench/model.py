"""The offline model in a process of its own: `python -m bench.model FIRST_TOKEN_S TOKENS_PER_S [LOG]`.

It prints its base URL. Outside the bench's process, so that its work does not slow the local Slack's clock. With a LOG
it is wcode's, and writes down when each request came and when its answer was over.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bench.script import Answers
from bot.glm.offline.offline import OfflineModel
from bot.glm.offline.reply import OfflinePace

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Seconds since the epoch, from the request's headers to the last byte of the answer."""

    began_s: float
    ended_s: float


def exchanges(log: Path, since_s: float = 0.0) -> list[Exchange]:
    found = [Exchange(*map(float, line.split())) for line in log.read_text().splitlines()] if log.exists() else []
    return [one for one in found if one.began_s >= since_s]


class TimedModel(OfflineModel):
    def __init__(self, log: Path, pace: OfflinePace) -> None:
        super().__init__(Answers(), flavour="wcode", pace=pace, record=1)
        self._log = log

    def application(self) -> web.Application:
        app = super().application()
        app.middlewares.append(self._timed)
        return app

    @web.middleware
    async def _timed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        began_s = time.time()
        try:
            return await handler(request)
        finally:
            with self._log.open("a") as log:
                log.write(f"{began_s} {time.time()}\n")


async def serve(pace: OfflinePace, log: Path | None) -> None:
    model = TimedModel(log, pace) if log else OfflineModel(Answers(), pace=pace, record=1)
    async with model.serve() as base_url:
        print(base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    gc.disable()  # no pauses of the model's in the figures
    first_token_s, tokens_per_s, *log = sys.argv[1:]
    asyncio.run(serve(OfflinePace(float(first_token_s), float(tokens_per_s)), Path(log[0]) if log else None))
