"""FollowUps makes listeners that keep a request, acknowledge it, and leave the work to a job.

Slack waits 3 s for the acknowledgement and then shows an error, so a listener calls no method of Slack's before.
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
from handlers.private_replies import Check, PrivateReplies, in_all

log = structlog.get_logger(__name__)

TRY_AGAIN = text("That didn't work just now. Please try again.")
PATIENCE_S = 90.0
# How long the bot may take to say that it could not keep the request, before Slack shows an error of its own.
AWAY_S = 1.5


class Queue(Protocol):
    """The jobs' queue. Raises StateError when it can't keep a job."""

    async def add(self, name: str, key: str, payload: dict[str, Any]) -> None: ...


Handler = Callable[[Interaction], Awaitable[None]]
Listener = Callable[[Any, dict[str, Any], AsyncBoltContext], Awaitable[None]]


class FollowUps:
    """A follow-up is what is left to do of a request after its acknowledgement. `listener` makes the function that
    Bolt calls, and `carry_out` is the job. `check` raises AccessRefused if the person may not use the bot.
    """

    def __init__(self, queue: Queue, replies: PrivateReplies, check: Check) -> None:
        self._queue = queue
        self._replies = replies
        self.check = check
        self._open: set[str] = set()
        self._handlers: dict[str, Handler] = {}

    def listener(self, name: str, handler: Handler, *, is_open: bool = False) -> Listener:
        """A listener for a command, an action, a shortcut or a view: it keeps the request, then acknowledges it."""
        self.register(name, handler, is_open=is_open)

        async def listen(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await self.keep(name, ack, body, context)

        return listen

    def register(self, name: str, handler: Handler, *, is_open: bool = False) -> None:
        """`is_open`: the job does not check access, because `handler` does so itself or discloses nothing."""
        self._handlers[name] = handler
        if is_open:
            self._open.add(name)

    async def keep(self, name: str, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Keep the request and acknowledge it, or tell the person at once that it could not be kept."""
        team = context.team_id or context.enterprise_id or ""
        try:
            await self.add(name, team, body)
        except StateError as error:
            log.warning("follow_up.not_kept", name=name, reason=error.detail)
            await self._away(ack, Interaction(name, team, body))
        else:
            await ack()

    async def add(self, name: str, team: str, body: dict[str, Any]) -> None:
        """Add the job. The same body twice is one job. Raises StateError when it can't be kept."""
        kept = {key: value for key, value in body.items() if key != "token"}
        await self._queue.add(name, Interaction(name, team, kept).key, {"team": team, "body": kept})

    async def carry_out(self, name: str, payload: dict[str, Any]) -> None:
        """Do the job. Who has pressed something is told if it fails, since Slack does not deliver a press again.

        Raises StateError if Redis is away and nobody waits for the outcome: the job then has to be done again.
        """
        interaction = Interaction(name, str(payload.get("team") or ""), payload.get("body") or {})
        handler = self._handlers.get(name)
        if handler is None:
            log.error("follow_up.unknown", name=name)  # another version kept it
            await self._failed(interaction, TRY_AGAIN)
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                if name not in self._open:
                    await self.check(interaction)
                await handler(interaction)
        except AccessRefused as refused:
            log.info("access.refused", name=name, reason=refused.detail)
            if not refused.is_told:
                await self._failed(interaction, refused.user_message)
        except (BotError, TimeoutError) as error:
            if isinstance(error, StateError) and not interaction.is_press:
                raise
            log.warning("follow_up.failed", name=name, error=type(error).__name__, reason=str(error))
            await self._failed(interaction, _sentence(error))
        except Exception:
            log.exception("follow_up.broke", name=name)
            await self._failed(interaction, BotError.user_message)

    async def _failed(self, interaction: Interaction, words: str) -> None:
        if interaction.is_press:
            await self._replies.tell(interaction, words)

    async def _away(self, ack: Any, interaction: Interaction) -> None:
        """Say at once that the request could not be kept. In every language, since Slack would have to be asked for
        the person's own.
        """
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


def _sentence(error: BotError | TimeoutError) -> str:
    if isinstance(error, BotError) and not isinstance(error, SlackError):
        return error.user_message
    return TRY_AGAIN
