"""Tells tests what a person reads in the local Slack, and waits until something is there."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bot.playground.app.installation import Call, Installation
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json, Message
from bot.playground.workspace.rich_text import text_of

# Long enough that only a hang reaches it, also on a busy machine.
PATIENCE_S = 120.0
# Blocks of buttons, which are not text.
CONTROLS = frozenset({"actions", "context_actions"})


def visible_text(message: Message) -> str:
    """Return everything that can be read, in order: streamed text and blocks, or blocks, or the text."""
    if message.stream is not None:
        parts = [part["text"] if part["type"] == "markdown_text" else _shown(part) for part in message.stream.parts]
        return "\n".join(filter(None, ["".join(_joined(message, parts)), fallback_text(message.blocks)]))
    has_own_blocks = bool(message.blocks) and message.bot_id is not None
    return fallback_text(message.blocks) if has_own_blocks else message.text


def visible_text_for(app: Installation, message: Message, user: str) -> str:
    """Return what this person sees now. In a channel only its recipient sees a live stream grow (facts §0.4)."""
    person = app.workspace.user(user).id
    if message.ephemeral_to not in {None, person}:
        return ""
    channel = app.workspace.channels[message.channel]
    is_live = message.stream is not None and message.streaming_state == "in_progress"
    if is_live and channel.kind != "im" and message.stream is not None and message.stream.recipient_user != person:
        return message.stream.first_text
    return visible_text(message)


def thread_texts(app: Installation, channel: str, thread_ts: str) -> list[str]:
    """Return the visible texts of a thread, the root first."""
    found_channel = app.workspace.channel(channel)
    return [visible_text(message) for message in app.workspace.thread(found_channel.id, thread_ts)]


def bot_messages(app: Installation, channel: str | None = None, thread_ts: str | None = None) -> list[Message]:
    """Return the app's messages in order, ephemeral ones too; those of one channel and thread when given."""
    channel_wanted = app.workspace.channel(channel).id if channel else None
    found = [
        message
        for channel_id, messages in app.workspace.messages.items()
        for message in messages.values()
        if message.bot_id == app.workspace.bot.bot_id and channel_wanted in {None, channel_id}
    ]
    if thread_ts is not None:
        found = [message for message in found if message.thread_ts == thread_ts]
    return sorted(found, key=lambda message: message.ts)


def calls_of(app: Installation, method: str) -> list[Call]:
    return [call for call in app.calls if call.method == method]


def patient(slack: LocalSlack) -> LocalSlack:
    """Let Slack's three seconds not pass on a busy machine: those for an acknowledgement, and those of a trigger."""
    slack.ack_timeout_s = slack.trigger_life_s = PATIENCE_S
    return slack


async def wait_for(predicate: Callable[[], object], timeout_s: float = PATIENCE_S, what: str = "") -> None:
    """Return when `predicate` holds. Raises AssertionError after `timeout_s` of real time."""
    limit = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > limit:
            raise AssertionError(f"not within {timeout_s} s: {what or predicate}")
        await asyncio.sleep(0.005)


def _joined(message: Message, parts: list[str]) -> list[str]:
    """Put blocks and tasks on their own lines; text continues."""
    assert message.stream is not None
    is_text = [part["type"] == "markdown_text" for part in message.stream.parts]
    lead = [message.stream.plan_title + "\n"] if message.stream.plan_title else []
    return lead + [part if text else f"\n{part}\n" for part, text in zip(parts, is_text, strict=True)]


def _shown(part: Json) -> str:
    if part["type"] == "blocks":
        return fallback_text(part["blocks"])
    return "\n".join(filter(None, (part.get(name, "") for name in ("title", "details", "output"))))


def fallback_text(blocks: list[Json]) -> str:
    """Return what a person reads of blocks, in order, without buttons."""
    return "\n".join(filter(None, (_reading(block) for block in blocks if block.get("type") not in CONTROLS)))


def _reading(block: Any) -> str:
    if isinstance(block, list):
        return " | ".join(filter(None, (_reading(item) for item in block)))
    if not isinstance(block, dict):
        return ""
    if block.get("type") == "rich_text":
        return text_of(block.get("elements", [])).strip("\n")
    found = [_text_value(block[key]) for key in ("title", "caption", "text") if key in block]
    nested = ("fields", "elements", "child_blocks", "tasks", "cards", "body", "details", "output")
    found += [_reading(child) for key in nested for child in _children(block.get(key))]
    if "rows" in block:
        found += [_reading(row) for row in block["rows"]]
    if block.get("type") == "raw_number" and not block.get("text"):
        found.append(str(block.get("value", "")))
    return "\n".join(filter(None, found))


def _children(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text_value(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else str(value)
