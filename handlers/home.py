"""A person opens the bot's messages: greeted once, with things to try."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import SlackError
from bot.words import say, text
from handlers.commands import HELP
from handlers.doors import Doors, team_of

log = structlog.get_logger(__name__)

WELCOME = text("Hello! I am GLM-4.6V, a vision model. Send me a picture and ask me about it.")
PROMPTS = (
    (text("What is wrong here?"), text("What is wrong in this screenshot?")),
    (text("Read a chart"), text("What does this chart say? Give me the figures as a table.")),
    (text("Copy out the text"), text("Copy out all the text in this picture.")),
    (text("Explain a drawing"), text("Explain this drawing to somebody who sees it for the first time.")),
)


def register(app: AsyncApp, doors: Doors) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") != "messages":
            return
        team, user, channel = team_of(context), str(event["user"]), str(event["channel"])
        if not await doors.memory.first_time(team, user):
            return
        language = (await doors.history.person(team, user)).language
        try:
            await _greet(doors, channel, language)
        except SlackError as refused:
            log.info("home.not_greeted", code=refused.code)


async def _greet(doors: Doors, channel: str, language: str) -> None:
    prompts = [{"title": say(title, language), "message": say(message, language)} for title, message in PROMPTS]
    await doors.gateway.post(channel, None, f"{say(WELCOME, language)}\n\n{say(HELP, language)}")
    await doors.gateway.suggest(channel, prompts)
