from bot.core.document import Document
from bot.tools.find_in_document import MOST_PAGES, FindInDocument
from tests.tools.tool_context import document, page, refusal, tool_context

CONTRACT = document(
    page(1, "Parties and purpose."),
    page(2, "Early Termination\nof the contract needs notice. early termination of it costs 5 %.", "clause 2"),
    page(3, "Payment is due. Notice of termination goes by post."),
    page(4, ""),
)


async def find(query: str, content: Document = CONTRACT) -> str:
    result = await FindInDocument().call({"document": "c.pdf", "query": query}, tool_context({"c.pdf": content}))
    assert result.is_untrusted
    return result.text


async def test_a_phrase_is_found_in_any_case_and_across_lines() -> None:
    told = await find("early termination OF")
    assert "stands in c.pdf 2 times, on 1 page of 4" in told
    assert "page 2 (clause 2): " in told
    assert "Early Termination of the contract" in told


async def test_without_the_phrase_pages_with_its_words_come_best_first() -> None:
    told = await find("termination by post")
    assert "does not stand" in told
    assert told.index("page 3") < told.index("page 2")


async def test_chinese_is_found_without_spaces_and_across_lines() -> None:
    content = document(page(1, "合同双方"), page(2, "第八条 违约\n金为合同总额的百分之五。"))
    told = await find("违约金", content)
    assert "once, on 1 page of 2" in told
    assert "- page 2: 第八条 违约 金为合同总额的百分之五。" in told


async def test_chinese_is_found_by_its_parts() -> None:
    content = document(page(1, "合同双方"), page(2, "违约金的上限另行约定"))
    told = await find("违约金上限", content)
    assert "does not stand" in told
    assert "- page 2" in told


async def test_nothing_found_says_so_and_names_the_pages_that_cannot_be_searched() -> None:
    told = await find("giraffe")
    assert told.startswith("Nothing of “giraffe” was found in c.pdf (4 pages).")
    assert "Pages without text, which only view_page can show: 4." in told


async def test_marks_in_the_query_mean_themselves() -> None:
    assert "once" in await find("5 %.")
    assert "Nothing" in await find(".*")


async def test_many_pages_are_all_named_but_not_all_quoted() -> None:
    told = await find("rent", document(*(page(number, "the rent") for number in range(1, 31))))
    assert "on 30 pages of 30" in told
    assert told.count("\n- page") == MOST_PAGES
    assert told.endswith("Also on: " + ", ".join(str(number) for number in range(MOST_PAGES + 1, 31)))


async def test_wrong_arguments_are_answered() -> None:
    bench = tool_context({"c.pdf": CONTRACT})
    assert "`query` is missing" in await refusal(FindInDocument(), {"document": "c.pdf"}, bench)
    assert "no document" in await refusal(FindInDocument(), {"document": "x", "query": "y"}, bench)
    assert "at most 200" in await refusal(FindInDocument(), {"document": "c.pdf", "query": "y" * 201}, bench)
