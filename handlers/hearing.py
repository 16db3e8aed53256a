"""From an event to the core's decision, the same for every way a person speaks to the bot."""

from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.inbound import Inbound
from bot.core.policy import Verdict
from bot.errors import SlackError
from bot.slack.inbound import read_arrival, read_inbound
from handlers.doors import Doors

log = structlog.get_logger(__name__)

# How a person sees that a message was understood though no answer comes now.
SIGNS: dict[Verdict, str] = {"stay_quiet": "zipper_mouth_face", "answer_later": "eyes"}


async def hear(doors: Doors, event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Raises StateError when the message can't be kept: Slack is then not told that it arrived."""
    inbound = inbound_of(event, context)
    verdict = await doors.receiver.receive(read_arrival(event, inbound, context.bot_user_id or ""), inbound)
    log.debug("event.heard", verdict=verdict, channel=inbound.channel, ts=inbound.ts)
    if verdict == "stop":
        await doors.amender.stop(inbound.thread)
    if verdict in SIGNS:
        await _react(doors, inbound, SIGNS[verdict])


def inbound_of(event: dict[str, Any], context: AsyncBoltContext) -> Inbound:
    return read_inbound(event, context.team_id or context.enterprise_id or "", context.bot_user_id or "")


async def _react(doors: Doors, inbound: Inbound, name: str) -> None:
    try:
        await doors.gateway.react(inbound.channel, inbound.ts, name)
    except SlackError as refused:
        log.info("event.no_reaction", code=refused.code)
