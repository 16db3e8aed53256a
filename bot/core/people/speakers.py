"""`speaker_name` and `typed` make sure that nobody passes for somebody else: people and apps choose their own names.

The bot's own messages begin with a sign that is removed from everything others write. A name that means the bot or
Slack itself gets its owner's id added.
"""

import re
import unicodedata

OWN_SIGN = "⟐"
INSTEAD = "◇"
LONGEST_NAME = 80
# Names that the prompt uses for the bot and for Slack, and other names of the assistant.
_RESERVED = frozenset({"you", "slack", "slackbot", "assistant", "system", "glm", "glm46v"})


def speaker_name(name: str, user: str, bot_name: str = "") -> str:
    """Return the name in one line, without a colon and without control characters."""
    visible = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in typed(name))
    clean = " ".join(visible.replace(":", " ").split())[:LONGEST_NAME].strip() or user
    reserved = {*_RESERVED, _core(bot_name)} - {""}
    return f"{clean} ({user})" if _core(clean) in reserved else clean


def typed(words: str) -> str:
    """Return what somebody else has written, without the bot's own sign."""
    return words.replace(OWN_SIGN, INSTEAD)


def _core(name: str) -> str:
    """Return what makes a name look the same for people: without case, accents, punctuation and spaces."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(char for char in plain if not unicodedata.combining(char)))
