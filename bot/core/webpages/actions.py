"""PageActions carries out orders that need no model: undo, redo, compare versions, archive, show the picture of a page.

The press of a button is a message like any other: it waits in the inbox, is answered once, and is remembered.
"""

import io
import re
import zipfile

from bot.core.agent.ports import NewArtifact
from bot.core.thread.conversation import Conversation
from bot.core.thread.turn import WebPage
from bot.core.webpages.page_turn import PageTurn, PublishedPage
from bot.core.webpages.publish import PagePublisher
from bot.words import text

UNDO, REDO, COMPARE, ZIP, SHOW = "undo", "redo", "compare", "zip", "show"
UNDO_WORDS = re.compile(r"^\W*(please\s+)?undo(\s+(that|this|it|please))?\W*$|^\W*(撤销|撤回)\W*$", re.IGNORECASE)
REDO_WORDS = re.compile(r"^\W*(please\s+)?redo(\s+(that|this|it|please))?\W*$|^\W*(重做|恢复)\W*$", re.IGNORECASE)
NO_SUCH_VERSION = text("There's no such version.")
ALL_VERSIONS = text("All versions of the page.")
NO_LONGER = text("I can no longer show that page.")
ARCHIVE = "page.zip"


def order_in(words: str, conversation: Conversation) -> str:
    """Return the order that a message gives in words, or "" for a question."""
    if conversation.page is None:
        return ""
    if UNDO_WORDS.match(words):
        return UNDO
    return REDO if conversation.page.undone and REDO_WORDS.match(words) else ""


class PageActions:
    def __init__(self, publisher: PagePublisher) -> None:
        self._publisher = publisher

    async def carry_out(self, order: str, turn: PageTurn) -> PublishedPage:
        name, _, detail = order.partition(" ")
        if name == UNDO:
            return await self._publisher.undo(turn)
        if name == REDO:
            return await self._publisher.redo(turn)
        if name == SHOW:
            return PublishedPage(f"![{detail}]({detail})" if turn.artifacts.knows(detail) else turn.say(NO_LONGER))
        if name == ZIP:
            return await _archive(turn)
        chosen = [_version(turn.before, number) for number in detail.split()]
        if len(chosen) != 2 or chosen[0] is None or chosen[1] is None:
            return PublishedPage(turn.say(NO_SUCH_VERSION))
        return await self._publisher.compare(chosen[0], chosen[1], turn)


def _version(conversation: Conversation, number: str) -> WebPage | None:
    return next((page for page in conversation.pages if str(page.version) == number), None)


async def _archive(turn: PageTurn) -> PublishedPage:
    if not turn.before.pages:
        return PublishedPage(turn.say(NO_SUCH_VERSION))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in turn.before.pages:
            archive.writestr(page.name, page.html)
    new = NewArtifact("file", "archive", ARCHIVE, turn.say(ALL_VERSIONS), "application/zip", file.getvalue())
    # The file has a caption of its own.
    return PublishedPage(f"![]({await turn.artifacts.keep(new)})")
