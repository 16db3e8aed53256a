"""From an event to the core's decision, the same for every way a person speaks to the bot."""

from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.ending import STOPPED
from bot.core.inbound import Inbound, ThreadId
from bot.core.policy import Verdict
from bot.core.respond import STOPPED_SENTENCE
from bot.errors import SlackError
from bot.slack.inbound import read_arrival, read_inbound
from bot.words import say
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
        await stop(doors, inbound.thread)
    if verdict in SIGNS:
        await _react(doors, inbound, SIGNS[verdict])


async def stop(doors: Doors, thread: ThreadId) -> None:
    """The answer under way says so itself; of questions that waited in line nobody else does."""
    for question in (await doors.amender.stop(thread))[-1:]:
        language = (await doors.history.person(question.team, question.user)).language
        words = STOPPED.format(sentence=say(STOPPED_SENTENCE, language))
        try:
            await doors.gateway.post(thread.channel, thread.root_ts, words)
            await doors.gateway.set_status(thread.channel, thread.root_ts, "")
        except SlackError as refused:
            log.info("stop.not_told", code=refused.code)


def inbound_of(event: dict[str, Any], context: AsyncBoltContext) -> Inbound:
    return read_inbound(event, context.team_id or context.enterprise_id or "", context.bot_user_id or "")


async def _react(doors: Doors, inbound: Inbound, name: str) -> None:
    try:
        await doors.gateway.react(inbound.channel, inbound.ts, name)
    except SlackError as refused:
        log.info("event.no_reaction", code=refused.code)
