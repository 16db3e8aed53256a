"""Handlers of every request that no other handler takes.

Slack needs an acknowledgement, or it delivers an event three more times or shows an error (slack.md §5). A person who
presses a button that this version does not know, in a message from before an upgrade, is told so.
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
    """Must be registered last, since these listeners match everything."""

    async def dead(interaction: Interaction) -> None:
        await deps.replies.tell(interaction, DEAD)

    async def no_command(interaction: Interaction) -> None:
        await deps.replies.tell(interaction, NO_COMMAND)

    @app.event(ANYTHING)
    async def acknowledged() -> None:
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

    @app.action(ANYTHING)
    async def pressed(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        if _opens_a_page(body):
            await ack()  # the browser opens the page, and Slack reports the press besides
        else:
            await deps.follow_ups.keep(UNKNOWN, ack, body, context)


def _opens_a_page(body: dict[str, Any]) -> bool:
    """Whether the pressed button has an address. Slack sends the address with the message's block only."""
    pressed = {str(action.get("action_id")) for action in body.get("actions") or [] if isinstance(action, dict)}
    blocks = (body.get("message") or body.get("view") or {}).get("blocks") or []
    elements = [
        element for block in blocks for element in (*(block.get("elements") or ()), block.get("accessory") or {})
    ]
    buttons = [element for element in elements if isinstance(element, dict)]
    return any(button.get("action_id") in pressed and button.get("url") for button in buttons)
