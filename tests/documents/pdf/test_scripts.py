"""What stands raised or lowered on a PDF's page stays so in its text, and formulas are looked at."""

import pytest

from bot.documents.pdf import scripts
from bot.documents.pdf.text_layer import FORMULAS
from bot.documents.read import read_document
from tests.documents import pdfs
from tests.documents.making_office import PROSE

_SIZE = 12


def page(*parts: str) -> bytes:
    """A line of type; parts that begin with ^ stand raised and smaller, those with _ lowered and smaller."""
    out = b"BT /F1 %d Tf 60 700 Td " % _SIZE
    for part in parts:
        size, rise = {"^": (8, 5), "_": (8, -3)}.get(part[0], (_SIZE, 0))
        shown = part.removeprefix("^").removeprefix("_").replace("(", r"\(").replace(")", r"\)")
        out += b"/F1 %d Tf %d Ts (%s) Tj " % (size, rise, shown.encode("cp1252"))
    return pdfs.pages([out + b"ET"])


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("25 m", "^2", " of land"), "25 m² of land"),
        (("3.5 x 10", "^-3", " kg"), "3.5 x 10⁻³ kg"),
        (("about 10", "^12", " of H", "_2", "O and CO", "_2", "."), "about 10¹² of H₂O and CO₂."),
        (("SO", "_4", "^2-", " in water"), "SO₄²⁻ in water"),
        (("see note", "^12", " and x", "^n", " + y", "_i"), "see note¹² and xⁿ + yᵢ"),
        (("a sum (here)", "^3", " of b", "_w", " words"), "a sum (here)³ of b_w words"),
        (
            ("of the planet.", "^66", " We, he said", "^7", " and more,", "^8", " 3.5 and v.4"),
            "of the planet.⁶⁶ We, he said⁷ and more,⁸ 3.5 and v.4",
        ),
        (
            ("Patrick Lane", "^a,c,*", ", Alice Best", "^b,c", " of x,y and so,a"),
            "Patrick Lane^{a,c,*}, Alice Best^{b,c} of x,y and so,a",
        ),
        (("A4, B12, H2O and 10-3 in one size",), "A4, B12, H2O and 10-3 in one size"),
    ],
)
def test_raised_and_lowered_digits_stay_so(parts: tuple[str, ...], text: str) -> None:
    assert read_document(page(*parts)).pages[0].text == text


@pytest.mark.parametrize(("font", "look"), [(b"CMMI10xyz", FORMULAS), (b"Helvetica", "")])
def test_a_page_with_letters_of_a_font_for_formulas_is_looked_at(font: bytes, look: str) -> None:
    lines = [f"{number}: {PROSE[:70]}" for number in range(30)]
    data = pdfs.pages([pdfs.lines([*lines, "so that x = y + z and x < y for all p and q of the set"])])
    assert read_document(data.replace(b"/BaseFont /Helvetica", b"/BaseFont /" + font)).pages[0].look == look


@pytest.mark.parametrize(
    "text",
    [
        "25 m2 of land, 3.5 x 10-3 kg; H2O (see 12)13 and “so”.4 of it,\r\n1 more\r\n-2",
        "A. Uthor a,b,∗ B. Riter c, d Vw is of A1 to by\r\nx\r\nand x\r\ni + y\r\nj",
        "10\u20093 10-12 2024-11-29, 1,250.50 e.g.\u202f7 [3]4 100 %5 10\u20095 ab,c ab,c,d ,e",
        "",
    ],
)
def test_what_may_be_raised_is_tried_wherever_it_can_begin(text: str) -> None:
    """As a search at every place finds it, but for common words of two letters."""
    found = [one.span() for one in scripts._open_places(text, scripts.short_words(text))]
    everywhere = [
        one.span()
        for one in scripts._OPEN.finditer(text)
        if text[one.start() - 1 : one.end()].lower() not in scripts._WORDS
    ]
    assert found == everywhere
