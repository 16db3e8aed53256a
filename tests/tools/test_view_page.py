from bot.tools.view_page import LONGEST_TEXT, ViewPage
from tests.tools.tool_context import document, page, refusal, tool_context

REPORT = document(
    page(1, "Intro"), page(2, "Costs: 7", "sheet Costs"), page(3, "", shown=True), page(4, "E", shown=False)
)
BENCH = tool_context({"report.pdf": REPORT})


async def test_the_picture_comes_even_when_the_text_is_known() -> None:
    result = await ViewPage().call({"document": "report.pdf", "page": 1}, BENCH)
    assert result.shown == ("report.pdf#1",)
    assert "report.pdf#1" in result.text
    assert "Intro" in result.text
    assert result.is_untrusted


async def test_a_page_with_a_name_of_its_own_is_called_by_it_too() -> None:
    result = await ViewPage().call({"document": "report.pdf", "page": "2"}, BENCH)
    assert result.text.startswith("report.pdf, page 2 of 4 (sheet Costs)")


async def test_a_page_without_text_says_so() -> None:
    assert "(no text)" in (await ViewPage().call({"document": "report.pdf", "page": 3}, BENCH)).text


async def test_a_page_that_cannot_be_shown_comes_as_text_and_says_so() -> None:
    result = await ViewPage().call({"document": "report.pdf", "page": 4}, BENCH)
    assert result.shown == ()
    assert "no picture" in result.text
    assert result.is_untrusted


async def test_a_page_out_of_range_is_answered_with_how_many_there_are() -> None:
    for number in (0, -1, 5):
        sentence = await refusal(ViewPage(), {"document": "report.pdf", "page": number}, BENCH)
        assert sentence == f"report.pdf has no page {number}; its pages are 1 to 4."


async def test_an_unknown_document_is_answered_with_the_ones_there_are() -> None:
    assert "report.pdf" in await refusal(ViewPage(), {"document": "other.pdf", "page": 1}, BENCH)


async def test_a_page_as_long_as_a_book_is_cut_and_says_so() -> None:
    bench = tool_context({"long.txt": document(page(1, "x" * (LONGEST_TEXT + 5)))})
    result = await ViewPage().call({"document": "long.txt", "page": 1}, bench)
    assert len(result.text) < LONGEST_TEXT + 500
    assert "cut here: 55,005 characters in all" in result.text
