from bot.errors import BotError, FileProtected
from bot.internet.fetch import Internet
from bot.tools.web.fetch_url import LONGEST_TEXT, FetchUrl
from tests.tools.tool_context import Approvals, FakeDocuments, Web, document, page, refusal, tool_context, web_page

URL = "https://example.com/a"


async def test_text_and_main_picture_come() -> None:
    web = Web(web_page(picture=b"png"))
    result = await FetchUrl(web).call({"url": URL}, tool_context())
    assert web.happened == [f"look up {URL}", f"fetch {URL}"]
    assert result.text == f"{URL} (HTTP 200)\nIts main picture: {{0}}\nTitle: A page\n\nIts words."
    (new,) = result.made
    assert (new.kind, new.prefix, new.about, new.data) == ("picture", "web", "A page", b"png")
    assert not new.is_for_person
    assert new.is_for_model
    assert result.is_untrusted


async def test_a_page_without_a_picture_or_words_says_so() -> None:
    result = await FetchUrl(Web(web_page(text=" ", title="", status=404))).call({"url": URL}, tool_context())
    assert result.text == f"{URL} (HTTP 404)\n\n(no text)"
    assert result.made == ()


async def test_a_long_page_is_cut_and_says_so() -> None:
    result = await FetchUrl(Web(web_page(text="x" * 70_000))).call({"url": URL}, tool_context())
    assert len(result.text) < LONGEST_TEXT + 300
    assert "(cut here: the page goes on)" in result.text


async def test_a_document_comes_as_its_pages_and_lies_with_the_threads_documents() -> None:
    bench = tool_context()
    assert isinstance(bench.documents, FakeDocuments)
    bench.documents.found = document(page(1, "First words."), page(2, ""))
    web = Web(web_page(url="https://example.com/2026/annual%20report?v=2", kind="pdf", text="", data=b"%PDF"))
    result = await FetchUrl(web).call({"url": URL}, bench)
    assert bench.documents.came == [("annual-report.pdf", URL, b"%PDF")]
    assert "annual-report.pdf (pdf, 2 pages)" in result.text
    assert "[annual-report.pdf p. 1]\nFirst words." in result.text
    assert "[annual-report.pdf p. 2]\n(no text on this page; view_page shows it)" in result.text
    assert result.is_untrusted
    assert not result.made


async def test_a_document_that_cannot_be_read_says_why() -> None:
    bench = tool_context()
    assert isinstance(bench.documents, FakeDocuments)
    bench.documents.found = FileProtected()
    web = Web(web_page(kind="pdf", text="", data=b"%PDF"))
    assert "needs a password" in await refusal(FetchUrl(web), {"url": URL}, bench)


async def test_a_picture_of_any_kind_and_size_is_a_picture() -> None:
    web = Web(web_page(kind="tiff", mime="image/tiff", text="", title="", data=b"tiff"))
    result = await FetchUrl(web).call({"url": URL}, tool_context())
    (new,) = result.made
    assert (new.kind, new.mime, new.data) == ("picture", "image/tiff", b"tiff")
    assert "{0}" in result.text


async def test_what_the_web_says_went_wrong_is_told() -> None:
    web = Web(broken=BotError("The page did not answer within 20 s."))
    assert await refusal(FetchUrl(web), {"url": URL}) == "The page did not answer within 20 s."
    assert URL in await refusal(FetchUrl(Web(broken=BotError())), {"url": URL})


async def test_an_inward_address_is_not_fetched() -> None:
    web = Web()
    assert "private network" in await refusal(FetchUrl(web), {"url": "http://10.1.2.3/"})
    assert web.happened == []


async def test_after_a_no_nothing_is_fetched() -> None:
    web = Web()
    bench = tool_context(approve=Approvals(says=False), is_tainted=True)
    assert "did not agree" in await refusal(FetchUrl(web), {"url": URL}, bench)
    assert web.happened == [], "not even its name is looked up"


async def test_without_a_web_it_says_what_is_missing() -> None:
    assert "switched off" in await refusal(FetchUrl(None), {"url": URL})
    assert "http://" in await refusal(FetchUrl(None), {"url": "gopher://a.org"})


async def test_the_real_guard_refuses_this_machine_without_asking() -> None:
    asked = Approvals()
    bench = tool_context(approve=asked, is_tainted=True, spoken="http://127.0.0.1:8080/ please")
    for url in ("http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/", "http://0x7f.1/"):
        assert await refusal(FetchUrl(Internet()), {"url": url}, bench)
    assert asked.asked == []
