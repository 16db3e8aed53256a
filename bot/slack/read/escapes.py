"""Text as Slack escapes it, read again: https://docs.slack.dev/messaging/formatting-message-text"""

import re

from bot.core.intake.links import before_signs

_ADDRESS = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>", re.IGNORECASE)


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def loosened(text: str) -> str:
    """Slack takes what somebody wrote right behind an address into its escape, `<https://example.com/a，总结>`: here
    it is taken out again.
    """
    return _ADDRESS.sub(_let_go, text)


def _let_go(found: re.Match[str]) -> str:
    address = before_signs(found[1])
    rest = found[1][len(address) :]
    return f"<{address}>{rest}" if rest else found[0]
