"""SlackRefusals tells a person, and nobody else, that the bot does not answer them."""

import structlog

from bot.core.thread.inbound import Inbound
from bot.errors import SlackError
from bot.slack.gateway import Gateway

log = structlog.get_logger(__name__)


class SlackRefusals:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def refuse(self, message: Inbound, words: str) -> bool:
        """Say it in a message of the direct messages, where nobody else reads, or in a private message in the channel.
        False if Slack refuses.

        Slack shows a private message in a thread only if the thread has replies already
        (https://docs.slack.dev/reference/methods/chat.postEphemeral).
        """
        try:
            if message.place == "dm":
                await self._gateway.post(message.channel, message.root_ts, words)
            else:
                where = message.root_ts if message.is_reply else ""
                await self._gateway.whisper(message.channel, message.user, where, words)
        except SlackError as refused:
            log.info("access.not_told", code=refused.code)
            return False
        return True
