"""A model that says which questions it was asked, and remembers who asked when."""

import asyncio
import random
import re
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.glm.offline.offline import OfflineModel
from bot.glm.offline.reply import OfflinePace, Reply
from bot.glm.offline.wire import Call

TOKEN = re.compile(r"\bQ\d{3}v\d\b")
ANSWER = re.compile(r"Answer to ((?:Q\d{3}v\d )+)with (\d+) pictures: (?:w\d+ )*over")
WORDS = "Answer to {tokens} with {pictures} pictures: {filler}over"


@dataclass(slots=True)
class Asked:
    """A request to the model. `asker` is the process and its life; `ended_at`: all of the answer went out."""

    at: float
    asker: str
    tokens: tuple[str, ...]
    text: str
    ended_at: float | None = None


@dataclass
class EchoModel(OfflineModel):
    """`words`: how many filler words an answer has. An answer stops in its middle while `go_on` is cleared."""

    words: Callable[[tuple[str, ...]], int] = field(default=lambda _: 30)
    speed: OfflinePace = field(default_factory=lambda: OfflinePace(0.3, 60.0))

    def __post_init__(self) -> None:
        super().__init__(self._answer, pace=self.speed, record=100_000)
        self.asked: list[Asked] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    def of(self, token: str) -> list[Asked]:
        return [asked for asked in self.asked if token in asked.tokens]

    def _answer(self, body: dict[str, Any]) -> Reply:
        content = body["messages"][-1]["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        tokens = tuple(TOKEN.findall(" ".join(part.get("text", "") for part in parts)))
        pictures = sum(part["type"] == "image_url" for part in parts)
        filler = "".join(f"w{number} " for number in range(self.words(tokens)))
        text = WORDS.format(tokens=" ".join(tokens), pictures=pictures, filler=filler)
        self.asked.append(Asked(time.monotonic(), self._asker(body), tokens, text))
        return Reply(text=text)

    def _asker(self, body: dict[str, Any]) -> str:
        received = next(one for one in reversed(self.requests) if one.body is body)
        headers = {name.lower(): value for name, value in received.headers.items()}
        return headers["authorization"].removeprefix("Bearer ")

    async def _paced(self, reply: Reply, call: Call) -> AsyncGenerator[bytes, None]:
        async for piece in super()._paced(reply, call):
            yield piece
            if b"w5" in piece:
                await self.go_on.wait()
        for asked in reversed(self.asked):
            if asked.text == reply.text and asked.ended_at is None:
                asked.ended_at = time.monotonic()
                return


def seeded_words(seed: int, least: int = 20, most: int = 110) -> Callable[[tuple[str, ...]], int]:
    return lambda tokens: random.Random(f"{seed}{tokens}").randint(least, most)
