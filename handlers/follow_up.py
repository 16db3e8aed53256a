"""Acknowledge first: a listener writes down what was asked and tells Slack so; a job does the rest.

Slack waits 3 s and then shows an error, however much was done; so nothing is asked of Slack before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import AccessRefused, BotError, SlackError, StateError
from bot.slack.dialogs import modals
from bot.words import text
from handlers.interaction import Interaction
from handlers.private_replies import PrivateReplies, in_all

log = structlog.get_logger(__name__)

TRY_AGAIN = text("That didn't work just now. Please try again.")
PATIENCE_S = 90.0
# How long it may take to say that nothing could be kept, before Slack shows an error of its own.
AWAY_S = 1.5


class Queue(Protocol):
    async def add(self, name: str, key: str, payload: dict[str, Any]) -> None: ...


Carry = Callable[[Interaction], Awaitable[None]]
Check = Callable[[Interaction], Awaitable[None]]
Listener = Callable[[Any, dict[str, Any], AsyncBoltContext], Awaitable[None]]


class FollowUps:
    """`listener` makes what Bolt is given, `carry_out` is what the job does. `check` raises AccessRefused for
    who may not use the bot.
    """

    def __init__(self, queue: Queue, replies: PrivateReplies, check: Check) -> None:
        self._queue = queue
        self._replies = replies
        self.check = check
        self._open: set[str] = set()
        self._carriers: dict[str, Carry] = {}

    def listener(self, name: str, carry: Carry, *, is_open: bool = False) -> Listener:
        """For a command, an action, a shortcut or a view: kept, then acknowledged."""
        self.register(name, carry, is_open=is_open)

        async def listen(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await self.keep(name, ack, body, context)

        return listen

    def register(self, name: str, carry: Carry, *, is_open: bool = False) -> None:
        """`is_open`: nobody is turned away here, because `carry` checks by itself or gives nothing away."""
        self._carriers[name] = carry
        if is_open:
            self._open.add(name)

    async def keep(self, name: str, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        team = context.team_id or context.enterprise_id or ""
        try:
            await self.add(name, team, body)
        except StateError as away:
            log.warning("follow_up.not_kept", name=name, reason=away.detail)
            await self._away(ack, Interaction(name, team, body))
        else:
            await ack()

    async def add(self, name: str, team: str, body: dict[str, Any]) -> None:
        """Raises StateError when it can't be kept. The same body twice is done once."""
        kept = {key: value for key, value in body.items() if key != "token"}
        await self._queue.add(name, Interaction(name, team, kept).key, {"team": team, "body": kept})

    async def carry_out(self, name: str, payload: dict[str, Any]) -> None:
        """The job. Whoever asked is told when nothing comes of it: Slack does not deliver a press again."""
        interaction = Interaction(name, str(payload.get("team") or ""), payload.get("body") or {})
        carry = self._carriers.get(name)
        if carry is None:
            log.error("follow_up.unknown", name=name)  # kept by another version
            await self._failed(interaction, TRY_AGAIN)
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                if name not in self._open:
                    await self.check(interaction)
                await carry(interaction)
        except AccessRefused as refused:
            log.info("access.refused", name=name, reason=refused.detail)
            if not refused.is_told:
                await self._failed(interaction, refused.user_message)
        except (BotError, TimeoutError) as trouble:
            log.warning("follow_up.failed", name=name, error=type(trouble).__name__, reason=str(trouble))
            await self._failed(interaction, _sentence(trouble))
        except Exception:
            log.exception("follow_up.broke", name=name)
            await self._failed(interaction, BotError.user_message)

    async def _failed(self, interaction: Interaction, words: str) -> None:
        if interaction.is_press:
            await self._replies.tell(interaction, words)

    async def _away(self, ack: Any, interaction: Interaction) -> None:
        """Nothing can be kept, so that is said at once; in every language, as asking for the person's takes time."""
        words = StateError.user_message
        if interaction.body.get("command"):
            await ack(text=in_all(words), response_type="ephemeral")
        elif interaction.body.get("type") == "view_submission":
            await ack(response_action="update", view=modals.notice(in_all(words), "en"))
        else:
            await ack()
            try:
                async with asyncio.timeout(AWAY_S):
                    await self._replies.tell_in_all(interaction, words)
            except TimeoutError:
                log.info("follow_up.not_told", name=interaction.name)


def _sentence(trouble: BotError | TimeoutError) -> str:
    if isinstance(trouble, BotError) and not isinstance(trouble, SlackError):
        return trouble.user_message
    return TRY_AGAIN
