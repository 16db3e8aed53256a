"""One person's page, as its requests."""

from typing import Any

import aiohttp

Json = dict[str, Any]


class Person:
    def __init__(self, session: aiohttp.ClientSession, name: str = "Ana") -> None:
        self._session = session
        self.name = name

    async def act(self, act: str, **body: Any) -> Json:
        async with self._session.post(f"/page/act/{act}?as={self.name}", json=body) as answer:
            assert answer.status == 200
            found: Json = await answer.json()
            return found

    async def state(self) -> Json:
        async with self._session.get(f"/page/state?as={self.name}") as answer:
            assert answer.status == 200
            found: Json = await answer.json()
            return found

    async def sees(self, ts: str) -> Json | None:
        return next((message for message in (await self.state())["messages"] if message["ts"] == ts), None)
