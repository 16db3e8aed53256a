"""Writing from top to bottom, and how letters are read."""

import pytest

from bot.documents.read import read_document
from tests.documents import pdfs
from tests.documents.making import opendocument

COLUMNS = ("吾輩は猫である。", "名前はまだ無い。", "第二条第一項の表")


def in_columns(columns: tuple[str, ...]) -> bytes:
    """Each letter is placed by itself, columns from right to left, as typesetting programs write them."""
    places = [(500 - 30 * at, 700 - 12 * row) for at, column in enumerate(columns) for row in range(len(column))]
    return pdfs.composite("".join(columns), places=places)


def test_columns_are_read_from_top_to_bottom_and_from_right_to_left() -> None:
    assert read_document(in_columns(COLUMNS)).pages[0].text == "\n".join(COLUMNS)


def test_digits_side_by_side_in_a_column_stay_in_it() -> None:
    text = "".join(COLUMNS) + "昭和29年"
    places = [(500 - 30 * at, 700 - 12 * row) for at, column in enumerate(COLUMNS) for row in range(len(column))]
    places += [(410, 700), (410, 688), (408, 676), (415, 676), (410, 664)]
    assert read_document(pdfs.composite(text, places=places)).pages[0].text.endswith("昭和29年")


def test_short_lines_of_other_letters_are_no_writing_in_columns() -> None:
    lines = [f"{letter}{letter}" for letter in "ABCDEFGHIJKLMNOP"]
    assert read_document(pdfs.pages([pdfs.lines(lines)])).pages[0].text == "\n".join(lines)


HTML = "<p>今日は<ruby>漢字{}<rt>かんじ</rt>{}</ruby>です</p>"
ODT = (
    "<office:body><office:text><text:p>今日は<text:ruby><text:ruby-base>漢字</text:ruby-base>"
    "<text:ruby-text>かんじ</text:ruby-text></text:ruby>です</text:p></office:text></office:body>"
)


@pytest.mark.parametrize(
    "data",
    [
        HTML.format("", "").encode(),
        HTML.format("<rp>(</rp>", "<rp>)</rp>").encode(),
        opendocument("text", ODT),
    ],
)
def test_how_letters_are_read_stands_in_brackets_behind_them(data: bytes) -> None:
    assert read_document(data, "a.html" if data.startswith(b"<p>") else "").pages[0].text == "今日は漢字(かんじ)です"
