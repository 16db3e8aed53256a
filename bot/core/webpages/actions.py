"""What buttons order that asks nothing of the model: a step back, a comparison, an archive, the picture of a page.

A press is a message like any other: it waits in the inbox, is answered once and remembered.
"""

import io
import re
import zipfile

from bot.core.agent.artifacts import Album
from bot.core.agent.ports import New
from bot.core.conversation import Conversation, WebPage
from bot.core.inbound import ThreadId
from bot.core.webpages.publish import Published, Workshop
from bot.words import say, text

UNDO, REDO, COMPARE, ZIP, SHOW = "undo", "redo", "compare", "zip", "show"
UNDO_WORDS = re.compile(r"^\W*(please\s+)?undo(\s+(that|this|it|please))?\W*$|^\W*(撤销|撤回)\W*$", re.IGNORECASE)
REDO_WORDS = re.compile(r"^\W*(please\s+)?redo(\s+(that|this|it|please))?\W*$|^\W*(重做|恢复)\W*$", re.IGNORECASE)
NO_SUCH_VERSION = text("There's no such version.")
ALL_VERSIONS = text("All versions of the page.")
NO_LONGER = text("I can no longer show that page.")
ARCHIVE = "page.zip"


def order_in(words: str, conversation: Conversation) -> str:
    """What a message orders in so many words; empty for a question."""
    if conversation.page is None:
        return ""
    if UNDO_WORDS.match(words):
        return UNDO
    return REDO if conversation.page.undone and REDO_WORDS.match(words) else ""


class Orders:
    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def carry_out(
        self, order: str, thread: ThreadId, conversation: Conversation, album: Album, language: str
    ) -> Published:
        name, _, detail = order.partition(" ")
        if name == UNDO:
            return await self._workshop.undo(thread, conversation, album, language)
        if name == REDO:
            return await self._workshop.redo(thread, conversation, album, language)
        if name == SHOW:
            return Published(f"![{detail}]({detail})" if album.knows(detail) else say(NO_LONGER, language))
        if name == ZIP:
            return await _archive(conversation, album, language)
        chosen = [_version(conversation, number) for number in detail.split()]
        if len(chosen) != 2 or chosen[0] is None or chosen[1] is None:
            return Published(say(NO_SUCH_VERSION, language))
        return await self._workshop.compare(chosen[0], chosen[1], album, language)


def _version(conversation: Conversation, number: str) -> WebPage | None:
    return next((page for page in conversation.pages if str(page.version) == number), None)


async def _archive(conversation: Conversation, album: Album, language: str) -> Published:
    if not conversation.pages:
        return Published(say(NO_SUCH_VERSION, language))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in conversation.pages:
            archive.writestr(page.name, page.html)
    new = New("file", "archive", ARCHIVE, say(ALL_VERSIONS, language), "application/zip", file.getvalue())
    # The file says what it is.
    return Published(f"![]({await album.keep(new)})")
