"""`receive` hands a message to the core and tells its author what the core decided. All message events come here."""

from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.intake.policy import Verdict
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.turn.failures import STOPPED_SENTENCE
from bot.core.turn.finish import STOPPED
from bot.errors import SlackError, StateError
from bot.slack.inbound import read_arrival, read_inbound
from bot.slack.reply.replies import WAITS
from bot.words import say, text
from handlers.dependencies import Dependencies, team_of
from handlers.interaction import Interaction

log = structlog.get_logger(__name__)

SIGN, TELL_STOPPED, TELL_FULL = "sign", "tell_stopped", "tell_full"
# The reaction that tells a person that the message was understood, though no answer comes now.
SIGNS: dict[Verdict, str] = {"stay_quiet": "zipper_mouth_face", "answer_later": WAITS}

# What a person is told, once, when they write more than there is room for.
NO_ROOM: dict[str, str] = {
    "full_thread": text(
        "Too many messages are waiting for me in this thread, so I can't take more just now. Please send your "
        "last one again once I've answered."
    ),
    "full_person": text(
        "Too many of your messages are waiting for me, so I can't take more just now. Please send your last one "
        "again once I've answered some of them."
    ),
    "full_workspace": text(
        "Too many messages of this workspace are waiting for me, so I can't take more just now. Please send your "
        "last one again in a while."
    ),
}


def register(deps: Dependencies) -> None:
    """Register what is left to do of a message after its acknowledgement."""

    async def sign(interaction: Interaction) -> None:
        ts, name = str(interaction.body["ts"]), str(interaction.body["sign"])
        try:
            await deps.gateway.react(interaction.channel, ts, name)
            if name == WAITS and not await deps.signs.note(_thread(interaction), ts):
                await deps.gateway.unreact(interaction.channel, ts, name)  # answered meanwhile
        except (SlackError, StateError) as error:
            log.info("event.no_reaction", reason=str(error))

    async def tell_stopped(interaction: Interaction) -> None:
        words = STOPPED.format(sentence=say(STOPPED_SENTENCE, await deps.replies.language(interaction)))
        try:
            await deps.gateway.post(interaction.channel, str(interaction.body["root"]), words)
            await deps.gateway.set_status(interaction.channel, str(interaction.body["root"]), "")
            for ts in await deps.signs.take(_thread(interaction), str(interaction.body["ts"])):
                await deps.gateway.unreact(interaction.channel, ts, WAITS)
        except (SlackError, StateError) as error:
            log.info("stop.not_told", reason=str(error))

    async def tell_full(interaction: Interaction) -> None:
        await deps.replies.tell(interaction, NO_ROOM[interaction.body["verdict"]])

    deps.follow_ups.register(TELL_FULL, tell_full)
    deps.follow_ups.register(SIGN, sign)
    deps.follow_ups.register(TELL_STOPPED, tell_stopped, is_open=True)


async def receive(deps: Dependencies, event: dict[str, Any], context: AsyncBoltContext) -> Verdict:
    """Raises StateError when the message can't be kept. Slack then gets no acknowledgement and delivers it again."""
    inbound = inbound_of(event, context)
    verdict = await deps.receiver.receive(read_arrival(event, inbound, context.bot_user_id or ""), inbound)
    log.debug("event.heard", verdict=verdict, channel=inbound.channel, ts=inbound.ts)
    if verdict == "stop":
        await stop(deps, inbound.thread)
    if verdict in NO_ROOM:
        await _tell_full(deps, inbound, verdict)
    if verdict in SIGNS:
        body = {"user": inbound.user, "channel": inbound.channel, "ts": inbound.ts, "root": inbound.root_ts}
        body["sign"] = SIGNS[verdict]
        try:
            await deps.follow_ups.add(SIGN, inbound.team, body)
        except StateError as error:
            log.info("event.no_reaction", reason=error.detail)
    return verdict


async def _tell_full(deps: Dependencies, inbound: Inbound, verdict: Verdict) -> None:
    """Tell it in the thread only if the message is a reply: Slack shows no private message in a thread that has no
    replies.
    """
    body = {"user": inbound.user, "channel": inbound.channel, "ts": inbound.ts, "verdict": verdict}
    thread = {"message": {"ts": inbound.ts, "thread_ts": inbound.root_ts}} if inbound.is_reply else {}
    await deps.follow_ups.add(TELL_FULL, inbound.team, {**body, **thread})


async def stop(deps: Dependencies, thread: ThreadId) -> None:
    """Stop the thread's answers. A running answer says itself that it was stopped; if only waiting questions were
    stopped, that is said here.
    """
    for question in (await deps.message_edits.stop(thread))[-1:]:
        body = {"user": question.user, "channel": thread.channel, "root": thread.root_ts, "ts": question.ts}
        await deps.follow_ups.add(TELL_STOPPED, question.team, body)


def _thread(interaction: Interaction) -> ThreadId:
    return ThreadId(interaction.team, interaction.channel, str(interaction.body["root"]))


def inbound_of(event: dict[str, Any], context: AsyncBoltContext) -> Inbound:
    return read_inbound(event, team_of(context), context.bot_user_id or "")
