"""Undoes Slack's escapes in a text: https://docs.slack.dev/messaging/formatting-message-text"""

import re

from bot.core.intake.links import before_signs

_ADDRESS = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>", re.IGNORECASE)


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def separate_addresses(text: str) -> str:
    """Move words out of an address: Slack takes words that follow an address without a blank into its escape, as in
    `<https://example.com/a，总结>`.
    """
    return _ADDRESS.sub(_separate, text)


def _separate(found: re.Match[str]) -> str:
    address = before_signs(found[1])
    rest = found[1][len(address) :]
    return f"<{address}>{rest}" if rest else found[0]
