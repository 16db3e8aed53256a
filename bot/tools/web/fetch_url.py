from typing import Protocol

from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.files.web_page import FetchedPage
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments
from bot.tools.naming import name_at, picture_name
from bot.tools.tool_errors import detailed_tool_errors, tool_errors
from bot.tools.web.addresses import Guard, allow, read_address
from bot.tools.web.web_document import document_text
from bot.words import text

READING_ADDRESS = text("is reading {what}…")
NO_WEB = "Web pages can't be read here: reading the web is switched off."
FOUND = "{url} (HTTP {status})"
LONGEST_TEXT = 55_000  # core.agent.toolbox would cut results at 60,000 without saying what is missing


class Web(Guard, Protocol):
    async def fetch(self, url: str) -> FetchedPage:
        """Raise a BotError whose `detail` says why the page can't be read. Redirects to private networks are refused
        too.
        """
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
        with detailed_tool_errors(url):
            page = await self._web.fetch(url)
        if page.data and not page.mime.startswith("image/"):
            return await _document(url, page, context)
        pictures = _picture(page)
        return Result(_page_text(page, has_picture=bool(pictures)), made=pictures, is_untrusted=True)


async def _document(url: str, page: FetchedPage, context: ToolContext) -> Result:
    """Put the document among the thread's documents, where the other tools find it."""
    with tool_errors(page.url):
        name, document = await context.documents.put(name_at(page.url, page.kind), url, page.data)
    head = FOUND.format(url=page.url, status=page.status)
    return Result(f"{head}\n{document_text(name, document, LONGEST_TEXT)}", is_untrusted=True)


def _picture(page: FetchedPage) -> tuple[NewArtifact, ...]:
    """Return a page's main picture, or the picture that the address itself is."""
    data, mime = (page.picture, page.picture_mime) if page.picture else (page.data, page.mime)
    if not data:
        return ()
    title = page.title or page.url
    return (NewArtifact("picture", "web", picture_name(f"web-{title[:60]}", mime), title, mime, data),)


def _page_text(page: FetchedPage, *, has_picture: bool) -> str:
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
