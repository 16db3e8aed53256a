"""When a file is deleted in Slack, this handler has everything deleted that the bot keeps of it."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.audit import AuditEvent, note
from handlers.dependencies import Dependencies, team_of
from handlers.interaction import Interaction

DROP = "drop_file"


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def drop(interaction: Interaction) -> None:
        await deps.forgetting.file(interaction.team, str(interaction.body["file_id"]))
        note(AuditEvent("deletion", interaction.team, outcome="file"))

    deps.follow_ups.register(DROP, drop, is_open=True)

    @app.event("file_deleted")
    async def deleted(event: dict[str, Any], context: AsyncBoltContext) -> None:
        if file_id := str(event.get("file_id") or ""):
            await deps.follow_ups.add(DROP, team_of(context), {"file_id": file_id})
