import pytest

from bot.core.document import Document, OutlineEntry, Page, choose_pictures, find_pages
from bot.errors import RecordUnreadable


def a4(number: int, look: str = "a scan", text: str = "") -> Page:
    return Page(number, text, look=look, source=(f"page:{number}",), width_pt=595, height_pt=842)


def test_documents_keep_their_values_as_json() -> None:
    document = Document("pdf", (a4(1, text="一"), Page(2, "b", label="slide 2")), ("note",), (OutlineEntry("T", 1, 2),))
    assert Document.from_json(document.to_json()) == document
    assert document.page(2) == document.pages[1]
    assert document.page(3) is None
    assert document.page(0) is None
    with pytest.raises(RecordUnreadable, match="version"):
        Document.from_json(document.to_json().replace(b'"v":1', b'"v":0'))


def test_pages_are_shown_at_120_dpi_while_there_is_room_and_smaller_after() -> None:
    pages = [a4(number) for number in range(1, 11)]
    best = choose_pictures(pages, 20_000)
    assert set(best) == set(range(1, 11))
    assert all(1700 <= tokens <= 1800 for tokens in best.values())
    less = choose_pictures(pages, 10_000)
    assert len(less) == 10
    assert sum(less.values()) <= 10_000
    least = choose_pictures(pages, 3000)
    assert set(least) == {1, 2, 3}
    assert all(750 <= tokens <= 850 for tokens in least.values())
    assert choose_pictures(pages, 100) == {}
    assert len(choose_pictures(pages, 10**6, most=4)) == 4


def test_pages_without_text_come_first_and_plain_pages_never() -> None:
    pages = [a4(1, text="words"), a4(2), a4(3, look="", text="all"), Page(4, "", look="lost")]
    assert list(choose_pictures(pages, 10_000)) == [1, 2]
    assert list(choose_pictures(pages, 1000)) == [2]


def test_pages_are_found_by_their_words_rare_ones_first() -> None:
    pages = (Page(1, "costs and plans"), Page(2, "the Lisbon costs"), Page(3, "other"))
    document = Document("pdf", pages)
    assert find_pages(document, ["costs", "lisbon"]) == (2, 1)
    assert find_pages(document, ["nothing"]) == ()


def test_sizes_unknown_or_odd_have_a_cost() -> None:
    assert Page(1, "").tokens_at(120) == 1750
    assert Page(1, "", width_pt=3, height_pt=90_000).tokens_at(120) <= 6144
    assert Page(7, "").name == "p. 7"
    assert Page(7, "", label="sheet A").name == "sheet A"
