from bot.errors import BotError
from bot.internet.fetch import Internet
from bot.tools.fetch_url import LONGEST_TEXT, FetchUrl
from tests.tools.bench import Approvals, Web, WebPage, refusal, workbench

URL = "https://example.com/a"


async def test_text_and_main_picture_come() -> None:
    web = Web(WebPage(picture=b"png"))
    result = await FetchUrl(web).call({"url": URL}, workbench())
    assert web.happened == [f"check {URL}", f"fetch {URL}"]
    assert result.text == f"{URL} (HTTP 200)\nTitle: A page\nIts main picture: {{0}}\n\nIts words."
    (new,) = result.made
    assert (new.kind, new.prefix, new.about, new.data) == ("picture", "web", "A page", b"png")
    assert not new.is_for_person
    assert new.is_for_model
    assert result.is_untrusted


async def test_a_page_without_a_picture_or_words_says_so() -> None:
    result = await FetchUrl(Web(WebPage(text=" ", title="", status=404))).call({"url": URL}, workbench())
    assert result.text == f"{URL} (HTTP 404)\n\n(no text)"
    assert result.made == ()


async def test_a_long_page_is_cut_and_says_so() -> None:
    result = await FetchUrl(Web(WebPage(text="x" * 70_000))).call({"url": URL}, workbench())
    assert len(result.text) < LONGEST_TEXT + 300
    assert "(cut here: the page goes on)" in result.text


async def test_a_file_that_is_no_page_says_how_it_can_be_read() -> None:
    result = await FetchUrl(Web(WebPage(mime="application/pdf", text=""))).call({"url": URL}, workbench())
    assert "application/pdf" in result.text
    assert "when a person puts them into this thread" in result.text


async def test_what_the_web_says_went_wrong_is_told() -> None:
    web = Web(broken=BotError("The page did not answer within 20 s."))
    assert await refusal(FetchUrl(web), {"url": URL}) == "The page did not answer within 20 s."
    assert URL in await refusal(FetchUrl(Web(broken=BotError())), {"url": URL})


async def test_an_inward_address_is_not_fetched() -> None:
    web = Web()
    assert "private network" in await refusal(FetchUrl(web), {"url": "http://10.1.2.3/"})
    assert web.happened == ["check http://10.1.2.3/"]


async def test_after_a_no_nothing_is_fetched() -> None:
    web = Web()
    bench = workbench(approve=Approvals(says=False), is_tainted=True)
    assert "did not agree" in await refusal(FetchUrl(web), {"url": URL}, bench)
    assert web.happened == [f"check {URL}"]


async def test_without_a_web_it_says_what_is_missing() -> None:
    assert "switched off" in await refusal(FetchUrl(None), {"url": URL})
    assert "http://" in await refusal(FetchUrl(None), {"url": "gopher://a.org"})


async def test_the_real_guard_refuses_this_machine_without_asking() -> None:
    asked = Approvals()
    bench = workbench(approve=asked, is_tainted=True, spoken="http://127.0.0.1:8080/ please")
    for url in ("http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/", "http://0x7f.1/"):
        assert await refusal(FetchUrl(Internet()), {"url": url}, bench)
    assert asked.asked == []
