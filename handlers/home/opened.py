"""A person opens the bot: its messages, where they are greeted once with things to try, or its home tab."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import SlackError
from bot.slack.home.page import digest_of
from bot.slack.reply.suggested_prompts import GENERAL
from bot.words import say, text
from handlers.asked import Interaction
from handlers.dependencies import Dependencies, team_of
from handlers.follow_up import Carry
from handlers.home.tab import HomeTab, OpenedHome

log = structlog.get_logger(__name__)

GREET, SHOW = "greet", "show_home"
WELCOME = text(
    "Hello! I'm GLM-4.6V: I can see, read and think. Ask me here, or mention me in a channel.\n"
    "• Send me a screenshot, a photo or a chart: what is wrong here, what does it say?\n"
    "• Send me a PDF, a Word, PowerPoint or Excel file: sum it up, find who does what by when.\n"
    "• Type `/summarize` to catch up on a channel, or `/glm` to see all I can do.\n"
    "Or press one of the three suggestions to begin."
)


def register(app: AsyncApp, doors: Dependencies, tab: HomeTab | None) -> None:
    async def greet(asked: Interaction) -> None:
        if not await doors.memory.first_time(asked.team, asked.user):
            return
        try:
            await _greet(doors, asked.channel, await doors.teller.language(asked))
        except SlackError as refused:
            log.info("home.not_greeted", code=refused.code)

    doors.follow_ups.register(GREET, greet)
    if tab is not None:
        # Who may not use the bot is told so there.
        doors.follow_ups.register(SHOW, _showing(tab), is_open=True)

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "messages":
            # No more of the event than this: opened again before it was done, it is the same greeting.
            await doors.follow_ups.add(GREET, team_of(context), {"user": event["user"], "channel": event["channel"]})
        elif event.get("tab") == "home" and tab is not None:
            await doors.follow_ups.add(SHOW, team_of(context), {"user": event["user"], **_seen(event)})


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
    async def show(asked: Interaction) -> None:
        seen = OpenedHome(str(asked.body["digest"]), str(asked.body["hash"]), float(asked.body["event_ts"]))
        await tab.show(asked.team, asked.user, seen)

    return show


async def _greet(doors: Dependencies, channel: str, language: str) -> None:
    prompts = [{"title": say(title, language), "message": say(message, language)} for title, message in GENERAL]
    await doors.gateway.post(channel, None, say(WELCOME, language))
    await doors.gateway.suggest(channel, prompts)
