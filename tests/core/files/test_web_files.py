"""WebFiles downloads a web page as a file."""

from dataclasses import dataclass
from typing import Any

import pytest

from bot.core.files.web_files import WebFiles
from bot.core.files.web_page import FetchedPage
from bot.core.thread.inbound import FileRef
from bot.errors import BotError, FileGone, sentence
from bot.internet.fetch import Internet
from tests.core.fake_sources import FakeFiles

URL = "https://example.com/a"
PAGE = FileRef(URL, "example.com/a", url=URL, mode="web")


def page(status: int = 200, **more: Any) -> FetchedPage:
    return FetchedPage(URL, status, **more)


@dataclass
class FakeWeb:
    page: FetchedPage | BotError

    async def fetch(self, url: str) -> FetchedPage:
        assert url == URL
        if isinstance(self.page, BotError):
            raise self.page
        return self.page


def files(page: FetchedPage | BotError) -> WebFiles:
    return WebFiles(FakeFiles(), FakeWeb(page))


async def test_a_page_s_text_is_its_content() -> None:
    web = files(page(title="Prices", text="It costs 5."))
    assert await web.fetch(PAGE) == b"# Prices\n\nIt costs 5."
    assert await web.fetch_by_id(URL) == b"# Prices\n\nIt costs 5."


async def test_a_document_on_the_web_is_its_bytes() -> None:
    assert await files(page(data=b"%PDF-1.4")).fetch(PAGE) == b"%PDF-1.4"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (BotError("inward"), "could not be opened"),
        (page(status=404, text="gone"), "answers with error 404"),
        (page(), "nothing to read on it"),
    ],
)
async def test_an_unreadable_file_has_its_reason(page: FetchedPage | BotError, reason: str) -> None:
    with pytest.raises(FileGone) as gone:
        await files(page).fetch(PAGE)
    assert sentence(gone.value) == reason


async def test_files_on_slack_stay_what_they_are() -> None:
    web = files(page())
    assert await web.fetch(FileRef("F1", "a.pdf")) == b"F1"
    assert await web.fetch_by_id("F1") == b"F1"
    with pytest.raises(FileGone):
        await web.fetch_converted(URL)


def test_the_internet_will_do() -> None:
    WebFiles(FakeFiles(), Internet())
