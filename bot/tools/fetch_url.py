from typing import Protocol

from bot.core.messages import ToolSpec
from bot.core.tools import New, Result, ToolFailed, Workbench
from bot.tools.addresses import Guard, allow, read_address
from bot.tools.arguments import Arguments
from bot.tools.naming import picture_name
from bot.tools.trouble import told_in_detail
from bot.words import text

READING_ADDRESS = text("is reading {what}…")
NO_WEB = "Web pages can't be read here: reading the web is switched off."
LONGEST_TEXT = 55_000  # the loop cuts results at 60,000, without saying what of


class Page(Protocol):
    """What is at an address. `url` is where it was found in the end, `text` Markdown, `picture` the main one.

    `mime` is its kind; a document has no text here. `is_cut`: there was more text than was read.
    """

    @property
    def url(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def is_cut(self) -> bool: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def picture(self) -> bytes | None: ...
    @property
    def picture_mime(self) -> str: ...
    @property
    def status(self) -> int: ...


class Web(Guard, Protocol):
    async def fetch(self, url: str) -> Page:
        """Raises a BotError whose `detail` says why not; inward addresses also behind a redirect."""
        ...


class FetchUrl:
    spec = ToolSpec(
        "fetch_url",
        "Read a public web page: its text and main picture.",
        {
            "type": "object",
            "properties": {"url": {"type": "string", "description": "http or https"}},
            "required": ["url"],
        },
    )
    doing = READING_ADDRESS

    def __init__(self, web: Web | None) -> None:
        self._web = web

    async def call(self, arguments: Arguments, bench: Workbench) -> Result:
        url = read_address(arguments)
        if self._web is None:
            raise ToolFailed(NO_WEB)
        await allow(url, self._web, bench)
        with told_in_detail(url):
            page = await self._web.fetch(url)
        made = _picture(page)
        return Result(_told(page, has_picture=bool(made)), made=made, is_untrusted=True)


def _picture(page: Page) -> tuple[New, ...]:
    if not page.picture:
        return ()
    title = page.title or page.url
    name = picture_name(f"web-{title[:60]}", page.picture_mime)
    return (New("picture", "web", name, title, page.picture_mime, page.picture),)


def _told(page: Page, *, has_picture: bool) -> str:
    lines = [f"{page.url} (HTTP {page.status})"]
    if page.title:
        lines.append(f"Title: {page.title}")
    if has_picture:
        lines.append("Its main picture: {0}")
    words = page.text.strip()
    lines += ["", words[:LONGEST_TEXT] or _wordless(page)]
    if page.is_cut or len(words) > LONGEST_TEXT:
        lines.append("(cut here: the page goes on)")
    return "\n".join(lines)


def _wordless(page: Page) -> str:
    if page.mime.startswith(("text/", "image/", "application/xhtml")) or not page.mime:
        return "(no text)"
    return f"(It is a file of the kind {page.mime}. Files are read when a person puts them into this thread.)"
