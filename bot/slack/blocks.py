"""The kinds of blocks that the bot posts, and the text beside them."""

from typing import Any

from bot.words import clipped

# chat.update refuses a `text` of more than 4,000 bytes, measured (https://github.com/openclaw/openclaw/pull/115027); it
# is only what notifications and screen readers say.
LONGEST_FALLBACK = 3_500
MOST_BYTES = 3_900
LONGEST_CONTEXT = 1_900


Blocks = list[dict[str, Any]]


def markdown(text: str) -> Blocks:
    return [{"type": "markdown", "text": text}] if text.strip() else []


def context(lines: tuple[str, ...]) -> Blocks:
    """Small grey lines under an answer, one element each; nothing in them is markup."""
    if not lines:
        return []
    elements = [
        {"type": "mrkdwn", "text": escape(clipped(line, LONGEST_CONTEXT)), "verbatim": True} for line in lines[:10]
    ]
    return [{"type": "context", "elements": elements}]


def fallback(text: str) -> str:
    """The `text` beside blocks, cut to what Slack takes."""
    if len(text) <= LONGEST_FALLBACK and len(text.encode()) <= MOST_BYTES:
        return text
    return text[: LONGEST_FALLBACK - 1].encode()[:MOST_BYTES].decode(errors="ignore") + "…"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
