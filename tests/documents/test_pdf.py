import io

import pytest
from PIL import Image

from bot.documents import pdf
from bot.documents.load import read_document
from bot.documents.pdf_draw import draw_page, draw_pages
from bot.documents.pdf_text import clean, is_soup, look_of
from bot.documents.refusals import FileProtected
from bot.errors import FileBroken
from tests.documents import pdfs
from tests.documents.making_office import PROSE

LONG = [f"{number}: {PROSE[:70]}" for number in range(40)]


def test_pages_full_of_text_need_no_picture_and_others_say_why() -> None:
    square = b" 100 100 300 300 re f"
    rows = [f"Item {number}   {number * 3}   {number * 7}.50   {number}%" for number in range(30)]
    data = pdfs.pages([pdfs.lines(LONG), square, pdfs.lines(["Only this"]), pdfs.lines(rows)])
    document = read_document(data)
    assert [page.look for page in document.pages] == ["", pdf.SCAN, "little text", "a table"]
    assert document.pages[1].text == ""
    assert document.notes == ("page 2 has no text layer, so only the picture tells what is on it",)
    assert document.pages[0].source == ("page:1",)
    assert (document.pages[0].width_pt, document.pages[0].height_pt) == (595, 842)


def test_a_text_layer_that_is_soup_is_dropped_for_the_picture() -> None:
    document = read_document(pdfs.composite(PROSE, with_unicode=False))
    assert document.pages[0].text == ""
    assert document.pages[0].look in {pdf.SOUP, pdf.SCAN}
    assert document.notes
    shifted = " ".join("".join(chr(max(33, ord(letter) - 29)) for letter in word) for word in PROSE.split())
    assert is_soup(shifted)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Die Würde des Menschen ist unantastbar. Sie zu achten und zu schützen ist Verpflichtung aller Gewalt.",
        "\n".join(f"AB-{number} {number * 17.5:,.2f} {number}% 2026-03-{number:02d}" for number in range(1, 25)),
        "def f(x):\n    return [y for y in range(x) if y % 2 == 0]\n" * 6,
        "委员会于三月三日在里斯本举行会议,决定各地办事处每月报告开支。" * 3,
        "Комитет собрался в Лиссабоне третьего марта и решил, что каждое отделение отчитывается ежемесячно.",
        "",
    ],
)
def test_real_text_is_not_taken_for_soup(text: str) -> None:
    assert not is_soup(text)


def test_words_cut_at_line_ends_are_whole() -> None:
    assert clean("exam\x02\r\nple and agree-\nment, 2019-\n2020") == "example and agreement, 2019-\n2020"
    assert look_of("∑ a ≤ b ∫ c ∞ d √ e " + "word " * 100) == "formulas"


def test_comments_and_form_fields_are_read() -> None:
    note = b"/Annots [<</Type /Annot /Subtype /Text /Rect [9 9 20 20] /T (Ann Lee) /Contents (Check this sum)>>]"
    document = read_document(pdfs.pages([pdfs.lines(["Body words"])], note))
    assert document.pages[0].text.endswith("> Comment by Ann Lee: Check this sum")


def test_passwords() -> None:
    assert "open words" in read_document(pdfs.encrypted("open words", user="")).pages[0].text
    with pytest.raises(FileProtected) as locked:
        read_document(pdfs.encrypted("locked words", user="secret"))
    assert "password" in locked.value.user_message


def test_broken_files_say_so() -> None:
    with pytest.raises(FileBroken):
        read_document(b"%PDF-1.7\nnothing else")
    cut = read_document(pdfs.pages([pdfs.lines(["Only part"])])[:-60])
    assert cut.pages[0].text == "Only part"
    assert cut.notes == ("the file is damaged or cut off; what could be saved of it was read",)


def test_a_page_is_drawn_at_the_size_the_model_looks_at() -> None:
    data = pdfs.pages([pdfs.lines(LONG)])
    best, small = draw_page(data, 1, 6144), draw_page(data, 1, 790)
    assert best is not None
    assert small is not None
    assert (best.width % 28, best.height % 28) == (0, 0)
    assert 2400 < best.tokens < 2900
    assert 700 < small.tokens <= 790
    with Image.open(io.BytesIO(small.data)) as picture:
        assert picture.size == (small.width, small.height)
        assert len(picture.convert("L").getcolors() or ()) > 20


def test_turned_pages_are_drawn_upright() -> None:
    mark = b" 0 700 100 142 re f"  # the top left corner before turning
    drawn = draw_page(pdfs.pages([mark], b"/Rotate 90"), 1, 400)
    assert drawn is not None
    assert drawn.width > drawn.height
    with Image.open(io.BytesIO(drawn.data)) as picture:
        grey = picture.convert("L")
        assert (grey.getpixel((drawn.width - 5, 5)), grey.getpixel((5, 5))) == (0, 255)


@pytest.mark.parametrize("size", [(720_000, 720_000), (3, 5000)])
def test_odd_sizes_are_drawn(size: tuple[int, int]) -> None:
    drawn = draw_pages(pdfs.pages([pdfs.lines(["x"])], size=size), ((1, 1750), (2, 1750)))
    assert [number for number, _ in drawn] == [1]
    assert drawn[0][1].tokens <= 1750


def test_a_page_tree_that_lies_is_not_believed() -> None:
    assert len(read_document(pdfs.page_bomb()).pages) == 1
