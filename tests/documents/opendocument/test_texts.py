"""What OpenDocument files embed: charts, formulas, text boxes on sheets."""

import io
import zipfile

from bot.documents.pages.notices import HIDDEN_TEXT
from bot.documents.read import read_document
from tests.documents.making import opendocument
from tests.documents.making_office import zipped

ROW = "<table:table-row>{}</table:table-row>"
CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
ROWS = "".join(
    ROW.format("".join(CELL.format(text) for text in row)) for row in (("", "Sales"), ("May", "7"), ("June", "9"))
)
CHART = (
    "<office:body><office:chart><chart:chart chart:class='chart:bar'><chart:title><text:p>Income</text:p></chart:title>"
    "<chart:plot-area><chart:axis><chart:title><text:p>Month</text:p></chart:title></chart:axis></chart:plot-area>"
    f"<table:table table:name='local-table'><table:table-rows>{ROWS}</table:table-rows></table:table></chart:chart>"
    "</office:chart></office:body>"
)
FORMULA = (
    "<math xmlns='http://www.w3.org/1998/Math/MathML'><semantics><mi>E</mi>"
    "<annotation encoding='StarMath 5.0'>E = m c^2</annotation></semantics></math>"
)
FRAME = (
    "<draw:frame><draw:object xlink:href='./Object 1'/>"
    "<draw:image xlink:href='./ObjectReplacements/Object 1'/></draw:frame>"
)
TOLD = "**Chart: Income** (bar)\n\nAxes: Month\n\n|  | Sales |\n| --- | --- |\n| May | 7 |\n| June | 9 |"


def test_a_chart_on_a_slide_is_a_small_table() -> None:
    box = "<draw:frame><draw:text-box><text:p>Beside</text:p></draw:text-box></draw:frame>"
    slide = f"<draw:page draw:name='1'>{FRAME}{box}</draw:page>"
    body = f"<office:body><office:presentation>{slide}</office:presentation></office:body>"
    document = read_document(opendocument("presentation", body, {"Object 1": CHART}))
    assert document.pages[0].text == f"{TOLD}\n\nBeside"
    assert document.notes == ()


