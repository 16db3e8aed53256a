"""A person edits or deletes a message they have sent."""

import time
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.inbound import Inbound, ThreadId
from bot.errors import SlackError
from bot.slack.inbound import read_deleted, read_edited
from handlers.again import offer
from handlers.doors import Doors
from handlers.hearing import hear, inbound_of

log = structlog.get_logger(__name__)

# What is older and unknown may have been answered long ago, so it is left alone.
DAY_S = 86_400


def register(app: AsyncApp, doors: Doors) -> None:
    @app.event({"type": "message", "subtype": "message_changed"})
    async def changed(event: dict[str, Any], context: AsyncBoltContext) -> None:
        said = read_edited(event)
        if said is None:
            await _forget(doors, event, context)
        else:
            await _edited(doors, said, context)

    @app.event({"type": "message", "subtype": "message_deleted"})
    async def deleted(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await _forget(doors, event, context)


async def _edited(doors: Doors, said: dict[str, Any], context: AsyncBoltContext) -> None:
    inbound = inbound_of(said, context)
    state = await doors.amender.edited(inbound)
    if state == "unknown" and float(said["ts"]) > time.time() - DAY_S:
        await hear(doors, said, context)
    elif state == "answered":
        await _offer(doors, inbound)


async def _forget(doors: Doors, event: dict[str, Any], context: AsyncBoltContext) -> None:
    gone = read_deleted(event)
    if gone is None:
        return
    root, ts = gone
    team = context.team_id or context.enterprise_id or ""
    await doors.amender.deleted(ThreadId(team, str(event["channel"]), root), ts)


async def _offer(doors: Doors, inbound: Inbound) -> None:
    try:
        person = await doors.history.person(inbound.team, inbound.user)
        await offer(doors.gateway, inbound, person.language)
    except SlackError as refused:
        log.info("edit.no_offer", code=refused.code)
