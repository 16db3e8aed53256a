"""What tests and screens ask: what a person reads, and waiting until it is there."""

import asyncio
import time
from collections.abc import Callable

from bot.playground.api.compose import fallback_text
from bot.playground.app.installation import Call, Installation
from bot.playground.workspace.records import Json, Message

# Long enough that only a hang meets it, also on a machine that is busy with other things.
PATIENCE_S = 120.0


def visible_text(message: Message) -> str:
    """Everything there is to read, in order: streamed text and blocks, or blocks, or the text."""
    if message.stream is not None:
        parts = [part["text"] if part["type"] == "markdown_text" else _shown(part) for part in message.stream.parts]
        return "\n".join(filter(None, ["".join(_joined(message, parts)), fallback_text(message.blocks)]))
    has_own_blocks = bool(message.blocks) and message.bot_id is not None
    return fallback_text(message.blocks) if has_own_blocks else message.text


def visible_text_for(app: Installation, message: Message, user: str) -> str:
    """What this person sees now: a live stream in a channel shows its growth to its recipient alone (facts §0.4)."""
    person = app.workspace.user(user).id
    if message.ephemeral_to not in {None, person}:
        return ""
    channel = app.workspace.channels[message.channel]
    is_live = message.stream is not None and message.streaming_state == "in_progress"
    if is_live and channel.kind != "im" and message.stream is not None and message.stream.recipient_user != person:
        return message.stream.first_text
    return visible_text(message)


def thread_texts(app: Installation, channel: str, thread_ts: str) -> list[str]:
    """The visible texts of a thread, root first."""
    place = app.workspace.channel(channel)
    return [visible_text(message) for message in app.workspace.thread(place.id, thread_ts)]


def bot_messages(app: Installation, channel: str | None = None, thread_ts: str | None = None) -> list[Message]:
    """The app's messages in order, ephemeral ones too; of one channel and thread when given."""
    wanted = app.workspace.channel(channel).id if channel else None
    found = [
        message
        for channel_id, messages in app.workspace.messages.items()
        for message in messages.values()
        if message.bot_id == app.workspace.bot.bot_id and wanted in {None, channel_id}
    ]
    if thread_ts is not None:
        found = [message for message in found if message.thread_ts == thread_ts]
    return sorted(found, key=lambda message: message.ts)


def calls_of(app: Installation, method: str) -> list[Call]:
    return [call for call in app.calls if call.method == method]


async def wait_for(predicate: Callable[[], object], timeout_s: float = PATIENCE_S, what: str = "") -> None:
    """Until it holds; AssertionError after `timeout_s` of real time."""
    limit = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > limit:
            raise AssertionError(f"not within {timeout_s} s: {what or predicate}")
        await asyncio.sleep(0.005)


def _joined(message: Message, parts: list[str]) -> list[str]:
    """Blocks and tasks stand on lines of their own, text runs on."""
    assert message.stream is not None
    is_text = [part["type"] == "markdown_text" for part in message.stream.parts]
    lead = [message.stream.plan_title + "\n"] if message.stream.plan_title else []
    return lead + [part if text else f"\n{part}\n" for part, text in zip(parts, is_text, strict=True)]


def _shown(part: Json) -> str:
    if part["type"] == "blocks":
        return fallback_text(part["blocks"])
    return "\n".join(filter(None, (part.get(name, "") for name in ("title", "details", "output"))))
