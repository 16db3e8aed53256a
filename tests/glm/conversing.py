"""The real client over the real wire to the offline model, with a clock that does not wait."""

import asyncio
import io
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from PIL import Image as Pillow

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta, TextRetracted
from bot.core.model.messages import Ask, Image, Message, Text
from bot.core.model.tokens import image_tokens
from bot.glm.catalog.providers import ProviderProfile, profile_for
from bot.glm.client import GlmClient
from bot.glm.exchange import Endpoint
from bot.glm.offline.offline import OfflineModel, Script
from bot.glm.offline.reply import INSTANT
from bot.glm.offline.rules import Flavour
from bot.glm.timing import Timing

QUESTION = Ask((Message("user", (Text("What is it?"),)),))


def picture(width: int = 56, height: int = 28, kind: str = "PNG") -> Image:
    out = io.BytesIO()
    Pillow.new("RGB", (width, height), (200, 50, 40)).save(out, kind)
    mime = f"image/{kind.lower()}"
    return Image("Image 1", mime, out.getvalue(), width, height, image_tokens(width, height))


def with_picture(question: str = "What is it?") -> Ask:
    return Ask((Message("user", (Text("Image 1: plan.png"), picture(), Text(question))),))


@dataclass
class Talk:
    client: GlmClient
    model: OfflineModel
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    async def ask(self, ask: Ask = QUESTION) -> list[ModelEvent]:
        return [event async for event in self.client.stream(ask)]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    async def until(self, news: asyncio.Event, seconds: float) -> None:
        """As `sleep`, unless the news comes first."""
        for _ in range(3):
            await asyncio.sleep(0)
            if news.is_set():
                return
        await self.sleep(seconds)

    @property
    def sent(self) -> list[Any]:
        return [received.body for received in self.model.requests]


@asynccontextmanager
async def talking(
    script: Script | None = None,
    *,
    flavour: Flavour = "zai",
    profile: ProviderProfile | None = None,
    timing: Timing | None = None,
    **endpoint: Any,
) -> AsyncGenerator[Talk, None]:
    model = OfflineModel(script, flavour=flavour, pace=INSTANT)
    async with model.serve() as url, aiohttp.ClientSession() as session:
        where = replace(Endpoint(url, "k", "z-ai/glm-4.6v", profile or profile_for(None, url)), **endpoint)
        talk = Talk(None, model)  # type: ignore[arg-type]
        fast = Timing(talk.sleep, lambda: talk.now, lambda: 1.0, talk.until)
        talk.client = GlmClient(session, where, timing or fast)
        yield talk


def text_of(events: Sequence[ModelEvent]) -> str:
    """As it stands in the end: what was retracted does not count."""
    text = ""
    for event in events:
        match event:
            case TextDelta(more):
                text += more
            case TextRetracted(kept):
                text = kept
    return text


def reasoning_of(events: Sequence[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningDelta))


def finished_of(events: Sequence[ModelEvent]) -> Finished:
    (finished,) = [event for event in events if isinstance(event, Finished)]
    assert events[-1] is finished
    return finished


async def heard(talk: Talk, told: list[ModelEvent], ask: Ask = QUESTION) -> None:
    """Like `Talk.ask`, but what came before an error is in `told`."""
    async for event in talk.client.stream(ask):
        told.append(event)  # noqa: PERF401 - a comprehension would lose it
