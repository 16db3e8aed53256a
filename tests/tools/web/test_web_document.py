from bot.core.document import Document
from bot.tools.web.web_document import document_text
from tests.tools.tool_context import document, page


def test_pages_come_whole_as_far_as_there_is_room_and_the_rest_is_named() -> None:
    words = document_text("a.pdf", document(page(1, "x" * 60), page(2, "y" * 60), page(3, "z")), 100)
    assert "x" * 60 in words
    assert "y" not in words.partition("\n")[2].replace("by", "")
    assert "The text of pages 2 to 3 is not here" in words
    assert "cut here" not in words


def test_a_first_page_that_is_too_long_is_cut_and_says_so() -> None:
    words = document_text("a.txt", document(page(1, "x" * 500)), 100)
    assert "x" * 100 + "\n(cut here: this page has 500 characters" in words
    assert "x" * 101 not in words


def test_a_sheet_goes_by_its_name_and_an_empty_document_says_so() -> None:
    assert "[a.xlsx sheet Costs]\n(no text on this page)" in document_text(
        "a.xlsx", document(page(1, " ", "sheet Costs", shown=False)), 100
    )
    assert "There is nothing on it." in document_text("a.pdf", Document("pdf", (), ("cut off",)), 100)
    assert "(cut off)" in document_text("a.pdf", Document("pdf", (), ("cut off",)), 100)
