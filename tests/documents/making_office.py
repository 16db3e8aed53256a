"""Word, PowerPoint and Excel files with known words, made by code."""

import io
import zipfile
from typing import Any

import docx
import pptx
import xlsxwriter  # type: ignore[import-untyped]
from docx.document import Document as WordDocument
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation

from tests.documents.drawn_pages import page, png

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{RELS}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)
PROSE = (
    "The committee met in Lisbon on the third of March and agreed that every regional office shall report its "
    "expenses monthly. Travel above four hundred euros needs approval in advance. Würzburg and São Paulo asked for "
    "an exception, which was granted until autumn."
)
CHINESE = "委员会于三月三日在里斯本举行会议,决定各地办事处每月报告开支。"
HEBREW = "הוועדה נפגשה בליסבון בשלושה במרץ"


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(body: str, parts: dict[str, tuple[str, str]] | None = None) -> bytes:
    """A Word file from the XML of its body; `parts`: relationship id → (kind, XML), kept as word/{id}.xml."""
    parts = parts or {}
    relations = "".join(
        f'<Relationship Id="{key}" Type="{RELS}/{kind}" Target="{key}.xml"/>' for key, (kind, _) in parts.items()
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    package = "http://schemas.openxmlformats.org/package/2006"
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{RELS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
    }
    for key, (_, xml) in parts.items():
        members[f"word/{key}.xml"] = xml.replace("NAMESPACES", _NAMESPACES)
    return zipped(members)


def para(text: str, extra: str = "") -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r>{extra}</w:p>"


def saved(document: WordDocument | Presentation) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def report_docx() -> bytes:
    """Headings, lists, a table with merged cells, header, footer, a comment, a picture, a page break."""
    document = docx.Document()
    document.add_heading("Annual report", 0)
    document.add_heading("Findings", 1)
    paragraph = document.add_paragraph(PROSE)
    document.add_comment(runs=paragraph.runs[0], text="Please verify the amount", author="Maria Keller")
    document.add_paragraph("apples", style="List Bullet")
    document.add_paragraph("pears", style="List Bullet")
    document.add_paragraph("firstly", style="List Number")
    document.add_paragraph("secondly", style="List Number")
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "Quarterly figures"
    for row, cells in enumerate((("North", "12", "14"), ("South", "9", "11")), 1):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_picture(io.BytesIO(png(page((600, 400), 24))))
    document.add_page_break()  # type: ignore[no-untyped-call]
    document.add_paragraph(CHINESE)
    document.sections[0].header.paragraphs[0].text = "Confidential draft"
    document.sections[0].footer.paragraphs[0].text = "Printed internally"
    return saved(document)


REPORT_WORDS = (
    f"Annual report Findings {PROSE} Please verify the amount Maria Keller apples pears firstly secondly "
    f"Quarterly figures North 12 14 South 9 11 {CHINESE} Confidential draft Printed internally"
)


def rich_docx() -> bytes:
    """What libraries drop: notes, text boxes, equations, charts, SmartArt, tracked changes, nested tables."""
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><wp:docPr id='1' name='b'/>"
        "<a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>"
        f"{para('Boxed remark')}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline>"
        "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>"
        f"{para('Boxed remark')}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    equation = (
        "<w:p><m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>alpha</m:t></m:r></m:num><m:den><m:rad><m:deg/>"
        "<m:e><m:r><m:t>beta</m:t></m:r></m:e></m:rad></m:den></m:f></m:oMath></w:p>"
    )
    changes = (
        "<w:p><w:r><w:t>Kept </w:t></w:r><w:ins w:author='x'><w:r><w:t>inserted</w:t></w:r></w:ins>"
        "<w:del w:author='x'><w:r><w:delText>removed</w:delText></w:r></w:del></w:p>"
    )
    notes = "<w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:endnoteReference w:id='3'/></w:r>"
    nested = f"<w:tbl><w:tr><w:tc>{para('Inner')}</w:tc><w:tc>{para('cell')}</w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc>{para('Outer')}</w:tc><w:tc>{nested}</w:tc></w:tr></w:tbl>"
    graphic = "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></wp:inline>"
    chart = (graphic + "</w:drawing></w:r></w:p>").format('<c:chart r:id="chart1"/>')
    art = (graphic + "</w:drawing></w:r></w:p>").format('<dgm:relIds r:dm="art1"/>')
    body = para("Main text", notes) + box + equation + changes + table + chart + art
    return word(
        body,
        {
            "foot": ("footnotes", _notes("footnote", "2", "Source unknown")),
            "end": ("endnotes", _notes("endnote", "3", "Later remark")),
            "chart1": ("chart", chart_xml()),
            "art1": ("diagramData", smart_art_xml()),
        },
    )


