"""What a person does around a conversation with the agent: stops it, names it, looks at something else meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.thread.inbound import ThreadId
from bot.errors import StateError
from bot.slack.inbound import read_looking
from bot.slack.reply.suggested_prompts import Prompts
from handlers.dependencies import Dependencies, team_of
from handlers.interaction import Interaction
from handlers.receive import stop

log = structlog.get_logger(__name__)

LOOKS = "app_context_changed"


class Marks(Protocol):
    async def given(self, thread: ThreadId) -> None: ...


@dataclass(frozen=True, slots=True)
class AgentView:
    """What the agent's own view adds: prompts that fit, and titles that people gave."""

    prompts: Prompts
    marks: Marks


def register(app: AsyncApp, deps: Dependencies, view: AgentView | None = None) -> None:
    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("thread_ts"):
            await stop(deps, _thread(event, context))

    if view is not None:
        _register_view(app, deps, view)


def _register_view(app: AsyncApp, deps: Dependencies, view: AgentView) -> None:
    @app.event("agent_session_title_changed")
    async def entitled(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("user") in {None, "", context.bot_user_id} or not event.get("thread_ts"):
            return  # our own, or of no thread
        try:
            await view.marks.given(_thread(event, context))
        except StateError as trouble:
            log.info("title.not_noted", reason=trouble.detail)

    async def offered(interaction: Interaction) -> None:
        await view.prompts.looks_at(
            interaction.team, interaction.user, interaction.channel, read_looking(interaction.body)
        )

    deps.follow_ups.register(LOOKS, offered)

    @app.event(LOOKS)
    async def looks(event: dict[str, Any], context: AsyncBoltContext) -> None:
        try:
            await deps.follow_ups.add(LOOKS, team_of(context), event)
        except StateError as trouble:
            log.info("prompts.not_kept", reason=trouble.detail)

    @app.middleware
    async def noticed(body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        """Messages, and opening the bot's messages, tell of it by the way."""
        event = body.get("event") or {}
        seen = read_looking(event) if event.get("type") in {"message", "app_home_opened"} else None
        if seen and event.get("user"):
            await view.prompts.note(team_of(context), str(event["user"]), seen)
        await next_()


def _thread(event: dict[str, Any], context: AsyncBoltContext) -> ThreadId:
    return ThreadId(team_of(context), str(event["channel"]), str(event["thread_ts"]))
