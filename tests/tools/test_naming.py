import pytest

from bot.tools.naming import file_name, name_at, picture_name, stem_of, tidy

OOXML = "application/vnd.openxmlformats-officedocument."


def test_a_stem_has_no_extension_and_keeps_its_page() -> None:
    assert stem_of("plan.final.png") == "plan.final"
    assert stem_of("report.pdf p. 7") == "report p. 7"
    assert stem_of("no extension") == "no extension"


def test_a_pictures_extension_goes_by_its_kind() -> None:
    assert picture_name("annotated-report p. 7", "image/jpeg") == "annotated-report-p.-7.jpg"
    assert picture_name("", "image/unknown") == "file.png"


def test_names_are_safe_and_not_too_long() -> None:
    assert tidy("..\\..\u202e/etc: pass*wd ") == "etc-pass-wd"
    assert (tidy("Sites, 2025"), tidy("a,b; c"), tidy("x,,, y")) == ("Sites-2025", "a,b-c", "x-y")
    assert len(file_name("长" * 300, ".csv")) == 100


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://a.org/2026/report.pdf?v=2", "pdf", "report.pdf"),
        ("https://a.org/REPORT.PDF", "pdf", "REPORT.pdf"),
        ("https://arxiv.org/pdf/2401.12345", "pdf", "2401.12345.pdf"),
        ("https://a.org/%E5%B9%B4%E6%8A%A5.docx", "docx", "年报.docx"),
        ("https://a.org/", "pdf", "a.org.pdf"),
        ("https://a.org/a%2Fb%23c.ods", "ods", "a-b-c.ods"),
        ("https://a.org/book.xlsb", "xlsb", "book.xlsb"),
        ("https://a.org/download", "zip", "download"),
    ],
)
def test_a_document_of_the_web_is_called_by_its_address_and_kind(url: str, kind: str, name: str) -> None:
    assert name_at(url, kind) == name