def test_what_is_printed_around_sheets_is_told_once_and_without_page_numbers() -> None:
    sheet = "<table:table table:name='{}'><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>"
    sheets = "".join(f"{sheet.format(name)}</table:table-row></table:table>" for name in "AB")
    data = opendocument("spreadsheet", f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>")
    styles = (
        "<s xmlns:style='s' xmlns:text='t'><style:header><text:p><text:sheet-name>???</text:sheet-name></text:p>"
        "</style:header><style:footer><text:p>Only inside <text:page-number>1</text:page-number></text:p>"
        "</style:footer>"
        "<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></s>"
    )
    source = zipfile.ZipFile(io.BytesIO(data))
    pages = read_document(
        zipped({**{name: source.read(name) for name in source.namelist()}, "styles.xml": styles})
    ).pages
    assert pages[0].text.endswith("Footer: Only inside")
    assert "Page" not in pages[0].text
    assert "Footer" not in pages[1].text


def test_a_title_of_a_slide_is_named_without_its_mark() -> None:
    slide = (
        "<draw:page><draw:frame presentation:class='title' xmlns:presentation='p'><draw:text-box><text:p>Plan</text:p>"
    )
    slide += "</draw:text-box></draw:frame></draw:page>"
    body = f"<office:body><office:presentation>{slide}</office:presentation></office:body>"
    assert [one.title for one in read_document(opendocument("presentation", body)).outline] == ["Plan"]


def test_values_of_a_chart_are_as_shown() -> None:
    value = "<table:table-cell office:value-type='float'><text:p>0.10100000000000001</text:p></table:table-cell>"
    chart = CHART.replace(CELL.format("9"), value)
    body = f"<office:body><office:text><text:p>{FRAME}</text:p></office:text></office:body>"
    assert "| June | 0.101 |" in read_document(opendocument("text", body, {"Object 1": chart})).pages[0].text


def test_a_formula_in_a_text_is_told_as_it_was_typed() -> None:
    body = f"<office:body><office:text><text:p>So {FRAME} holds</text:p></office:text></office:body>"
    document = read_document(opendocument("text", body, {"Object 1": FORMULA}))
    assert document.pages[0].text == "So [Formula: E = m c^2] holds"


def test_charts_and_text_boxes_that_hang_on_a_sheet_or_a_cell_are_read() -> None:
    shapes = f"<table:shapes>{FRAME}</table:shapes>"
    box = "<draw:custom-shape><text:p>Hint</text:p></draw:custom-shape>"
    rows = ROW.format(f"<table:table-cell>{box}<text:p>Cell</text:p></table:table-cell>")
    sheet = "<table:table table:name='{}'>{}</table:table>"
    body = sheet.format("Costs", shapes + rows) + sheet.format("Next", rows)
    data = opendocument(
        "spreadsheet",
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>",
        {"Object 1": CHART},
    )
    first, second = read_document(data).pages
    assert first.text == f"# Costs\n\n| Cell |\n| --- |\n\n{TOLD}\n\nHint"
    assert second.text == "# Next\n\n| Cell |\n| --- |\n\nHint"


def test_an_object_that_is_not_there_or_of_another_kind_is_left_out() -> None:
    body = f"<office:body><office:text><text:p>So {FRAME} holds</text:p></office:text></office:body>"
    assert read_document(opendocument("text", body)).pages[0].text == "So  holds"
    assert read_document(opendocument("text", body, {"Object 1": "<office:body/>"})).pages[0].text == "So  holds"


def test_items_whose_style_has_no_number_have_no_mark_and_the_title_comes_first() -> None:
    style = "<office:automatic-styles><text:list-style style:name='L'><text:list-level-style-number text:level='1' "
    style += "style:num-format=''/><text:list-level-style-bullet text:level='2'/></text:list-style>"
    style += "</office:automatic-styles>"
    inner = "<text:list><text:list-item><text:p>Deeper</text:p></text:list-item></text:list>"
    outline = (
        "<text:list text:style-name='L'><text:list-item><text:p>Let us begin</text:p>{}</text:list-item></text:list>"
    )
    frame = "<draw:frame {}><draw:text-box>{}</draw:text-box></draw:frame>"
    title = frame.format("draw:class='title'", "<text:p>Agenda</text:p>")
    slide = f"<draw:page>{frame.format('', outline.format(inner))}{title}</draw:page>"
    body = f"<office:body><office:presentation>{slide}</office:presentation></office:body>"
    text = read_document(opendocument("presentation", style + body)).pages[0].text
    assert text == "# Agenda\n\nLet us begin\n  - Deeper"


def test_a_picture_that_lies_elsewhere_is_told_with_its_address() -> None:
    frame = "<draw:frame><draw:image xlink:href='https://example.com/plan.png'/></draw:frame>"
    body = f"<office:body><office:text><text:p>See {frame}</text:p></office:text></office:body>"
    text = read_document(opendocument("text", body)).pages[0].text
    assert text == "See [Picture: plan.png](https://example.com/plan.png)"


def test_the_fields_of_a_form_are_read_as_they_are_filled_in() -> None:
    fields = (
        "<f:text f:id='a' f:name='First name' f:current-value='Ann'/><f:fixed-text f:id='b' f:label='Name:'/>"
        "<f:checkbox f:id='c' f:label='I agree' f:current-state='checked'/><f:radio f:id='d' f:label='Other'/>"
        "<f:listbox f:id='e' f:name='Land'><f:option f:label='France'/><f:option f:label='Spain'/></f:listbox>"
        "<f:button f:id='g' f:label='Send'/>"
    )
    controls = " ".join(f"<draw:control draw:control='{one}'/>" for one in "bacdeg")
    form = f"<office:forms xmlns:f='form'><f:form>{fields}</f:form></office:forms>"
    body = f"<office:body><office:text>{form}<text:p>{controls}</text:p></office:text></office:body>"
    text = read_document(opendocument("text", body)).pages[0].text
    assert " ".join(text.split()) == "Name: [First name: Ann] [x] I agree [ ] Other [Land: one of France, Spain]"


def test_hidden_shapes_of_a_slide_are_left_out_and_said() -> None:
    frame = "<draw:frame draw:display='{}'><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    shapes = frame.format("always", "Shown") + frame.format("none", "Draft only") + frame.format("screen", "Too")
    body = f"<office:body><office:presentation><draw:page>{shapes}</draw:page></office:presentation></office:body>"
    document = read_document(opendocument("presentation", body))
    assert document.pages[0].text == "Shown\n\nToo"
    assert document.notes == (HIDDEN_TEXT,)


def test_a_drawing_is_read_and_looked_at_page_by_page() -> None:
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    pages = "".join(f"<draw:page>{box.format(words)}</draw:page>" for words in ("Ground floor", "Attic"))
    data = opendocument("graphics", f"<office:body><office:drawing>{pages}</office:drawing></office:body>")
    layout = "<s:page-layout-properties f:page-width='29.7cm' f:page-height='210mm'/>"
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    sized = zipped({**members, "styles.xml": f"<x xmlns:s='s' xmlns:f='f'>{layout}</x>"})
    for made, size in ((data, (595, 842)), (sized, (842, 595))):
        document = read_document(made, can_draw=True)
        assert [page.text for page in document.pages] == ["Ground floor", "Attic"]
        assert [page.label for page in document.pages] == ["page 1", "page 2"]
        assert [page.source for page in document.pages] == [("office:1",), ("office:2",)]
        assert (round(document.pages[0].width_pt), round(document.pages[0].height_pt)) == size
    assert not any(page.can_be_shown for page in read_document(data).pages)


def test_an_empty_heading_is_left_out() -> None:
    body = "<text:h text:outline-level='6'> </text:h><text:h text:outline-level='1'>Plan</text:h>"
    data = opendocument("text", f"<office:body><office:text>{body}</office:text></office:body>")
    assert read_document(data).pages[0].text == "# Plan"
