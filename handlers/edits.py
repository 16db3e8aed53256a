"""Handlers of a person editing or deleting a message that they have sent."""

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
from handlers.dependencies import Dependencies, team_of
from handlers.interaction import Interaction
from handlers.receive import inbound_of, receive

log = structlog.get_logger(__name__)

# An unknown message that is older may have been answered long ago, so an edit of it is ignored.
DAY_S = 86_400
OFFER = "offer_again"
REDELIVERED = "is_redelivered"
PLACE = ("type", "user", "channel", "channel_type", "ts", "thread_ts", "user_team", "source_team", "team")


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def offer_again(interaction: Interaction) -> None:
        inbound = read_inbound(interaction.body, interaction.team, "")
        try:
            await offer(deps.gateway, inbound, await deps.replies.language(interaction))
        except SlackError as refused:
            log.info("edit.no_offer", code=refused.code)

    deps.follow_ups.register(OFFER, offer_again)

    @app.event({"type": "message", "subtype": "message_changed"})
    async def changed(event: dict[str, Any], context: AsyncBoltContext, request: AsyncBoltRequest) -> None:
        message = read_edited(event)
        if message is None:
            await _forget(deps, event, context)
        else:
            await _edited(deps, message, {**event, REDELIVERED: _is_redelivered(request)}, context)

    @app.event({"type": "message", "subtype": "message_deleted"})
    async def deleted(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await _forget(deps, event, context)


async def _edited(
    deps: Dependencies, message: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext
) -> None:
    """`message` is as it reads now."""
    inbound = inbound_of(message, context)
    state = await deps.message_edits.edited(inbound)
    if state == "unknown" and float(message["ts"]) > time.time() - DAY_S:
        if await receive(deps, message, context) != "known":
            return
        # Another event about the message was faster just now. After an outage Slack delivers all of them at once.
        state = await deps.message_edits.edited(inbound)
    if state == "answered" or (state == "offered" and event[REDELIVERED]):
        place = {name: message[name] for name in PLACE if name in message}
        # Slack delivers the event again if the offer could not be kept. With its `event_ts` it is one offer only.
        await deps.follow_ups.add(OFFER, inbound.team, {**place, "event_ts": event.get("event_ts")})


def _is_redelivered(request: AsyncBoltRequest) -> bool:
    """Over a socket, the first delivery has the number 0 (slack.md §5)."""
    return any(number not in {"", "0"} for number in request.headers.get("x-slack-retry-num", ()))


async def _forget(deps: Dependencies, event: dict[str, Any], context: AsyncBoltContext) -> None:
    deleted = read_deleted(event)
    if deleted is None:
        return
    root, ts = deleted
    team = team_of(context)
    state = await deps.message_edits.deleted(ThreadId(team, str(event["channel"]), root), ts)
    if state != "unknown":
        note(AuditEvent("deletion", team, str(event["channel"]), outcome="message"))
