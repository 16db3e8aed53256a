"""A person opens the bot's messages: greeted once, with things to try."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import SlackError
from bot.slack.prompts import GENERAL
from bot.words import say, text
from handlers.commands import HELP
from handlers.doors import Doors, team_of

log = structlog.get_logger(__name__)

WELCOME = text(
    "Hello! I am GLM-4.6V, a model that can see. Send me a picture or a document and ask me about it, for example:\n"
    "• a screenshot: what is wrong here, and what should I try?\n"
    "• a chart or a table: give me the figures, and what stands out\n"
    "• a PDF, Word, PowerPoint or Excel file: summarise it; what is still open, who does what by when?\n"
    "• a sketch or a mock-up: turn it into a web page"
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
    prompts = [{"title": say(title, language), "message": say(message, language)} for title, message in GENERAL]
    await doors.gateway.post(channel, None, f"{say(WELCOME, language)}\n\n{say(HELP, language)}")
    await doors.gateway.suggest(channel, prompts)
