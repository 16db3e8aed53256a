"""One question adds only so many earlier messages and so much of its documents to the prompt."""

from bot.core.document import Document, Page
from bot.core.files.budget import TOKENS_PER_LINE, newest, share, shortened
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import SlackMessage
from bot.core.thread.turn import ThreadDocument


def slack_message(at: int, words: str = "") -> SlackMessage:
    return SlackMessage(f"{at}.0", "U1", words, (), by_bot=False)


def paper(tokens: int, pages: int = 4) -> ThreadDocument:
    return ThreadDocument(f"{tokens}.pdf", "F1", "abc", "pdf", pages, pages, tokens)


def test_a_thread_that_fits_is_told_whole() -> None:
    earlier = [slack_message(at) for at in range(5)]
    assert newest(earlier, 5 * TOKENS_PER_LINE) == (tuple(earlier), 0)
    assert newest([], 0) == ((), 0)


def test_the_root_and_the_newest_are_kept() -> None:
    kept, left_out = newest([slack_message(at) for at in range(10)], 4 * TOKENS_PER_LINE)
    assert [one.ts for one in kept] == ["0.0", "7.0", "8.0", "9.0"]
    assert left_out == 6


def test_a_root_that_would_take_most_of_the_room_gives_way() -> None:
    kept, left_out = newest([slack_message(0, "x" * 4_000), slack_message(1), slack_message(2)], 4 * TOKENS_PER_LINE)
    assert [one.ts for one in kept] == ["1.0", "2.0"]
    assert left_out == 1


def test_documents_that_fit_together_are_not_shortened() -> None:
    assert share([paper(20), paper(30)], 50) is None
    assert share([], 50) is None


def test_short_documents_stay_whole_and_the_long_ones_share_what_is_left() -> None:
    assert share([paper(10), paper(100), paper(90)], 110) == 50
    assert share([paper(60), paper(60)], 100) == 50


def test_a_document_keeps_as_many_first_pages_as_fit_and_at_least_one() -> None:
    pages = tuple(Page(number, "word " * 200) for number in range(1, 5))
    each = estimate_tokens(pages[0].text) + TOKENS_PER_LINE
    document, whole = Document("pdf", pages), paper(4 * each)
    assert shortened(whole, document, 4 * each) is whole
    cut = shortened(whole, document, 2 * each + 5)
    assert (cut.pages_read, cut.tokens, cut.pages) == (2, 2 * each, 4)
    assert shortened(whole, document, 1).pages_read == 1
