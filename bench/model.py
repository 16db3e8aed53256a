"""The offline model in a process of its own: `python -m bench.model FIRST_TOKEN_S TOKENS_PER_S`; prints its base URL.

Outside the bench's process, so that its work does not slow the local Slack's clock.
"""

import asyncio
import gc
import sys
from typing import Any

from bench.texts import AT_ONCE, answer_text, chunks_asked
from bot.core.usage import Usage
from bot.glm.offline import OfflineModel
from bot.glm.offline_reply import OfflinePace, Reply
from bot.glm.offline_wire import Call, frames

CALL = Call("bench", 0, "glm-4.6v", "zai", Usage(), tells_usage=True)


def answer(body: dict[str, Any]) -> Reply:
    """As many chunks as the latest question asks for, at this model's pace or all at once."""
    asked = str(body["messages"][-1]["content"])
    reply = Reply(text=answer_text(chunks_asked(asked) or 300))
    return Reply(raw=(b"".join(frames(reply, CALL)),)) if AT_ONCE in asked else reply


async def serve(pace: OfflinePace) -> None:
    async with OfflineModel(answer, pace=pace, record=1).serve() as base_url:
        print(base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    gc.disable()  # no pauses of the model's in the figures
    asyncio.run(serve(OfflinePace(float(sys.argv[1]), float(sys.argv[2]))))
