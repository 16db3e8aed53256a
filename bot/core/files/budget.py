"""How much of what one question brings is told to the model at once, so that it fits: of what was said in its thread
before, the newest; of many documents, as much of each as there is room for. Pure; decided once, when it comes in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.document import Document
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import SlackMessage
from bot.core.thread.conversation import ThreadDocument

# Of the context window, for the text of all documents of one question, and for what was said before it.
PAPERS_TOKENS = 50_000
TALK_TOKENS = 30_000
TOKENS_PER_LINE = 12  # the speaker's name, the name and number of a page
LEFT_OUT = "({count} earlier messages of this thread are left out here: too much to be read at once.)"


def newest(
    earlier: Sequence[SlackMessage], most: int = TALK_TOKENS, *, has_root: bool = True
) -> tuple[tuple[SlackMessage, ...], int]:
    """The newest, behind the message a thread begins with where that is among them; and how many are left out."""
    sizes = [estimate_tokens(one.text) + estimate_tokens(one.quoted) + TOKENS_PER_LINE for one in earlier]
    if sum(sizes) <= most:
        return tuple(earlier), 0
    root = 1 if has_root and sizes[0] <= most // 2 else 0
    left, at = most - sum(sizes[:root]), len(earlier)
    while at > root and sizes[at - 1] <= left:
        at -= 1
        left -= sizes[at]
    return (*earlier[:root], *earlier[at:]), at - root


def share(papers: Iterable[ThreadDocument], most: int = PAPERS_TOKENS) -> int | None:
    """The tokens that each document may take, so that all of them fit; None when they do as they are."""
    sizes = sorted(paper.tokens for paper in papers)
    if sum(sizes) <= most:
        return None
    left = most
    for at, size in enumerate(sizes):
        equal = left // (len(sizes) - at)
        if size > equal:
            return equal
        left -= size
    return None


def shortened(paper: ThreadDocument, document: Document, most: int) -> ThreadDocument:
    """The document with as many of its first pages as fit, but at least one."""
    spent = read = 0
    for page in document.pages[: paper.pages_read]:
        tokens = estimate_tokens(page.text) + TOKENS_PER_LINE
        if read and spent + tokens > most:
            break
        spent, read = spent + tokens, read + 1
    return paper if read == paper.pages_read else replace(paper, pages_read=read, tokens=spent)
