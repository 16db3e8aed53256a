"""`decide` says whether the model thinks before it answers.

A switch changes all earlier user turns in GLM's chat template, so the provider's prompt cache is lost (glm.md §1). A
thread therefore keeps what it began with, unless a question needs thinking.
"""

import re

from bot.core.people.preferences import Thinking
from bot.core.thread.conversation import Conversation
from bot.core.thread.turn import Turn

# In Chinese the mark is wide (！), and no space follows the word.
DIRECTIVE = re.compile(r"^\s*[!！](?P<no>no)?think(?![a-z0-9_'-])[\s:,：，]*", re.IGNORECASE)
# Words in questions for which thinking helps, in the two languages of the bot.
HARD = re.compile(
    r"why|how|explain|compare|analy[sz]e|prove|plan|debug|design|calculate|solve|difference|wrong|review|summari[sz]e"
    r"|为什么|怎么|如何|解释|比较|分析|证明|计算|区别|总结|设计|错|\d|[=<>{}`]",
    re.IGNORECASE,
)
PLAIN_CHARS = 60


def directive(text: str) -> tuple[str, bool | None]:
    """Return the text without a leading `!think` or `!nothink`, and True, False, or None for neither."""
    match = DIRECTIVE.match(text)
    if not match:
        return text, None
    return text[match.end() :], not match["no"]


def decide(setting: Thinking, forced: bool | None, turn: Turn, conversation: Conversation) -> bool | None:
    """Return True or False for the model, or None to let GLM-4.6V decide by itself. `forced` is what the question asks
    for with `!think`.
    """
    if forced is not None:
        return forced
    if setting != "auto":
        return setting == "on"
    thinking = False if _is_easy(turn) else None
    if not conversation.turns:
        return thinking
    # Within a thread, thinking may be switched from off to automatic. It is never switched off.
    return thinking if conversation.turns[-1].thinking is False else None


def _is_easy(turn: Turn) -> bool:
    words = " ".join(said.words for said in turn.said)
    return not turn.pictures and len(words) <= PLAIN_CHARS and not HARD.search(words)
