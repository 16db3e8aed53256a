"""A person opens the bot's messages: greeted once, with things to try."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import SlackError
from bot.slack.reply.suggested_prompts import GENERAL
from bot.words import say, text
from handlers.asked import Asked
from handlers.dependencies import Doors, team_of

log = structlog.get_logger(__name__)

GREET = "greet"
WELCOME = text(
    "Hello! I'm GLM-4.6V: I can see, read and think. Ask me here, or mention me in a channel.\n"
    "• Send me a screenshot, a photo or a chart: what is wrong here, what does it say?\n"
    "• Send me a PDF, a Word, PowerPoint or Excel file: sum it up, find who does what by when.\n"
    "• Type `/summarize` to catch up on a channel, or `/glm` to see all I can do.\n"
    "Or press one of the three suggestions to begin."
)


def register(app: AsyncApp, doors: Doors) -> None:
    async def greet(asked: Asked) -> None:
        if not await doors.memory.first_time(asked.team, asked.user):
            return
        try:
            await _greet(doors, asked.channel, await doors.teller.language(asked))
        except SlackError as refused:
            log.info("home.not_greeted", code=refused.code)

    doors.follow_ups.register(GREET, greet)

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "messages":
            # No more of the event than this: opened again before it was done, it is the same greeting.
            await doors.follow_ups.add(GREET, team_of(context), {"user": event["user"], "channel": event["channel"]})


async def _greet(doors: Doors, channel: str, language: str) -> None:
    prompts = [{"title": say(title, language), "message": say(message, language)} for title, message in GENERAL]
    await doors.gateway.post(channel, None, say(WELCOME, language))
    await doors.gateway.suggest(channel, prompts)
