from dataclasses import dataclass, field

import pytest

from bot.core.drawing import RenderedPage
from bot.errors import BotError
from bot.tools.web.render_page import RenderPage
from tests.tools.tool_context import Approvals, Web, refusal, tool_context

URL = "https://example.com/a"


@dataclass
class Browser:
    broken: BotError | None = None
    rendered: list[str] = field(default_factory=list)

    async def render(self, *, html: str = "", url: str = "") -> RenderedPage:
        self.rendered.append(html or url)
        if self.broken:
            raise self.broken
        return RenderedPage(b"shot", 1280, 800, "Hello")


async def test_html_is_shown_without_asking_anybody() -> None:
    browser, asked, web = Browser(), Approvals(), Web()
    bench = tool_context(approve=asked, is_tainted=True)
    result = await RenderPage(browser, web).call({"html": "<h1>Hello</h1>"}, bench)
    assert browser.rendered == ["<h1>Hello</h1>"]
    assert result.text == "{0} is how the page looks, 1280 × 800 px. On it stands:\nHello"
    (new,) = result.made
    assert (new.prefix, new.name, new.about, new.data) == ("render", "render.png", "How the page looks", b"shot")
    assert not result.is_untrusted
    assert (asked.asked, web.happened) == ([], [])


async def test_an_address_goes_through_the_same_door_as_fetch_url() -> None:
    browser, asked, web = Browser(), Approvals(), Web()
    result = await RenderPage(browser, web).call({"url": URL}, tool_context(approve=asked, is_tainted=True))
    assert browser.rendered == [URL]
    assert web.happened == [f"look up {URL}"]
    assert [detail for _, detail in asked.asked] == [URL]
    assert result.is_untrusted
    assert result.made[0].about == URL


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "file:///etc/passwd", "about:blank"])
async def test_an_address_that_may_not_be_opened_never_reaches_the_browser(url: str) -> None:
    browser = Browser()
    await refusal(RenderPage(browser, Web()), {"url": url})
    assert browser.rendered == []


async def test_after_a_no_the_browser_is_not_started() -> None:
    browser = Browser()
    bench = tool_context(approve=Approvals(says=False), is_tainted=True)
    assert "did not agree" in await refusal(RenderPage(browser, Web()), {"url": URL}, bench)
    assert browser.rendered == []


async def test_it_takes_either_html_or_an_address() -> None:
    tool = RenderPage(Browser(), Web())
    assert "neither" in await refusal(tool, {})
    assert "both" in await refusal(tool, {"html": "<p>", "url": URL})
    assert "at most 400,000" in await refusal(tool, {"html": "x" * 400_001})


async def test_without_a_browser_it_says_what_to_install() -> None:
    assert "chromium-headless-shell" in await refusal(RenderPage(None, Web()), {"html": "<p>"})
    assert "give `html`" in await refusal(RenderPage(Browser(), None), {"url": URL})


async def test_what_the_browser_says_went_wrong_is_told() -> None:
    browser = Browser(BotError("The page was not ready within 10 s and was stopped."))
    assert "within 10 s" in await refusal(RenderPage(browser, None), {"html": "<p>"})
