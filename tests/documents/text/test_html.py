import base64

import pytest

from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import SCRIPTS_NOT_RUN
from bot.documents.read import read_document
from bot.documents.text.html import markdown
from bot.errors import FileForbidden
from tests.documents.drawn_pages import page, png
from tests.documents.making import HTML


def test_structure_survives_and_code_does_not() -> None:
    text = read_document(HTML.encode()).pages[0].text
    assert text.startswith("# Store page\n\n# Catalogue")
    assert "- Tea\n  - Green" in text
    assert "| Offer |  |\n| --- | --- |\n| Cup | 4 € & more |" in text
    assert "ignored" not in text
    assert "invisible" not in text
    assert "color" not in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<br>b</p>", "a\nb"),
        ("<ol start=3><li>x<li>y</ol>", "3. x\n4. y"),
        ("<p><b>bold</b> and <i>thin</i> <s>gone</s></p>", "**bold** and *thin* ~~gone~~"),
        ("<a href='https://a.b/c'>there</a>", "[there](https://a.b/c)"),
        ("<a href='javascript:x'>there</a>", "there"),
        ("<pre>a\n  b<br>c</pre>", "```\na\n  b\nc\n```"),
        ("<blockquote><p>one</p><p>two</p></blockquote>", "> one\n>\n> two"),
        ("<table><tr><td rowspan=2>A<td>B<tr><td>C</table>", "| A | B |\n| --- | --- |\n|  | C |"),
        ("<table role=presentation><tr><td><p>laid out</p></td></tr></table>", "laid out"),
        (
            "<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>",
            "$x^2$",
        ),
        ("<input type=checkbox checked> done", "[x] done"),
        ("<img alt='a red car' src='http://x/y.png'>", "[Picture: a red car]"),
        ("", ""),
    ],
)
def test_elements(html: str, text: str) -> None:
    assert markdown(html, Draft("html")).strip() == text


def test_the_page_names_its_encoding() -> None:
    html = "<html><head><meta charset=windows-1251></head><body>Привет</body></html>".encode("cp1251")
    assert read_document(html).pages[0].text == "Привет"


def test_a_page_in_utf_16_is_a_page() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-32-be"):
        document = read_document("<html><body><h1>Größe</h1></body></html>".encode(encoding))
        assert (document.kind, document.pages[0].text) == ("html", "# Größe")


def test_embedded_pictures_are_pages() -> None:
    data = base64.b64encode(png(page((300, 200), 20))).decode()
    document = read_document(f"<html><body><img src='data:image/png;base64,{data}' alt=Plan></body></html>".encode())
    assert document.pages[0].text == "[Picture 1: Plan]"
    assert document.pages[1].source == ("uri:0",)


def test_slacks_sign_in_page_is_not_the_file() -> None:
    with pytest.raises(FileForbidden):
        read_document(b"<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>x</body></html>")
    assert read_document(b"<html><body>how to signin to slack.com</body></html>").pages


@pytest.mark.parametrize("tag", [b"<div>", b"<table><tr><td>", b"<ul><li>", b"<b>"])
def test_deep_nesting_costs_neither_words_nor_time(tag: bytes) -> None:
    assert "deep words" in read_document(b"<html>" + tag * 20_000 + b"deep words").pages[0].text


def test_checklists_of_slacks_canvases_keep_their_ticks() -> None:
    ticks = "<ul data-section-style='7'><li class='checked'>done</li><li class=''>open</li></ul>"
    assert read_document(f"<html><body>{ticks}</body></html>".encode()).pages[0].text == "- [x] done\n- [ ] open"


def test_a_page_without_a_body_is_read_all_the_same() -> None:
    page = b"<!DOCTYPE html><meta charset=utf-8><title>T</title><section><h1>Head</h1><ul><li>a<li>b</ul></section>"
    assert read_document(page).pages[0].text == "# T\n\n# Head\n\n- a\n- b"


def test_a_table_in_a_cell_is_lines_of_that_cell() -> None:
    inner = "<table><tr><td>x | y</td><td>z</td></tr><tr><td>1</td><td>2</td></tr></table>"
    page = f"<html><table><tr><td>a</td><td>{inner}</td></tr><tr><td>b</td><td>c</td></tr></table></html>"
    assert read_document(page.encode()).pages[0].text == "| a | x \\| y; z 1; 2 |\n| --- | --- |\n| b | c |"


def test_a_list_straight_inside_a_list_is_set_in() -> None:
    page = b"<html><body><ul><li>one</li><ol><li>deeper</li><li>still</li></ol><li>two</li></ul></body></html>"
    assert read_document(page).pages[0].text == "- one\n  1. deeper\n  2. still\n- two"


def test_a_line_drawn_in_a_cell_is_no_row_of_a_table() -> None:
    page = b"<table><tr><td colspan=2><hr></td></tr><tr><td>a</td><td>b</td></tr></table>"
    assert read_document(b"<html><body>" + page).pages[0].text == "| a | b |\n| --- | --- |"


@pytest.mark.parametrize("tag", ["div", "span", "b", "font", "pre", "p><font"])
@pytest.mark.parametrize("depth", [150, 240, 300, 1_000, 3_000])
def test_nothing_is_lost_however_deep_it_lies(tag: str, depth: int) -> None:
    """Old forums and mail programs leave their tags open, hundreds of times; parsers stop at some depth."""
    page = f"<p>before {f'<{tag}>' * depth}deep <br>words</p><p>after"
    text = markdown(page, Draft("html"))
    assert [word for word in ("before", "deep", "words", "after") if word not in text] == []


def test_a_page_that_its_scripts_write_says_that_they_are_not_run() -> None:
    page_of = "<html><title>Report</title><body>{}<script>show([1, 2])</script></body></html>"
    left = read_document(page_of.format("<div id=table></div>").encode())
    assert (left.pages[0].text, left.notes) == ("Report", (SCRIPTS_NOT_RUN,))
    assert read_document(page_of.format("<p>Words of prose. " * 20).encode()).notes == ()
    assert read_document(b"<html><body><p>Short</p></body></html>").notes == ()
