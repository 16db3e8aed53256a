"""Whether the model is to think before it answers.

Switching it rewrites all earlier user turns in GLM's chat template, which throws the provider's prompt cache away
(glm.md §1): so a thread keeps what it began with, unless a question needs more.
"""

import re

from bot.core.people.preferences import Thinking
from bot.core.thread.conversation import Conversation, Turn

# Chinese is written with wide marks, and on without a space.
DIRECTIVE = re.compile(r"^\s*[!！](?P<no>no)?think(?![a-z0-9_'-])[\s:,：，]*", re.IGNORECASE)
# Words of questions that gain from thinking, in the two languages the bot itself speaks.
HARD = re.compile(
    r"why|how|explain|compare|analy[sz]e|prove|plan|debug|design|calculate|solve|difference|wrong|review|summari[sz]e"
    r"|为什么|怎么|如何|解释|比较|分析|证明|计算|区别|总结|设计|错|\d|[=<>{}`]",
    re.IGNORECASE,
)
PLAIN_CHARS = 60


def directive(text: str) -> tuple[str, bool | None]:
    """The text without a leading `!think` or `!nothink`, and what it asked for."""
    found = DIRECTIVE.match(text)
    if not found:
        return text, None
    return text[found.end() :], not found["no"]


def decide(wish: Thinking, forced: bool | None, turn: Turn, conversation: Conversation) -> bool | None:
    """True or False are told to the model; None leaves it to the provider, which lets GLM-4.6V decide by itself."""
    if forced is not None:
        return forced
    if wish != "auto":
        return wish == "on"
    plain = False if _is_plain(turn) else None
    if not conversation.turns:
        return plain
    # Off may become the default when a question needs it; nothing is ever switched off within a thread.
    return plain if conversation.turns[-1].thinking is False else None


def _is_plain(turn: Turn) -> bool:
    words = " ".join(said.words for said in turn.said)
    return not turn.pictures and len(words) <= PLAIN_CHARS and not HARD.search(words)
