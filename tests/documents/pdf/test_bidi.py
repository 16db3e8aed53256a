"""Arabic and Hebrew lines. Glyphs are given as a page shows them, from left to right: mostly the text from its end."""

import pytest

from bot.documents.pdf.bidi import Letter, logical
from bot.documents.read import read_document
from tests.documents import pdfs


def shown(*parts: str) -> list[str]:
    """Glyphs from left to right of parts read from right to left; Latin and numbers keep their own direction."""
    glyphs: list[str] = []
    for part in reversed(parts):
        glyphs += part if part.isascii() else reversed(part)
    return glyphs


@pytest.mark.parametrize(
    ("text", "glyphs"),
    [
        ("المشكلات", [*"ت", "لا", *"كشملا"]),  # a ligature that the font names as two letters
        ("المشكلات", ["ت", "\ufefb", *"كشملا"]),  # one that Unicode has itself
        ("مشكلة هي", ["\ufef2", "\ufeeb", " ", *"ةلكشم"]),  # forms of letters instead of letters
        ("تعلم لغة Python 3 الآن", shown("تعلم لغة ", "Python 3", " الآن")),
        ("المبلغ: 1,250.50 ريال", shown("المبلغ: ", "1,250.50", " ريال")),
        ("هذا في 2024-03-05 هنا", shown("هذا في ", "05-03-2024", " هنا")),  # UAX #9: after Arabic it runs so
        ("בתאריך 2024-03-05 כאן", shown("בתאריך ", "2024-03-05", " כאן")),
        ("ועוד 25% הנחה", shown("ועוד ", "25%", " הנחה")),
        ("גרסה של Word (64-bit) זמינה", shown("גרסה של ", "Word (64-bit)", " זמינה")),
        ("שלום (עולם) [כאן] יפה", [*"הפי ", "[", *"ןאכ", "]", " ", "(", *"םלוע", ")", *" םולש"]),
        ("of הספר הגדול (here) it says", [*"of ", *"לודגה רפסה", *" (here) it says"]),
        ("The word (שלום) is short.", [*"The word (", *"םולש", *") is short."]),
    ],
)
def test_lines_that_run_from_right_to_left_are_read_as_they_are_written(text: str, glyphs: list[str]) -> None:
    assert read_document(pdfs.composite(glyphs)).pages[0].text == text


def letters(glyphs: str, advance: float = 6.0, size: float = 10.0) -> list[Letter]:
    return [Letter(one, at * advance, (at + 1) * advance, size, at) for at, one in enumerate(glyphs)]


@pytest.mark.parametrize("is_page_turned", [True, False])
def test_where_a_line_does_not_tell_which_way_it_runs_its_page_does(*, is_page_turned: bool) -> None:
    said = logical(letters("Word םולש"), is_page_turned=is_page_turned)
    assert said == ("שלום Word" if is_page_turned else "Word שלום")
    assert logical(letters(".Word םולש"), is_page_turned=False) == "שלום Word."  # its full stop stands on the left


def test_marks_stay_with_their_letter_and_brackets_that_were_mirrored_face_each_other() -> None:
    base = letters("בא")
    mark = Letter("\u05b8", 7.0, 11.0, 10.0, 5)
    assert logical([*base, mark], is_page_turned=True) == "א\u05b8ב"
    assert logical(letters("(םולש("), is_page_turned=True) == "(שלום)"


def test_a_line_that_does_not_stand_upright_is_left_as_it_is() -> None:
    assert logical(letters("םולש", size=0.0), is_page_turned=True) == "םולש"


def test_gaps_are_spaces_where_pdfium_has_none() -> None:
    apart = [*letters("בא"), *(Letter(one, 20.0 + at * 6, 26.0 + at * 6, 10.0, 9 + at) for at, one in enumerate("דג"))]
    assert logical(apart, is_page_turned=True) == "גד אב"
