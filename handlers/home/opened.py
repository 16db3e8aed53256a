"""Handlers of a person opening the bot: it greets them once in the messages tab, and publishes the home tab."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import SlackError
from bot.slack.home.page import digest_of
from bot.slack.reply.suggested_prompts import GENERAL
from bot.words import say, text
from handlers.dependencies import Dependencies, team_of
from handlers.home.tab import HomeTab, OpenedHome
from handlers.interaction import Interaction

log = structlog.get_logger(__name__)

GREET, SHOW = "greet", "show_home"
WELCOME = text(
    "Hello! I'm GLM-4.6V: I can see, read and think. Ask me here, or mention me in a channel.\n"
    "• Send me a screenshot, a photo or a chart: what is wrong here, what does it say?\n"
    "• Send me a PDF, a Word, PowerPoint or Excel file: sum it up, find who does what by when.\n"
    "• Type `/summarize` to catch up on a channel, or `/glm` to see all I can do.\n"
    "Or press one of the three suggestions to begin."
)


def register(app: AsyncApp, deps: Dependencies, tab: HomeTab) -> None:
    async def greet(interaction: Interaction) -> None:
        if not await deps.threads.first_time(interaction.team, interaction.user):
            return
        try:
            await _greet(deps, interaction.channel, await deps.replies.language(interaction))
        except SlackError as refused:
            log.info("home.not_greeted", code=refused.code)

    async def show(interaction: Interaction) -> None:
        body = interaction.body
        seen = OpenedHome(str(body["digest"]), str(body["hash"]), float(body["event_ts"]))
        await tab.show(interaction.team, interaction.user, seen)

    deps.follow_ups.register(GREET, greet)
    # The tab itself tells people who may not use the bot.
    deps.follow_ups.register(SHOW, show, is_open=True)

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "messages":
            # Only the person and the channel: opened again before the greeting, this is the same follow-up.
            await deps.follow_ups.add(GREET, team_of(context), {"user": event["user"], "channel": event["channel"]})
        elif event.get("tab") == "home":
            await deps.follow_ups.add(SHOW, team_of(context), {"user": event["user"], **_seen(event)})


def _seen(event: dict[str, Any]) -> dict[str, str]:
    """The view that the person sees now. The event has none if nothing was published yet."""
    view = event.get("view")
    seen = view if isinstance(view, dict) else {}
    return {
        "event_ts": str(event.get("event_ts") or "0"),
        "digest": digest_of(seen),
        "hash": str(seen.get("hash") or ""),
    }


async def _greet(deps: Dependencies, channel: str, language: str) -> None:
    prompts = [{"title": say(title, language), "message": say(message, language)} for title, message in GENERAL]
    await deps.gateway.post(channel, None, say(WELCOME, language))
    await deps.gateway.suggest(channel, prompts)
