"""The few kinds of blocks the bot posts."""

from typing import Any

# chat.update refuses a longer `text` (slack.md §2); it is only what notifications and screen readers say.
LONGEST_FALLBACK = 3_500
LONGEST_CONTEXT = 1_900


Blocks = list[dict[str, Any]]


def markdown(text: str) -> Blocks:
    return [{"type": "markdown", "text": text}] if text.strip() else []


def context(lines: tuple[str, ...]) -> Blocks:
    """Small grey lines under an answer, one element each; nothing in them is markup."""
    if not lines:
        return []
    elements = [{"type": "mrkdwn", "text": escape(_clipped(line)), "verbatim": True} for line in lines[:10]]
    return [{"type": "context", "elements": elements}]


def fallback(text: str) -> str:
    return text if len(text) <= LONGEST_FALLBACK else text[: LONGEST_FALLBACK - 1] + "…"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clipped(line: str) -> str:
    return line if len(line) <= LONGEST_CONTEXT else line[: LONGEST_CONTEXT - 1] + "…"
