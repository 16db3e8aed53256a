"""The text of a long document tells the model which pages are missing and what they are called."""

from bot.core.document import Document, Page
from bot.core.files.document_prompt import document_text
from bot.core.thread.turn import ThreadDocument


def paper(document: Document, read: int) -> str:
    return document_text(
        document, ThreadDocument("a.xlsx", "F1", "0" * 64, document.kind, len(document.pages), read, 10)
    )


def test_what_is_read_and_what_is_left_is_called_by_its_rows() -> None:
    pages = (Page(1, "one", "sheet A, rows 1–90"), Page(2, "two", "sheet A, rows 91–50,001"))
    head = paper(Document("xlsx", pages), 1).partition("\n")[0]
    assert head == (
        "Document a.xlsx (xlsx, 2 pages; the text of pages 1–1 (up to sheet A, rows 1–90) follows, "
        "pages 2–2 (up to sheet A, rows 91–50,001) are not here: find_in_document searches all of them, "
        "view_page shows one):"
    )


def test_pages_that_are_called_by_their_number_are_named_once() -> None:
    head = paper(Document("pdf", (Page(1, "one"), Page(2, "two"))), 1).partition("\n")[0]
    assert "pages 1–1 follows, pages 2–2 are not here" in head
    assert "(up to" not in paper(Document("pdf", (Page(1, "one"),)), 1)
