from collections.abc import Callable

import pytest

from bot.documents.pages.builder import Draft
from bot.documents.pages.emphasis import LetterFormat, emphasised, lowered, raised, settled, struck
from bot.documents.pages.links import linked
from bot.documents.read import read_document
from bot.documents.text.html import markdown
from tests.documents import making_type
from tests.documents.making_type import LINK

MAKERS = {name: maker for name, maker in vars(making_type).items() if name.startswith("in_")}


def text_of(make: Callable[[], bytes]) -> str:
    return "\n".join(page.text for page in read_document(make()).pages)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_what_is_struck_out_raised_or_linked_says_so(kind: str) -> None:
    text = text_of(MAKERS[kind])
    assert "~~90 EUR~~ 80 EUR" in text
    assert "3.5 × 10⁻³ and H₂O, m²" in text
    assert f"[our prices]({LINK})" in text


@pytest.mark.parametrize("kind", sorted(MAKERS.keys() - {"in_xlsx", "in_ods"}))
def test_items_of_a_list_keep_their_numbers(kind: str) -> None:
    text = text_of(MAKERS[kind])
    assert "c. third\nd. fourth" in text.replace("\n\n", "\n")


def test_a_cell_that_is_struck_out_says_so_and_a_formula_leads_where_it_says() -> None:
    text = text_of(making_type.in_xlsx)
    assert "| ~~75~~ |" in text
    assert text.count(f"[our prices]({LINK})") == 2
    assert "- bullet" in text_of(making_type.in_rtf)


def test_small_letters_are_unicode_where_there_is_one_and_else_marked() -> None:
    assert settled(f"x{raised('n')}{raised('+1')} y{lowered('max')} z{raised('Q')} a{raised('(β|γ)')}") == (
        "xⁿ⁺¹ yₘₐₓ z^Q a^((β|γ))".replace("a^((β|γ))", "a(β|γ)")
    )
    assert settled(f"so{raised('[12]')} Sales{raised('(a)')} x{raised('(n+1)')}") == "so[12] Sales(a) x⁽ⁿ⁺¹⁾"
    assert settled(f"x{raised('superscript')} y{lowered('total')}") == "x^superscript y_total"
    assert settled(f"1{raised('st')} Acme{raised('®')} 20{raised(' 2')}") == "1st Acme® 20 ²"
    assert settled(f"{raised('a whole line of small print')}") == "a whole line of small print"


def test_what_is_struck_out_over_several_runs_and_lines_is_marked_line_by_line() -> None:
    assert settled(f"{struck('one ')}{struck('two')} three") == "~~one two~~ three"
    assert settled(struck("one\ntwo ") + "x") == "~~one~~\n~~two~~ x"
    assert settled(emphasised("2", LetterFormat(is_struck=True, position="raised"))) == "~~²~~"
    assert settled(struck("  ")) == "  "


def test_a_link_is_told_once_and_only_where_it_leads_out() -> None:
    assert linked("docs", "https://example.com/docs") == "[docs](https://example.com/docs)"
    assert linked("example.com/docs", "https://www.example.com/docs/") == "example.com/docs"
    assert linked("a@example.com", "mailto:a@example.com") == "a@example.com"
    assert linked("e.com/a(b)", "https://e.com/a%28b%29") == "e.com/a(b)"
    assert linked("top", "#top") == "top"
    assert linked(" go ", "https://e.com/a(b)") == " [go](https://e.com/a(b%29) "


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>a<li value=7>b<li>c</ol>", "1. a\n7. b\n8. c"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n1. b"),
        ("<ol type=I start=4><li>a<li>b</ol>", "IV. a\nV. b"),
        ("<ol style='list-style-type: upper-alpha'><li>a</ol>", "A. a"),
        ("<ol style='list-style: none'><li>a</ol>", "- a"),
        ("<ol start=x><li>a</ol>", "1. a"),
    ],
)
def test_numbers_of_a_web_page_are_as_browsers_show_them(html: str, text: str) -> None:
    assert markdown(html, Draft("html")) == text
