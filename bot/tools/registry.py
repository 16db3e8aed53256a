"""Lists the tools that every turn offers. Their names and arguments are a contract."""

from bot.core.agent.ports import Tool
from bot.core.drawing import Painter
from bot.tools.annotate import Annotate
from bot.tools.calculate import Calculate
from bot.tools.compare_images import CompareImages
from bot.tools.find_in_document import FindInDocument
from bot.tools.make_chart import MakeChart
from bot.tools.make_file import MakeFile
from bot.tools.make_table import MakeTable
from bot.tools.now import Now
from bot.tools.search_slack import SearchSlack, SlackSearch
from bot.tools.view_message_image import ViewMessageImage
from bot.tools.view_page import ViewPage
from bot.tools.web.fetch_url import FetchUrl, Web
from bot.tools.web.render_page import Browser, RenderPage
from bot.tools.zoom import Zoom


def built_in(
    painter: Painter, web: Web | None, browser: Browser | None, slack_search: SlackSearch | None
) -> tuple[Tool, ...]:
    """Without a web or a browser, their tools are offered all the same, and say what is missing; without a search its
    tool is not offered.
    """
    seeing = (Zoom(), ViewPage(), FindInDocument(), ViewMessageImage(), Annotate(painter), CompareImages(painter))
    making = (MakeChart(painter), MakeTable(), MakeFile())
    outside = (FetchUrl(web), RenderPage(browser, web))
    search = () if slack_search is None else (SearchSlack(slack_search),)
    return (*seeing, *making, *outside, *search, Calculate(), Now())
