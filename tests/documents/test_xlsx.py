import io
import zipfile

import pytest

from bot.documents.load import read_document
from bot.documents.number_format import shown
from tests.documents.making import ODS
from tests.documents.making_office import book_xlsx


def with_rows(rows: str) -> bytes:
    """The book with other rows in its first sheet."""
    source = zipfile.ZipFile(io.BytesIO(book_xlsx()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name).decode("latin-1")
            if name == "xl/worksheets/sheet1.xml":
                before, _, rest = content.partition("<sheetData>")
                content = f"{before}<sheetData>{rows}</sheetData>{rest.partition('</sheetData>')[2]}"
            archive.writestr(name, content.encode("latin-1"))
    return out.getvalue()


def test_cells_are_as_shown_and_every_sheet_is_a_page() -> None:
    document = read_document(book_xlsx())
    costs, secret = document.pages[0], document.pages[1]
    assert (costs.label, secret.label) == ("sheet Costs", "sheet Secret (hidden)")
    assert "| Item | Price | Bought | Share | At | Paid |" in costs.text
    assert "| Pencil | 1,234.50 € | 16.07.2023 | 25.6% | 18:00 | TRUE |" in costs.text
    assert "2,469.00 €" in costs.text
    assert costs.text.count("Merged heading") == 1
    assert "> Comment by Tom Reed on A2: ask again" in costs.text
    assert "Floating hint" in costs.text
    assert "NaN" not in costs.text
    assert "(hidden sheet)" in secret.text
    assert document.pages[2].label == "picture 1 (sheet Costs, H30)"


def test_a_far_cell_costs_nothing() -> None:
    document = read_document(book_xlsx(far=True))
    assert document.pages[1].text.endswith("| Whispered |  |\n| --- | --- |\n|  | Faraway |")
    assert "7,50 €" in read_document(ODS).pages[0].text


def test_cells_scattered_over_a_sheet_are_listed_with_their_place() -> None:
    rows = "".join(
        f'<row r="{at}"><c r="{"ABCDEFGHIJ"[at % 10]}{chr(65 + at % 26)}{at}"><v>{at}</v></c></row>'
        for at in range(1, 900)
    )
    text = read_document(with_rows(rows)).pages[0].text
    assert "- BB1: 1\n" in text
    assert len(text) < 12_000


def test_a_long_sheet_is_several_pages_each_with_its_head() -> None:
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>{at}</v></c><c r="B{at}"><v>{at * 7}</v></c></row>' for at in range(1, 3000)
    )
    document = read_document(with_rows(rows))
    labels = [page.label for page in document.pages if page.label.startswith("sheet Costs")]
    assert len(labels) > 3
    assert labels[0].startswith("sheet Costs, rows 1–")
    assert document.pages[1].text.startswith("| 1 | 7 |")
    assert "| 2999 | 20993 |" in "".join(page.text for page in document.pages)


def test_formulas_without_results_are_shown_as_formulas() -> None:
    document = read_document(with_rows('<row r="1"><c r="A1"><f>1+1</f></c><c r="B1" t="e"><v>#DIV/0!</v></c></row>'))
    assert "| =1+1 | #DIV/0! |" in document.pages[0].text
    assert any("formulas" in note for note in document.notes)


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (12, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "1E+20"),
        (0.00001234, "General", "0.00001234"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (-5.5, "0.0", "-5.5"),
        (0, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$-"),
        (0.256, "0.0%", "25.6%"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (1_234_567, '#,##0.0,,"M"', "1.2M"),
        (5, '0 "kg"', "5 kg"),
        (7, "000", "007"),
        (12345, "0.00E+00", "1.23E+04"),
        (1.5, "# ?/?", "1 1/2"),
        (5551234, "000-0000", "555-1234"),
        (3, "[>2]0.0;0", "3.0"),
        (45123.75, "yyyy-mm-dd hh:mm", "2023-07-16 18:00"),
        (45123, "dddd, mmmm d, yyyy", "Sunday, July 16, 2023"),
        (45000, 'yyyy"年"m"月"d"日"', "2023年3月15日"),
        (1.25, "[h]:mm:ss", "30:00:00"),
        (0.5, "h:mm AM/PM", "12:00 PM"),
        (0.5001, "mm:ss.0", "00:08.6"),
        (-1, "yyyy-mm-dd", "-1"),
        (float("nan"), "0", ""),
    ],
)
def test_numbers_are_shown_as_their_cells_show_them(number: float, code: str, text: str) -> None:
    assert shown(number, code) == text


def test_years_may_begin_in_1904() -> None:
    assert shown(0, "yyyy-mm-dd", from_1904=True) == "1904-01-01"
    assert shown(59, "yyyy-mm-dd") == "1900-02-28"
