import io
import struct
import tempfile
import zipfile

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]

from bot.documents.containers.outlook import is_encrypted_office
from bot.documents.libreoffice import libreoffice
from bot.documents.office.graphics import chart_text
from bot.documents.office.number_format import shown, shown_words
from bot.documents.office.package import Package
from bot.documents.pages.builder import Draft
from bot.documents.read import read_document
from bot.documents.sheets import old_sheets
from bot.documents.sheets.old_sheets import saved_values
from bot.documents.sheets.xlsx import read_xlsx
from bot.documents.sheets.xlsx_cells import Saved
from bot.errors import FileBroken, FileProtected
from tests.documents.drawn_pages import page, png
from tests.documents.making import ODS, opendocument
from tests.documents.making_office import book_xlsx, zipped
from tests.documents.making_type import with_part
from tests.documents.ole_files import ole


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
    document = read_document(
        with_rows(
            '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1" t="e"><v>#DIV/0!</v></c><c r="C1"><f>=A1*2</f></c></row>'
        )
    )
    assert "| =1+1 | #DIV/0! | =A1*2 |" in document.pages[0].text
    assert any("formulas" in note for note in document.notes)


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (12, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (0.7853981634, "General", "0.785398163"),
        (22 / 3, "General", "7.333333333"),
        (0.1785 - 2e-17, "0.0%", "17.9%"),
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
        (-1.0625, "# ?/16", "-1 1/16"),
        (0.25, "# ??/100", "25/100"),
        (0, "#,###", ""),
        (5551234, "000-0000", "555-1234"),
        (3, "[>2]0.0;0", "3.0"),
        (45123.75, "yyyy-mm-dd hh:mm", "2023-07-16 18:00"),
        (45123, "dddd, mmmm d, yyyy", "Sunday, July 16, 2023"),
        (45000, 'yyyy"年"m"月"d"日"', "2023年3月15日"),
        (44000, '[$-411]ggge"年"m"月"d"日"', "令和2年6月18日"),
        (44000, "[$-804]aaaa", "星期四"),
        (44000, "yyyy/m/d(aaa)", "2020/6/18(Thu)"),
        (5, "0 g", "5 g"),
        (0, "d/m/yyyy", "0/1/1900"),
        (1.25, "[h]:mm:ss", "30:00:00"),
        (0.5, "h:mm AM/PM", "12:00 PM"),
        (0.5001, "mm:ss.0", "00:08.6"),
        (-1, "yyyy-mm-dd", "-1"),
        (float("nan"), "0", ""),
    ],
)
def test_numbers_are_shown_as_their_cells_show_them(number: float, code: str, text: str) -> None:
    assert shown(number, code) == text


def test_signs_that_xml_cannot_hold_are_not_spelt_out() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>one_x000D_\ntwo _x005F_x</t></is></c></row>'
    assert "| one two _x |" in read_document(with_rows(rows)).pages[0].text


def test_saved_results_go_before_calculated_ones() -> None:
    """LibreOffice writes today's date for TODAY(), and leaves pivot tables out."""
    rows = (
        '<row r="1"><c r="A1"><f>TODAY()</f><v>46350</v></c><c r="B1"><v>7</v></c>'
        '<c r="C1" t="e"><f>MACRO()</f><v>#VALUE!</v></c></row>'
    )
    draft = Draft("xlsx")
    saved: Saved = {(1, 1): 39120.0, (1, 2): 8.0, (1, 3): "done", (2, 1): "pivot", (2, 2): True}
    read_xlsx(Package(with_rows(rows)), draft, saved={"Costs": saved})
    assert "| 39120 | 7 | done |\n| --- | --- | --- |\n| pivot | TRUE |  |" in draft.pages[0].text


@pytest.mark.processes
def test_cells_of_old_workbooks_are_in_their_places() -> None:
    program = libreoffice.find_office()
    if not program:
        pytest.skip("LibreOffice is not installed")
    rows = '<row r="5"><c r="C5"><f>3+4</f><v>7</v></c><c r="E5" t="b"><v>1</v></c></row>'
    with tempfile.TemporaryDirectory() as folder:
        old = libreoffice.convert(with_rows(rows), "xlsx", "xls", program, folder)
    assert saved_values(old)["Costs"] == {(5, 3): 7.0, (5, 5): True}
    assert saved_values(b"nothing") == {}


def test_a_locked_old_workbook_asks_for_an_open_one() -> None:
    records = struct.pack("<HHHHHH", 0x0809, 4, 0x0600, 5, 0x002F, 2) + bytes(2)
    with pytest.raises(FileProtected):
        read_document(ole({"Workbook": records}))
    assert not is_encrypted_office(ole({"Workbook": records[:8] + bytes(8)}), "xls")


def test_a_panic_of_the_reader_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    class Book:
        @staticmethod
        def from_filelike(_source: object) -> None:
            raise PanicException

    monkeypatch.setattr(old_sheets, "CalamineWorkbook", Book)
    assert saved_values(b"x") == {}
    with pytest.raises(FileBroken):
        old_sheets.read_old_sheets(b"x", Draft("xls"))


