"""Previews are what Slack shows under a link: the linked message, or the title and text of a page.

Slack adds them to a message a moment after it was sent. Its event about that is no edit (`message_changed` without
`edited`), so the message is looked up. A preview of a private page is all that the bot can know of it:
https://github.com/vercel/chat/pull/395, https://github.com/vercel/eve/issues/1884
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.core.intake.links import links_to_message, links_to_page
from bot.core.ports import SlackMessage, Workspace
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound

# A message is looked up after each of these waits. Of a page, which may have no preview, only the first is waited for.
UNFURL_WAITS_S = (0.4, 0.8)
UNFURL_PATIENCE_S = 4.0
# So many questions of the last turn are looked up again, within this time.
MOST_LATE = 3
LATE_PATIENCE_S = 1.5


async def with_previews(workspace: Workspace, waiting: Sequence[Inbound]) -> tuple[Inbound, ...]:
    """Return the messages with what Slack shows under their links. Without links, nothing is waited for."""
    messages = list(waiting)
    with suppress(TimeoutError):
        async with asyncio.timeout(UNFURL_PATIENCE_S):
            for number, wait_s in enumerate(UNFURL_WAITS_S):
                missing = [at for at, message in enumerate(messages) if _is_awaited(message, number)]
                if not missing:
                    break
                await asyncio.sleep(wait_s)
                for at in missing:
                    messages[at] = await _as_shown(workspace, messages[at])
    return tuple(messages)


async def late_previews(
    workspace: Workspace, waiting: Sequence[Inbound], conversation: Conversation
) -> tuple[SlackMessage, ...]:
    """Return what Slack has shown since then under the links of the last turn's questions, without their words."""
    first = waiting[0]
    found: list[SlackMessage] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(LATE_PATIENCE_S):
            for ts in _unseen(first, conversation)[-MOST_LATE:]:
                message = await workspace.message(replace(first, ts=ts))
                if message is not None and message.quoted:
                    found.append(replace(message, text="", files=()))
    return tuple(found)


def _unseen(first: Inbound, conversation: Conversation) -> list[str]:
    """Return the ts of the last turn's questions whose links had no preview. An older turn's had their time."""
    if conversation.is_new or first.redo or first.order or first.brief:
        return []
    asked = conversation.turns[-1].asked
    # What a summary has gathered from other places has no author here.
    linking = [said for said in asked if said.user and not said.quoted and links_to_page(said.text)]
    return [said.ts for said in linking if float(said.ts) < float(first.ts)]


def _is_awaited(message: Inbound, number: int) -> bool:
    if message.quoted or message.redo or message.order or message.brief:
        return False
    return links_to_message(message.text) if number else links_to_page(message.text)


async def _as_shown(workspace: Workspace, message: Inbound) -> Inbound:
    found = await workspace.message(message)
    if found is None or not found.quoted:
        return message
    return replace(message.with_files(found.files), quoted=found.quoted)
