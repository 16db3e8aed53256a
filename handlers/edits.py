"""A person edits or deletes a message they have sent."""

import time
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.core.audit import AuditEvent, note
from bot.core.thread.inbound import ThreadId
from bot.errors import SlackError
from bot.slack.inbound import read_deleted, read_edited, read_inbound
from handlers.again import offer
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction
from handlers.receive import inbound_of, receive

log = structlog.get_logger(__name__)

# What is older and unknown may have been answered long ago, so it is left alone.
DAY_S = 86_400
OFFER = "offer_again"
REDELIVERED = "is_redelivered"
PLACE = ("type", "user", "channel", "channel_type", "ts", "thread_ts", "user_team", "source_team", "team")


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def offered(interaction: Interaction) -> None:
        inbound = read_inbound(interaction.body, interaction.team, "")
        try:
            await offer(deps.gateway, inbound, await deps.replies.language(interaction))
        except SlackError as refused:
            log.info("edit.no_offer", code=refused.code)

    deps.follow_ups.register(OFFER, offered)

    @app.event({"type": "message", "subtype": "message_changed"})
    async def changed(event: dict[str, Any], context: AsyncBoltContext, request: AsyncBoltRequest) -> None:
        said = read_edited(event)
        if said is None:
            await _forget(deps, event, context)
        else:
            await _edited(deps, said, {**event, REDELIVERED: _is_redelivered(request)}, context)

    @app.event({"type": "message", "subtype": "message_deleted"})
    async def deleted(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await _forget(deps, event, context)


async def _edited(deps: Dependencies, said: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
    inbound = inbound_of(said, context)
    state = await deps.message_edits.edited(inbound)
    if state == "unknown" and float(said["ts"]) > time.time() - DAY_S:
        await receive(deps, said, context)
    elif state == "answered" or (state == "offered" and event[REDELIVERED]):
        place = {name: said[name] for name in PLACE if name in said}
        # The event names the offer: told of again because we could not keep it, it is the same one.
        await deps.follow_ups.add(OFFER, inbound.team, {**place, "event_ts": event.get("event_ts")})


def _is_redelivered(request: AsyncBoltRequest) -> bool:
    """“0” is a first delivery over a socket (slack.md §5)."""
    return any(number not in {"", "0"} for number in request.headers.get("x-slack-retry-num", ()))


async def _forget(deps: Dependencies, event: dict[str, Any], context: AsyncBoltContext) -> None:
    gone = read_deleted(event)
    if gone is None:
        return
    root, ts = gone
    team = context.team_id or context.enterprise_id or ""
    state = await deps.message_edits.deleted(ThreadId(team, str(event["channel"]), root), ts)
    if state != "unknown":
        note(AuditEvent("deletion", team, str(event["channel"]), outcome="message"))
