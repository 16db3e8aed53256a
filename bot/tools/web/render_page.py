from typing import Protocol

from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.drawing import RenderedPage
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, optional_string
from bot.tools.naming import picture_name
from bot.tools.tool_errors import detailed_tool_errors
from bot.tools.web.addresses import Guard, allow, read_address
from bot.words import say, text

RENDERING = text("is rendering a page…")
RENDERED = text("How the page looks")
NO_BROWSER = (
    "Pages can't be rendered here: no browser is installed. Whoever looks after this app can install "
    "`chromium-headless-shell` (or `chromium`). Go on without the picture and say so."
)
NO_WEB = "Addresses can't be opened here; give `html` instead."
LONGEST_HTML = 400_000
LONGEST_TEXT = 20_000


class Browser(Protocol):
    async def render(self, *, html: str = "", url: str = "") -> RenderedPage:
        """Raise a BotError whose `detail` says why not. HTML gets no network; an address is checked by the guard."""
        ...


class RenderPage:
    spec = ToolSpec(
        "render_page",
        "See how HTML, or a public web page, looks in a browser. Give one of the two.",
        {
            "type": "object",
            "properties": {
                "html": {"type": "string", "description": "one whole page"},
                "url": {"type": "string", "description": "http or https"},
            },
        },
    )
    step = RENDERING

    def __init__(self, browser: Browser | None, guard: Guard | None) -> None:
        self._browser = browser
        self._guard = guard

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        html = optional_string(arguments, "html", LONGEST_HTML)
        has_url = bool(optional_string(arguments, "url"))
        if bool(html) == has_url:
            raise ToolFailed(f"Give either `html` or `url`; {'both' if html else 'neither'} came.")
        url = read_address(arguments) if has_url else ""
        if self._browser is None:
            raise ToolFailed(NO_BROWSER)
        if url:
            if self._guard is None:
                raise ToolFailed(NO_WEB)
            await allow(url, self._guard, context)
        with detailed_tool_errors(url or "The page"):
            rendered = await self._browser.render(html=html, url=url)
        about = url or say(RENDERED, context.language)
        new = NewArtifact(
            "picture", "render", picture_name("render", rendered.mime), about, rendered.mime, rendered.data
        )
        return Result(_result(rendered, url), made=(new,), is_untrusted=bool(url))


def _result(rendered: RenderedPage, url: str) -> str:
    words = rendered.text.strip()
    cut = f"\n(cut here: {len(words):,} characters in all)" if len(words) > LONGEST_TEXT else ""
    read = f"On it stands:\n{words[:LONGEST_TEXT]}{cut}" if words else "There is no text on it."
    return f"{{0}} is how {url or 'the page'} looks, {rendered.width} × {rendered.height} px. {read}"
