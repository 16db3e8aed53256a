"""The help of `/summarize`, and the two known lines that are nearest to words that were not understood."""

import re
from difflib import SequenceMatcher

from bot.words import languages, say, text

HELP = text(
    "*What to type behind `/summarize`*\n"
    "• nothing: choose in a dialogue\n"
    "• `today`, `yesterday`, `this week`, `last week`: what was said here\n"
    "• `last 50`, `last five` or just `5`: the newest messages here\n"
    "• `since I was last here`: what came after your last message\n"
    "• `#channel yesterday`: another channel\n"
    "• a link to a message, a thread, a file, a canvas or a web page\n"
    "• a question: `what was decided about the budget?`"
)
NOT_UNDERSTOOD = text(
    "I don't understand “{words}”. Did you mean `/summarize {one}` or `/summarize {other}`? "
    "`/summarize help` shows all I understand."
)
LINES = (
    text("today"),
    text("yesterday"),
    text("this week"),
    text("last week"),
    text("last 50"),
    text("since I was last here"),
    text("#channel yesterday"),
    text("what was decided?"),
    text("help"),
)
HELP_WORDS = frozenset({"help", "?", "？", "帮助", "怎么用"})
# Below this likeness, a line is no better than any other.
LEAST_LIKENESS = 0.5
_QUESTION = re.compile(
    r"[?？]\s*$"
    r"|^(?:what|who|whom|whose|when|where|why|which|how|did|does|is|are|was|were|has|have|had|can|could|will|would"
    r"|should|any|anything|anyone)(?![a-z])"
    r"|什么|谁|哪|怎么|为什么|为何|多少|几[个点次天]|是否|有没有|吗|呢\s*$",
    re.IGNORECASE,
)


def is_question(words: str) -> bool:
    return bool(_QUESTION.search(words)) and any(letter.isalpha() for letter in words)


def nearest(words: str) -> tuple[str, str]:
    """The two known lines, as marked texts, that are most like the typed words; the first two if none is like them."""
    likeness = {line: max(_likeness(words, translated) for translated in _in_all(line)) for line in LINES}
    first, second, *_ = sorted(LINES, key=lambda line: -likeness[line] if likeness[line] >= LEAST_LIKENESS else 0)
    return first, second


def _in_all(line: str) -> tuple[str, ...]:
    return (line, *(say(line, code) for code in languages()))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower()[:60], other.lower()).ratio()
