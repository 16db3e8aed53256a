"""`newest` and `share` limit what one question adds to the prompt: earlier messages, and an equal share for each of
many documents. It is decided once, when the question is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.document import Document
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import SlackMessage
from bot.core.thread.turn import ThreadDocument

# Parts of the context window: for the text of all documents of one question, and for the messages before it.
PAPERS_TOKENS = 50_000
TALK_TOKENS = 30_000
TOKENS_PER_LINE = 12  # the speaker's name, the name and number of a page
LEFT_OUT = "({count} earlier messages of this thread are left out here: too much to be read at once.)"


def newest(
    earlier: Sequence[SlackMessage], most: int = TALK_TOKENS, *, has_root: bool = True
) -> tuple[tuple[SlackMessage, ...], int]:
    """Return the newest messages and the number of those left out. With `has_root`, the first message begins the
    thread, and is kept too.
    """
    sizes = [estimate_tokens(message.text) + estimate_tokens(message.quoted) + TOKENS_PER_LINE for message in earlier]
    if sum(sizes) <= most:
        return tuple(earlier), 0
    root = 1 if has_root and sizes[0] <= most // 2 else 0
    room, first = most - sum(sizes[:root]), len(earlier)
    while first > root and sizes[first - 1] <= room:
        first -= 1
        room -= sizes[first]
    return (*earlier[:root], *earlier[first:]), first - root


def share(papers: Iterable[ThreadDocument], most: int = PAPERS_TOKENS) -> int | None:
    """Return the most tokens for each document, so that all of them fit, or None when all fit as they are."""
    sizes = sorted(paper.tokens for paper in papers)
    if sum(sizes) <= most:
        return None
    room = most
    for at, size in enumerate(sizes):
        equal_share = room // (len(sizes) - at)
        if size > equal_share:
            return equal_share
        room -= size
    return None


def shortened(paper: ThreadDocument, document: Document, most: int) -> ThreadDocument:
    """Return the document with as many of its first pages as fit into `most` tokens, but at least one."""
    total = read = 0
    for page in document.pages[: paper.pages_read]:
        tokens = estimate_tokens(page.text) + TOKENS_PER_LINE
        if read and total + tokens > most:
            break
        total, read = total + tokens, read + 1
    return paper if read == paper.pages_read else replace(paper, pages_read=read, tokens=total)
