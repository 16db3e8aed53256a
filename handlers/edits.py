"""A person edits or deletes a message they have sent."""

import time
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.inbound import Inbound, ThreadId
from bot.errors import SlackError
from bot.slack.inbound import read_edited
from handlers.again import offer
from handlers.doors import Doors
from handlers.hearing import hear, inbound_of

log = structlog.get_logger(__name__)

# What is older is no longer known to be answered or not, so it is left alone.
DAY_S = 86_400


def register(app: AsyncApp, doors: Doors) -> None:
    @app.event({"type": "message", "subtype": "message_changed"})
    async def edited(event: dict[str, Any], context: AsyncBoltContext) -> None:
        said = read_edited(event)
        if said is None or float(said["ts"]) < time.time() - DAY_S:
            return
        inbound = inbound_of(said, context)
        state = await doors.amender.edited(inbound)
        if state == "unknown":
            await hear(doors, said, context)
        elif state == "answered":
            await _offer(doors, inbound)

    @app.event({"type": "message", "subtype": "message_deleted"})
    async def deleted(event: dict[str, Any], context: AsyncBoltContext) -> None:
        before = event.get("previous_message") or {}
        if before.get("bot_id"):
            return
        ts = str(event["deleted_ts"])
        root = str(before.get("thread_ts") or ts)
        team = context.team_id or context.enterprise_id or ""
        await doors.amender.deleted(ThreadId(team, str(event["channel"]), root), ts)


async def _offer(doors: Doors, inbound: Inbound) -> None:
    try:
        await offer(doors.gateway, inbound)
    except SlackError as refused:
        log.info("edit.no_offer", code=refused.code)
