"""A person presses the native Stop button while the bot answers."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.inbound import ThreadId
from handlers.doors import Doors


def register(app: AsyncApp, doors: Doors) -> None:
    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any], context: AsyncBoltContext) -> None:
        team = context.team_id or context.enterprise_id or ""
        await doors.amender.stop(ThreadId(team, str(event["channel"]), str(event["thread_ts"])))
