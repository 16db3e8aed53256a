"""Who has said what, so that nobody passes for somebody else: people choose their names, apps choose theirs.

Our own messages bear a sign that is taken out of whatever others write; a name that means the bot or Slack itself gets
its owner's id behind it.
"""

import re
import unicodedata

OWN_SIGN = "⟐"
INSTEAD = "◇"
LONGEST_NAME = 80
# The bot in what the model reads, Slack telling of a conversation, the assistant by the names it has.
_RESERVED = frozenset({"you", "slack", "slackbot", "assistant", "system", "glm", "glm46v"})


def speaker_name(name: str, user: str, bot_name: str = "") -> str:
    """A name in one line without a colon, and with what only looks like a letter taken away."""
    seen = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in typed(name))
    clean = " ".join(seen.replace(":", " ").split())[:LONGEST_NAME].strip() or user
    reserved = {*_RESERVED, _core(bot_name)} - {""}
    return f"{clean} ({user})" if _core(clean) in reserved else clean


def typed(words: str) -> str:
    """What others write, without our sign."""
    return words.replace(OWN_SIGN, INSTEAD)


def _core(name: str) -> str:
    """What people read of a name: without case, accents, signs and blanks."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(char for char in plain if not unicodedata.combining(char)))