def test_years_may_begin_in_1904() -> None:
    assert shown(0, "yyyy-mm-dd", from_1904=True) == "1904-01-01"
    assert shown(59, "yyyy-mm-dd") == "1900-02-28"


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (-1.2, "@", "-1.2"),
        (-1.2, '"ref "@', "ref -1.2"),
        (1.2, '"ref "@', "ref 1.2"),
        (-1.2, "General", "-1.2"),
        (-1.2, 'General" kg"', "-1.2 kg"),
        (-3, '"loss"', "-loss"),
        (-3, '0;"loss"', "loss"),
        (0.10100000000000001, "General", "0.101"),
        (-1234.5, "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
    ],
)
def test_a_sign_stands_once(number: float, code: str, text: str) -> None:
    assert shown(number, code) == text


def test_what_is_folded_away_is_read_and_said() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row>' + "".join(
        f'<row r="{at}" hidden="1"><c r="A{at}"><v>{at}</v></c></row>' for at in (4, 5, 7)
    )
    data = with_part(
        with_rows(rows + '<row r="9" hidden="1"/>'),
        "xl/worksheets/sheet1.xml",
        "<sheetData>",
        '<cols><col min="3" max="3" hidden="1"/><col min="6" max="9" hidden="1"/></cols><sheetData>',
    )
    document = read_document(data)
    assert document.notes == (
        "sheet Costs: hidden in the file, and read all the same: rows 4–5, 7, column C",
        "sheet Secret (hidden) is hidden in the file, and was read all the same",
    )
    assert "| 7 |" in document.pages[0].text


def test_rows_and_columns_of_opendocument_that_are_folded_away_are_said() -> None:
    cell = "<table:table-cell><text:p>x</text:p></table:table-cell>"
    body = (
        "<office:body><office:spreadsheet><table:table table:name='T'><table:table-column/>"
        "<table:table-column table:visibility='collapse'/>"
        f"<table:table-row>{cell}{cell}</table:table-row>"
        f"<table:table-row table:visibility='filter' table:number-rows-repeated='2'>{cell}</table:table-row>"
        "</table:table></office:spreadsheet></office:body>"
    )
    notes = read_document(opendocument("spreadsheet", body)).notes
    assert notes == ("sheet T: hidden in the file, and read all the same: rows 2–3, column B",)


def test_values_of_a_chart_are_as_shown() -> None:
    points = "<c:pt idx='0'><c:v>0.10100000000000001</c:v></c:pt><c:pt idx='1' formatCode='0.0%'><c:v>0.5</c:v></c:pt>"
    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = f"<c:chartSpace xmlns:c='{space}'><c:chart><c:plotArea><c:barChart><c:ser>{{}}</c:ser></c:barChart>"
    for inner in (
        f"<c:val><c:numRef><c:numCache><c:formatCode>General</c:formatCode>{points}</c:numCache></c:numRef></c:val>",
        f"<c:val><c:numLit>{points}</c:numLit></c:val>",
    ):
        text = chart_text(etree.fromstring(f"{chart.format(inner)}</c:plotArea></c:chart></c:chartSpace>"))
        assert "|  | 0.101 |" in text or "| 0.101 |" in text
        assert "50.0%" in text
    new = (
        "<x:chartSpace xmlns:x='cx'><x:chartData><x:data><x:strDim><x:lvl><x:pt>a</x:pt></x:lvl></x:strDim><x:numDim>"
        "<x:lvl formatCode='0.0'><x:pt>0.10100000000000001</x:pt></x:lvl></x:numDim></x:data></x:chartData>"
        "</x:chartSpace>"
    )
    assert "| 0.1 |" in chart_text(etree.fromstring(new))


def test_a_new_chart_has_its_categories_once_and_its_series_names() -> None:
    data = "<x:data id='{0}'><x:strDim><x:lvl><x:pt>East</x:pt></x:lvl></x:strDim><x:numDim><x:lvl><x:pt>{0}</x:pt>"
    data += "</x:lvl></x:numDim></x:data>"
    series = (
        "<x:series layoutId='boxWhisker'><x:tx><x:txData><x:v>Year {0}</x:v></x:txData></x:tx><x:dataId val='{0}'/>"
    )
    series += "</x:series>"
    chart = (
        f"<x:chartSpace xmlns:x='cx'><x:chartData>{data.format(4)}{data.format(7)}</x:chartData>"
        f"<x:chart>{series.format(4)}{series.format(7)}</x:chart></x:chartSpace>"
    )
    assert chart_text(etree.fromstring(chart)) == (
        "**Chart** (boxWhisker)\n\n|  | Year 4 | Year 7 |\n| --- | --- | --- |\n| East | 4 | 7 |"
    )


