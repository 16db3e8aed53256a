"""A person opens the bot: its messages, where they are greeted once with things to try, or its home tab."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import SlackError
from bot.slack.home.page import digest_of
from bot.slack.reply.suggested_prompts import GENERAL
from bot.words import say, text
from handlers.dependencies import Dependencies, team_of
from handlers.follow_up import Carry
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


def register(app: AsyncApp, deps: Dependencies, tab: HomeTab | None) -> None:
    async def greet(interaction: Interaction) -> None:
        if not await deps.memory.first_time(interaction.team, interaction.user):
            return
        try:
            await _greet(deps, interaction.channel, await deps.replies.language(interaction))
        except SlackError as refused:
            log.info("home.not_greeted", code=refused.code)

    deps.follow_ups.register(GREET, greet)
    if tab is not None:
        # Who may not use the bot is told so there.
        deps.follow_ups.register(SHOW, _showing(tab), is_open=True)

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "messages":
            # No more of the event than this: opened again before it was done, it is the same greeting.
            await deps.follow_ups.add(GREET, team_of(context), {"user": event["user"], "channel": event["channel"]})
        elif event.get("tab") == "home" and tab is not None:
            await deps.follow_ups.add(SHOW, team_of(context), {"user": event["user"], **_seen(event)})


def _seen(event: dict[str, Any]) -> dict[str, str]:
    """What the person has before them: there is no view where nothing was published yet."""
    shown = event.get("view")
    before = shown if isinstance(shown, dict) else {}
    return {
        "event_ts": str(event.get("event_ts") or "0"),
        "digest": digest_of(before),
        "hash": str(before.get("hash") or ""),
    }


def _showing(tab: HomeTab) -> Carry:
    async def show(interaction: Interaction) -> None:
        seen = OpenedHome(
            str(interaction.body["digest"]), str(interaction.body["hash"]), float(interaction.body["event_ts"])
        )
        await tab.show(interaction.team, interaction.user, seen)

    return show


async def _greet(deps: Dependencies, channel: str, language: str) -> None:
    prompts = [{"title": say(title, language), "message": say(message, language)} for title, message in GENERAL]
    await deps.gateway.post(channel, None, say(WELCOME, language))
    await deps.gateway.suggest(channel, prompts)
