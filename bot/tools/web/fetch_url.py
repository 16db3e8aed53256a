from typing import Protocol

from bot.core.agent.ports import New, Result, ToolContext, ToolFailed
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments
from bot.tools.naming import name_at, picture_name
from bot.tools.trouble import told, told_in_detail
from bot.tools.web.addresses import Guard, allow, read_address
from bot.tools.web.web_document import told as told_of_document
from bot.words import text

READING_ADDRESS = text("is reading {what}…")
NO_WEB = "Web pages can't be read here: reading the web is switched off."
FOUND = "{url} (HTTP {status})"
LONGEST_TEXT = 55_000  # the loop cuts results at 60,000, without saying what of


class Page(Protocol):
    """What is at an address. `url` is where it was found in the end, `text` Markdown, `picture` the main one.

    `kind` is its short word such as “pdf”, `mime` that of a picture; `data` are the bytes of what is no text: of a
    document, of a picture. `is_cut`: there was more text.
    """

    @property
    def url(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def is_cut(self) -> bool: ...
    @property
    def data(self) -> bytes: ...
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
        "Read a public web page (its text and main picture), or a PDF or Office file of the web.",
        {
            "type": "object",
            "properties": {"url": {"type": "string", "description": "http or https"}},
            "required": ["url"],
        },
    )
    step = READING_ADDRESS

    def __init__(self, web: Web | None) -> None:
        self._web = web

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        url = read_address(arguments)
        if self._web is None:
            raise ToolFailed(NO_WEB)
        await allow(url, self._web, context)
        with told_in_detail(url):
            page = await self._web.fetch(url)
        if page.data and not page.mime.startswith("image/"):
            return await _document(url, page, context)
        made = _picture(page)
        return Result(_told(page, has_picture=bool(made)), made=made, is_untrusted=True)


async def _document(url: str, page: Page, context: ToolContext) -> Result:
    """It lies with the thread's documents from now on."""
    with told(page.url):
        name, document = await context.documents.put(name_at(page.url, page.kind), url, page.data)
    head = FOUND.format(url=page.url, status=page.status)
    return Result(f"{head}\n{told_of_document(name, document, LONGEST_TEXT)}", is_untrusted=True)


def _picture(page: Page) -> tuple[New, ...]:
    """A page's main picture, or what is itself a picture, of any kind."""
    data, mime = (page.picture, page.picture_mime) if page.picture else (page.data, page.mime)
    if not data:
        return ()
    title = page.title or page.url
    return (New("picture", "web", picture_name(f"web-{title[:60]}", mime), title, mime, data),)


def _told(page: Page, *, has_picture: bool) -> str:
    lines = [FOUND.format(url=page.url, status=page.status)]
    if has_picture:
        lines.append("Its main picture: {0}")
    if page.title:
        lines.append(f"Title: {page.title}")
    words = page.text.strip()
    lines += ["", words[:LONGEST_TEXT] or "(no text)"]
    if page.is_cut or len(words) > LONGEST_TEXT:
        lines.append("(cut here: the page goes on)")
    return "\n".join(lines)