def _notes(kind: str, note_id: str, text: str) -> str:
    return f"<w:{kind}s NAMESPACES><w:{kind} w:id='{note_id}'>{para(text)}</w:{kind}></w:{kind}s>"


RICH_WORDS = (
    "Main text Source unknown Later remark Boxed remark x alpha beta Kept inserted Outer Inner cell "
    "Sales by region Turnover Lisbon 41 Porto 27 Plan Research Build"
)


def chart_xml() -> str:
    def points(values: tuple[str, ...]) -> str:
        return "".join(f'<c:pt idx="{at}"><c:v>{text}</c:v></c:pt>' for at, text in enumerate(values))

    return (
        "<c:chartSpace NAMESPACES><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Sales by region</a:t></a:r></a:p>"
        "</c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache>"
        f"{points(('Turnover',))}</c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache>"
        f"{points(('Lisbon', 'Porto'))}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache>"
        f"<c:formatCode>General</c:formatCode>{points(('41', '27'))}</c:numCache></c:numRef></c:val></c:ser>"
        "</c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )


def smart_art_xml() -> str:
    points = "".join(
        f'<dgm:pt modelId="{at}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
        for at, text in enumerate(("Plan", "Research", "Build"))
    )
    lines = '<dgm:cxn srcId="0" destId="2" srcOrd="1"/><dgm:cxn srcId="0" destId="1" srcOrd="0"/>'
    return f"<dgm:dataModel NAMESPACES><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{lines}</dgm:cxnLst></dgm:dataModel>"


def deck_pptx() -> bytes:
    """Title and bullets, notes, a chart, a table with merged cells, a picture, a hidden slide."""
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    title, body = slide.shapes.title, slide.placeholders[1]
    assert title is not None
    title.text = "Roadmap"
    body.text_frame.text = "Milestones\nBudget stays flat"
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None
    notes.text = "Mention the delay"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["Spring", "Summer"]
    data.add_series("Visitors", (120, 340))  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 3_000_000, 2_000_000, data)
    other = deck.slides.add_slide(deck.slide_layouts[6])
    table = other.shapes.add_table(2, 2, 0, 0, 3_000_000, 900_000).table
    table.cell(0, 0).merge(table.cell(0, 1))
    for cell, text in ((table.cell(0, 0), "Joint heading"), (table.cell(1, 0), "left"), (table.cell(1, 1), "right")):
        cell.text = text
    other.shapes.add_picture(io.BytesIO(png(page((500, 400), 24))), 0, 0)
    other._element.set("show", "0")
    return saved(deck)


DECK_WORDS = (
    "Roadmap Milestones Budget stays flat Mention the delay Visitors Spring 120 Summer 340 Joint heading left right"
)


def book_xlsx(*, far: bool = False) -> bytes:
    """Formats, formulas, merged cells, comments, a chart, a text box, a picture, a hidden sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Costs")
    formats: dict[str, Any] = {
        code: book.add_format({"num_format": code}) for code in ('#,##0.00 "€"', "dd.mm.yyyy", "0.0%", "hh:mm")
    }
    sheet.write_row(0, 0, ["Item", "Price", "Bought", "Share", "At", "Paid"])
    sheet.write(1, 0, "Pencil")
    sheet.write_number(1, 1, 1234.5, formats['#,##0.00 "€"'])
    sheet.write_number(1, 2, 45123, formats["dd.mm.yyyy"])
    sheet.write_number(1, 3, 0.256, formats["0.0%"])
    sheet.write_number(1, 4, 0.75, formats["hh:mm"])
    sheet.write_boolean(1, 5, boolean=True)
    sheet.write_formula(2, 1, "=SUM(B2:B2)", formats['#,##0.00 "€"'], 2469)
    sheet.write_number(3, 0, 12)
    sheet.merge_range("A6:C6", "Merged heading")
    sheet.write_comment("A2", "ask again", {"author": "Tom Reed"})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"name": "Trend", "values": "=Costs!$B$2:$B$3", "values_data": [7, 8]})
    sheet.insert_chart("H2", chart)
    sheet.insert_textbox("H20", "Floating hint")
    sheet.insert_image("H30", "p.png", {"image_data": io.BytesIO(png(page((400, 300), 24)))})
    hidden = book.add_worksheet("Secret")
    hidden.hide()
    hidden.write(0, 0, "Whispered")
    if far:
        hidden.write(1_048_575, 16_383, "Faraway")
    book.close()
    return out.getvalue()


BOOK_WORDS = (
    "Costs Item Price Bought Share At Paid Pencil 1,234.50 16.07.2023 25.6% 18:00 TRUE 2,469.00 12 Merged heading "
    "ask again Tom Reed Trend 7 8 Floating hint Secret Whispered"
)
