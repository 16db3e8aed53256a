import io

import pytest
from PIL import Image

from bot.documents.pdf import pdf
from bot.documents.pdf.draw import crop_page, draw_page, draw_pages
from bot.documents.pdf.pages import SCAN, SOUP
from bot.documents.pdf.text_layer import LOST, clean, is_soup, look_of
from bot.documents.read import read_document
from bot.errors import FileBroken, FileProtected
from tests.cost import cost_s
from tests.documents import pdfs
from tests.documents.making_office import PROSE

LONG = [f"{number}: {PROSE[:70]}" for number in range(40)]


def test_pages_end_with_the_time_but_the_first_is_read() -> None:
    found = pdf.read_pages(pdfs.pages([pdfs.lines(["Some words"])] * 3), 1, 3, 0)
    assert (found.count, [page.text for page in found.pages]) == (3, ["Some words"])


def test_pages_full_of_text_need_no_picture_and_others_say_why() -> None:
    square = b" 100 100 300 300 re f"
    rows = [f"Item {number}   {number * 3}   {number * 7}.50   {number}%" for number in range(30)]
    data = pdfs.pages([pdfs.lines(LONG), square, pdfs.lines(["Only this"]), pdfs.lines(rows)])
    document = read_document(data)
    assert [page.look for page in document.pages] == ["", SCAN, "little text", "a table"]
    assert document.pages[1].text == ""
    assert document.notes == ("page 2 has no text layer, so only the picture tells what is on it",)
    assert document.pages[0].source == ("page:1",)
    assert (document.pages[0].width_pt, document.pages[0].height_pt) == (595, 842)


@pytest.mark.parametrize(
    ("place", "look"),
    [
        (b"138 0 0 36 228 430", "a figure"),  # a formula between the lines
        (b"24 0 0 24 228 430", ""),  # an icon
        (b"138 0 0 36 228 800", ""),  # a logo at the head
    ],
)
def test_a_small_picture_among_the_lines_is_looked_at(place: bytes, look: str) -> None:
    inline = b" q " + place + b" cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\xff\xff\x00 EI Q"
    assert read_document(pdfs.pages([pdfs.lines(LONG) + inline])).pages[0].look == look


def test_a_text_layer_that_is_soup_is_dropped_for_the_picture() -> None:
    document = read_document(pdfs.composite(PROSE, with_unicode=False))
    assert document.pages[0].text == ""
    assert document.pages[0].look in {SOUP, SCAN}
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
        '<v2:Circle Center="25,0" Radius="20" Color="Black" v2:Opacity="0.5" /> </v2:LuminanceFilter>' * 6,
        "委员会于三月三日在里斯本举行会议,决定各地办事处每月报告开支。" * 3,
        "Комитет собрался в Лиссабоне третьего марта и решил, что каждое отделение отчитывается ежемесячно.",
        "",
    ],
)
def test_real_text_is_not_taken_for_soup(text: str) -> None:
    assert not is_soup(text)


def test_words_cut_at_line_ends_are_whole() -> None:
    assert clean("exam\x02\r\nple and agree-\nment, 2019-\n2020") == "example and agreement, 2019-\n2020"
    assert look_of("∑ a ≤ b ∫ c ∞ d √ e " + "word " * 100, 400) == "formulas"


@pytest.mark.parametrize(("word", "look"), [("of\x01ce", LOST), ("of\x1cce", LOST), ("office", "")])
def test_a_page_whose_words_lack_letters_is_looked_at(word: str, look: str) -> None:
    """Glyphs of ligatures that no table names: PDFium gives their bare codes, which are no letters."""
    page = read_document(pdfs.pages([pdfs.lines([*LONG, f"the {word} of the town"])])).pages[0]
    assert page.look == look


@pytest.mark.parametrize("text", ["1" * 200_000, "1 " + "a" * 200_000, "1 2 a\n" * 30_000, "1a" * 100_000])
def test_rows_of_numbers_are_looked_for_in_little_time(text: str) -> None:
    assert cost_s(lambda: look_of(text, len(text))) < 0.5


