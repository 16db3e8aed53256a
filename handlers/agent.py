"""Handlers of Slack's agent view: a person stops an answer, renames the conversation or looks at another channel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.thread.inbound import ThreadId
from bot.errors import StateError
from bot.slack.inbound import read_view_context
from bot.slack.reply.suggested_prompts import SuggestedPrompts
from bot.store.threads.titles import TitleMarks
from handlers.dependencies import Dependencies, team_of
from handlers.interaction import Interaction
from handlers.receive import stop

log = structlog.get_logger(__name__)

LOOKS = "app_context_changed"


@dataclass(frozen=True, slots=True)
class AgentView:
    """Slack's agent view adds suggested prompts, and titles that people choose."""

    prompts: SuggestedPrompts
    titles: TitleMarks


def register(app: AsyncApp, deps: Dependencies, view: AgentView) -> None:
    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("thread_ts"):
            await stop(deps, _thread(event, context))

    _register_titles(app, view)
    _register_views(app, deps, view)


def _register_titles(app: AsyncApp, view: AgentView) -> None:
    @app.event("agent_session_title_changed")
    async def renamed(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("user") in {None, "", context.bot_user_id} or not event.get("thread_ts"):
            return  # the bot's own title, or an event that names no thread
        try:
            await view.titles.given(_thread(event, context))
        except StateError as error:
            log.info("title.not_noted", reason=error.detail)


def _register_views(app: AsyncApp, deps: Dependencies, view: AgentView) -> None:
    async def suggest_prompts(interaction: Interaction) -> None:
        await view.prompts.looks_at(
            interaction.team, interaction.user, interaction.channel, read_view_context(interaction.body)
        )

    deps.follow_ups.register(LOOKS, suggest_prompts)

    @app.event(LOOKS)
    async def looked(event: dict[str, Any], context: AsyncBoltContext) -> None:
        try:
            await deps.follow_ups.add(LOOKS, team_of(context), event)
        except StateError as error:
            log.info("prompts.not_kept", reason=error.detail)

    @app.middleware
    async def note_view(body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        """Note what the person looks at. A message, and opening the bot's messages, say it too."""
        event = body.get("event") or {}
        seen = read_view_context(event) if event.get("type") in {"message", "app_home_opened"} else None
        if seen and event.get("user"):
            await view.prompts.note(team_of(context), str(event["user"]), seen)
        await next_()


def _thread(event: dict[str, Any], context: AsyncBoltContext) -> ThreadId:
    return ThreadId(team_of(context), str(event["channel"]), str(event["thread_ts"]))
