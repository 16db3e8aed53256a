"""Reads an answer of the model with bare aiohttp and does nothing with it; prints µs of its own CPU per chunk.

First one by one at the model's pace, then all at once.

`python -m bench.floor BASE_URL CHUNKS`: what no bot on aiohttp can go below.
"""

import asyncio
import sys
import time

import aiohttp

from bench.texts import question


async def read(base_url: str, chunks: int, *, at_once: bool) -> float:
    wanted = question(chunks, at_once=at_once)
    body = {"model": "glm-4.6v", "stream": True, "messages": [{"role": "user", "content": wanted}]}
    headers = {"Authorization": "Bearer offline"}
    async with aiohttp.ClientSession(headers=headers) as session:
        began_s = time.process_time()
        async with session.post(f"{base_url}/chat/completions", json=body) as response:
            response.raise_for_status()
            async for _ in response.content.iter_any():
                pass
        return (time.process_time() - began_s) / chunks


if __name__ == "__main__":
    for at_once in (False, True):
        print(asyncio.run(read(sys.argv[1], int(sys.argv[2]), at_once=at_once)) * 1e6)