def test_comments_and_form_fields_are_read() -> None:
    note = b"/Annots [<</Type /Annot /Subtype /Text /Rect [9 9 20 20] /T (Ann Lee) /Contents (Check this sum)>>]"
    document = read_document(pdfs.pages([pdfs.lines(["Body words"])], note))
    assert document.pages[0].text.endswith("> Comment by Ann Lee: Check this sum")


@pytest.mark.parametrize("count", [1, 255, 256, 500, 4000])
def test_comments_are_read_whole_however_long(count: int) -> None:
    words = " ".join("ab"[at % 2] for at in range(count))
    note = f"/Annots [<</Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents ({words})>>]".encode()
    document = read_document(pdfs.pages([pdfs.lines([PROSE])], note))
    assert document.pages[0].text.endswith(f"> Comment by somebody: {words}")


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


def test_a_page_without_colour_is_sent_in_grey_and_one_with_colour_is_not() -> None:
    modes = []
    for content in (b"9 9 99 99 re f", b"1 0 0 rg 9 9 99 99 re f"):
        drawn = draw_page(pdfs.pages([content]), 1, 800)
        assert drawn is not None
        with Image.open(io.BytesIO(drawn.data)) as picture:
            modes.append(picture.mode)
    assert modes == ["L", "RGB"]


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


def test_a_part_of_a_page_is_drawn_sharper_than_the_page() -> None:
    data = pdfs.pages([pdfs.lines(LONG)])
    page, part = draw_page(data, 1, 6144), crop_page(data, 1, (0, 0, 500, 250), 6144)
    assert page is not None
    assert part is not None
    assert part.width / (page.width / 2) > 1.9  # 300 dots an inch instead of 150
    assert (part.width % 28, part.height % 28) == (0, 0)
    small = crop_page(data, 1, (0, 0, 500, 250), 400)
    assert small is not None
    assert small.tokens <= 400
    assert crop_page(data, 2, (0, 0, 500, 250), 400) is None


def test_the_part_is_the_one_in_the_box_also_on_a_turned_page() -> None:
    mark = b" 0 700 100 142 re f"  # the top left corner before turning, the top right one after
    for extra, box, ink in (
        (b"", (0, 0, 100, 100), 0),
        (b"/Rotate 90", (900, 0, 1000, 100), 0),
        (b"", (500, 500, 600, 600), 255),
    ):
        part = crop_page(pdfs.pages([mark], extra), 1, box, 500)
        assert part is not None
        with Image.open(io.BytesIO(part.data)) as picture:
            assert picture.convert("L").getpixel((part.width // 2, part.height // 2)) == ink


@pytest.mark.parametrize(
    "box", [(0, 500, 1000, 500.1), (500, 0, 500.1, 1000), (0, 0, 0.1, 0.1), (999.9, 999.9, 1000, 1000)]
)
def test_a_box_too_thin_for_the_model_is_widened(box: tuple[float, float, float, float]) -> None:
    part = crop_page(pdfs.pages([pdfs.lines(LONG)]), 1, box, 6144)
    assert part is not None
    assert max(part.width, part.height) / min(part.width, part.height) <= 200


@pytest.mark.parametrize(("pixels", "long_side"), [((1600, 2400), 1754), ((800, 1200), 1204), ((200, 300), 504)])
def test_a_scan_on_a_page_as_small_as_a_stamp_is_shown_as_large_as_its_pixels_allow(
    pixels: tuple[int, int], long_side: int
) -> None:
    data = pdfs.scan(*pixels, size=(160, 240))
    page = read_document(data).pages[0]
    drawn = draw_page(data, 1, page.tokens_at(150))
    assert drawn is not None
    assert abs(max(drawn.width, drawn.height) - long_side) <= 28


def test_a_scan_is_cut_at_its_own_resolution() -> None:
    part = crop_page(pdfs.scan(2480 * 2, 3508 * 2), 1, (0, 0, 200, 200), 6144)
    assert part is not None
    assert abs(part.width - 992) <= 28  # 600 dots an inch


def test_a_page_tree_that_lies_is_not_believed() -> None:
    assert len(read_document(pdfs.page_bomb()).pages) == 1