def test_pictures_that_are_the_value_of_a_cell_are_numbered_there_and_shown() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Stock")
    sheet.write_row(0, 0, ["Bolt", "see", "there"])
    for column, side in ((1, 300), (2, 400)):
        picture = io.BytesIO(png(page((side, 300), 24)))
        sheet.embed_image(1, column, f"{side}.png", {"image_data": picture, "description": f"a bolt, {side}"})
    book.close()
    document = read_document(out.getvalue())
    assert document.pages[0].text.endswith("|  | [Picture 1: a bolt, 300] | [Picture 2: a bolt, 400] |")
    assert [one.label for one in document.pages[1:]] == ["picture 1 (sheet Stock, B2)", "picture 2 (sheet Stock, C2)"]


def test_what_stands_in_for_an_equation_is_not_told_beside_it() -> None:
    body = "<xdr:sp><xdr:txBody><a:p>{}</a:p></xdr:txBody></xdr:sp>"
    equation = body.format("<m:oMath xmlns:m='m'><m:r><m:t>x</m:t></m:r></m:oMath>")
    words = body.format("<a:r><a:t>linear x</a:t></a:r>")
    both = f"<mc:AlternateContent xmlns:mc='mc'><mc:Choice>{equation}</mc:Choice><mc:Fallback>{words}</mc:Fallback>"
    members = _members(book_xlsx())
    drawing = "xl/drawings/drawing1.xml"
    shown = str(members[drawing], "utf-8").replace(
        "</xdr:wsDr>", f"<xdr:a>{both}</mc:AlternateContent></xdr:a></xdr:wsDr>"
    )
    text = read_document(zipped(members | {drawing: shown})).pages[0].text
    assert "$x$" in text
    assert "linear" not in text


def test_pictures_that_wps_places_in_cells_are_shown() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    formula, value = '=_xlfn.DISPIMG("ID_7F",1)', '=DISPIMG("ID_7F",1)'
    book.add_worksheet("Stock").write_formula(0, 0, formula, None, value)
    book.close()
    members: dict[str, str | bytes] = {**_members(out.getvalue())}
    members["xl/media/image1.png"] = png(page((400, 300), 24))
    members["xl/_rels/cellimages.xml.rels"] = (
        '<Relationships><Relationship Id="r1" Type="x/image" Target="media/image1.png"/></Relationships>'
    )
    members["xl/cellimages.xml"] = (
        '<e:cellImages xmlns:e="e" xmlns:r="r"><e:pic><e:cNvPr name="ID_7F" descr="a bolt"/><e:blip r:embed="r1"/>'
        "</e:pic></e:cellImages>"
    )
    document = read_document(zipped(members))
    assert "| [Picture 1: a bolt] |" in document.pages[0].text
    assert document.pages[1].label == "picture 1 (sheet Stock, A1)"


def _members(data: bytes) -> dict[str, bytes]:
    source = zipfile.ZipFile(io.BytesIO(data))
    return {name: source.read(name) for name in source.namelist()}


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (10, '[<10]#" Wow"', "10"),
        (9, '[<10]#" Wow"', "9 Wow"),
        (1.1, "0.0?", "1.1"),
        (1234567, "#,.#,", "1.2"),
        (0.5, "h:mm:ss a/p", "12:00:00 p"),
        (-0.5, "[h]:mm", "-12:00"),
        (0.0855, "s:m", "7:3"),
    ],
)
def test_formats_are_read_as_excel_reads_them(number: float, code: str, text: str) -> None:
    assert shown(number, code) == text


def test_a_format_can_put_words_around_those_of_a_cell() -> None:
    assert [shown_words("abc", code) for code in ("@", '"ref "@', "-@-", "General", '0;0;0;@" kg"', "\\@@")] == [
        "abc",
        "ref abc",
        "-abc-",
        "abc",
        "abc kg",
        "@abc",
    ]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "17", book.add_format({"num_format": '"ref "@'}))
    book.close()
    assert "| ref 17 |" in read_document(out.getvalue()).pages[0].text


def test_the_picture_of_an_object_of_another_program_is_there() -> None:
    data = book_xlsx()
    source = zipfile.ZipFile(io.BytesIO(data))
    members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    rels = next(name for name in members if name.endswith("sheet1.xml.rels"))
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    members[rels] = (
        f"<Relationships xmlns='{package}'><Relationship Id='v' Type='x/vmlDrawing' Target='../drawings/o.vml'/>"
        "</Relationships>"
    )
    members["xl/drawings/o.vml"] = "<xml xmlns:v='v' xmlns:o='o'><v:imagedata o:relid='p' o:title='Old chart'/></xml>"
    members["xl/drawings/_rels/o.vml.rels"] = (
        f"<Relationships xmlns='{package}'><Relationship Id='p' Type='x/image' Target='../media/image1.png'/>"
        "</Relationships>"
    )
    assert "[Picture 1: Old chart]" in read_document(zipped(members)).pages[0].text
