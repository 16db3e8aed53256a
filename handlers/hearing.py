"""From an event to the core's decision, the same for every way a person speaks to the bot."""

from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.ending import STOPPED
from bot.core.inbound import Inbound, ThreadId
from bot.core.policy import Verdict
from bot.core.respond import STOPPED_SENTENCE
from bot.errors import SlackError, StateError
from bot.slack.inbound import read_arrival, read_inbound
from bot.words import say
from handlers.asked import Asked
from handlers.doors import Doors

log = structlog.get_logger(__name__)

SIGN, TELL_STOPPED = "sign", "tell_stopped"
# How a person sees that a message was understood though no answer comes now.
SIGNS: dict[Verdict, str] = {"stay_quiet": "zipper_mouth_face", "answer_later": "eyes"}


def register(doors: Doors) -> None:
    """What is left to do of a message when Slack has its acknowledgement."""

    async def sign(asked: Asked) -> None:
        try:
            await doors.gateway.react(asked.channel, str(asked.body["ts"]), str(asked.body["sign"]))
        except SlackError as refused:
            log.info("event.no_reaction", code=refused.code)

    async def tell_stopped(asked: Asked) -> None:
        words = STOPPED.format(sentence=say(STOPPED_SENTENCE, await doors.teller.language(asked)))
        try:
            await doors.gateway.post(asked.channel, str(asked.body["root"]), words)
            await doors.gateway.set_status(asked.channel, str(asked.body["root"]), "")
        except SlackError as refused:
            log.info("stop.not_told", code=refused.code)

    doors.follow_ups.register(SIGN, sign)
    doors.follow_ups.register(TELL_STOPPED, tell_stopped)


async def hear(doors: Doors, event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Raises StateError when the message can't be kept: Slack is then not told that it arrived."""
    inbound = inbound_of(event, context)
    verdict = await doors.receiver.receive(read_arrival(event, inbound, context.bot_user_id or ""), inbound)
    log.debug("event.heard", verdict=verdict, channel=inbound.channel, ts=inbound.ts)
    if verdict == "stop":
        await stop(doors, inbound.thread)
    if verdict in SIGNS:
        body = {"user": inbound.user, "channel": inbound.channel, "ts": inbound.ts, "sign": SIGNS[verdict]}
        try:
            await doors.follow_ups.add(SIGN, inbound.team, body)
        except StateError as away:
            log.info("event.no_reaction", reason=away.detail)


async def stop(doors: Doors, thread: ThreadId) -> None:
    """The answer under way says so itself; of questions that waited in line nobody else does."""
    for question in (await doors.amender.stop(thread))[-1:]:
        body = {"user": question.user, "channel": thread.channel, "root": thread.root_ts, "ts": question.ts}
        await doors.follow_ups.add(TELL_STOPPED, question.team, body)


def inbound_of(event: dict[str, Any], context: AsyncBoltContext) -> Inbound:
    return read_inbound(event, context.team_id or context.enterprise_id or "", context.bot_user_id or "")
