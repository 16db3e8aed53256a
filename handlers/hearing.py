"""From an event to the core's decision, the same for every way a person speaks to the bot."""

from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.receive import Receiver
from bot.errors import SlackError
from bot.slack.gateway import Gateway
from bot.slack.inbound import read_arrival, read_inbound

log = structlog.get_logger(__name__)

QUIET_SIGN = "zipper_mouth_face"


async def hear(receiver: Receiver, gateway: Gateway, event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Raises StateError when the message can't be kept: Slack is then not told that it arrived."""
    bot_user_id = context.bot_user_id or ""
    inbound = read_inbound(event, context.team_id or context.enterprise_id or "", bot_user_id)
    verdict = await receiver.receive(read_arrival(event, bot_user_id), inbound)
    log.debug("event.heard", verdict=verdict, channel=inbound.channel, ts=inbound.ts)
    if verdict == "stay_quiet":
        try:
            await gateway.react(inbound.channel, inbound.ts, QUIET_SIGN)
        except SlackError as refused:
            log.info("event.no_reaction", code=refused.code)
