"""Follow-ups kept in memory: a test looks at what was kept, and has it carried out when it likes."""

from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.model.models import Models, OfferedModel
from bot.errors import StateError
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.response_urls import ResponseUrls
from handlers.follow_up import FollowUps
from handlers.interaction import Interaction
from handlers.private_replies import PrivateReplies


@dataclass
class Kept:
    """In the place of the queue in Redis: the same key is kept once, as long as it is known."""

    waiting: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    is_away: bool = False
    away_for: int = 0  # so many times

    async def add(self, name: str, key: str, payload: dict[str, Any]) -> None:
        if self.is_away or self.away_for:
            self.away_for = max(0, self.away_for - 1)
            raise StateError("away")
        if key not in self.seen:
            self.seen.add(key)
            self.waiting[key] = (name, payload)

    async def carry_out(self, follow_ups: FollowUps) -> None:
        while self.waiting:
            key = next(iter(self.waiting))
            await follow_ups.carry_out(*self.waiting.pop(key))


def following(
    kept: Kept, gateway: Gateway, history: History, client: AsyncWebClient
) -> tuple[FollowUps, PrivateReplies]:
    replies = PrivateReplies(gateway, history, ResponseUrls(client), everybody)
    return FollowUps(kept, replies, everybody), replies


ONE_MODEL = Models((OfferedModel("z-ai/glm-4.6v", "GLM-4.6V"),))
nothing: Any = None  # no test here asks for it


async def everybody(_: Interaction) -> None:
    """May use the bot."""
