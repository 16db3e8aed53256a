"""WebFiles downloads web pages as if they were files, so that they are read, cached and remembered like documents."""

from typing import Protocol

from bot.core.files.downloads import Downloads
from bot.core.files.web_page import FetchedPage
from bot.core.thread.inbound import FileRef
from bot.errors import BotError, FileGone
from bot.words import text

WEB = "web"
NOT_OPENED = text("could not be opened")
ANSWERS_WITH = text("answers with error {status}")
EMPTY = text("nothing to read on it")
HEAD = "# {title}\n\n"


class Web(Protocol):
    async def fetch(self, url: str) -> FetchedPage:
        """Open an address. Raises BotError, also for addresses inside the bot's own network."""
        ...


class WebFiles:
    """Downloads that also know files of the mode `web`, whose id is their address."""

    def __init__(self, downloads: Downloads, web: Web) -> None:
        self._downloads = downloads
        self._web = web

    async def fetch(self, file: FileRef) -> bytes:
        return await (self._page(file.id) if file.mode == WEB else self._downloads.fetch(file))

    async def fetch_by_id(self, file_id: str) -> bytes:
        return await (self._page(file_id) if _is_address(file_id) else self._downloads.fetch_by_id(file_id))

    async def fetch_converted(self, file_id: str, url: str = "") -> bytes:
        if _is_address(file_id):
            raise FileGone(file_id)
        return await self._downloads.fetch_converted(file_id, url)

    async def _page(self, url: str) -> bytes:
        try:
            page = await self._web.fetch(url)
        except BotError as error:
            raise FileGone(error.detail, user_message=NOT_OPENED) from error
        if page.status >= 400:
            raise FileGone(str(page.status), user_message=ANSWERS_WITH, fields={"status": page.status})
        if page.data:
            return page.data
        if not page.text.strip():
            raise FileGone("empty", user_message=EMPTY)
        return ((HEAD.format(title=page.title) if page.title else "") + page.text).encode()


def _is_address(file_id: str) -> bool:
    return file_id.startswith(("https://", "http://"))
