"""What nobody else takes: acknowledged, or Slack would deliver it three times more or show an error (slack.md §5).

An event asks for nothing. Whoever presses a button that this version no longer knows, of a message from before an
upgrade, is told that it is dead.
"""

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.words import text
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction

ANYTHING = re.compile(".*")
DEAD = text("I've been updated since, so this no longer works. Just ask me again.")
NO_COMMAND = text("I don't know this command any more: `/glm` shows what I can do.")
UNKNOWN, UNKNOWN_COMMAND = "unknown", "unknown_command"


def register(app: AsyncApp, deps: Dependencies) -> None:
    """Last in line: whatever no other listener takes."""

    async def dead(interaction: Interaction) -> None:
        await deps.replies.tell(interaction, DEAD)

    async def no_command(interaction: Interaction) -> None:
        await deps.replies.tell(interaction, NO_COMMAND)

    @app.event(ANYTHING)
    async def took_note() -> None:
        return

    @app.options(ANYTHING)
    async def no_options(ack: Any) -> None:
        await ack(options=[])

    @app.view_closed(ANYTHING)
    async def closed(ack: Any) -> None:
        await ack()

    app.command(ANYTHING)(deps.follow_ups.listener(UNKNOWN_COMMAND, no_command))
    app.shortcut(ANYTHING)(deps.follow_ups.listener(UNKNOWN, dead))
    app.view_submission(ANYTHING)(deps.follow_ups.listener(UNKNOWN, dead))
    app.action(ANYTHING)(_pressed(deps))


def _pressed(deps: Dependencies) -> Any:
    async def pressed(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        if _opens_a_page(body):
            await ack()  # it does what it says in the browser, and tells of the press by the way
        else:
            await deps.follow_ups.keep(UNKNOWN, ack, body, context)

    return pressed


def _opens_a_page(body: dict[str, Any]) -> bool:
    """A button with an address: the action does not tell it, the message's block does."""
    pressed = {str(action.get("action_id")) for action in body.get("actions") or [] if isinstance(action, dict)}
    blocks = (body.get("message") or body.get("view") or {}).get("blocks") or []
    elements = [one for block in blocks for one in (*(block.get("elements") or ()), block.get("accessory") or {})]
    return any(one.get("action_id") in pressed and one.get("url") for one in elements if isinstance(one, dict))
