"""The same four lines in every kind of file: a price struck out, raised and lowered letters, a link, a list that does
not begin at 1.
"""

import io
import zipfile
from email.message import EmailMessage

import pptx
import xlsxwriter  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]
from pptx.opc.package import _Relationship
from pptx.util import Inches

from tests.documents.making import opendocument
from tests.documents.making_office import RELS, saved, word, zipped

LINK = "https://example.com/prices?all=1"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def in_docx() -> bytes:
    up, down = "<w:vertAlign w:val='superscript'/>", "<w:vertAlign w:val='subscript'/>"
    small = f"{_run('3.5 × 10')}{_run('−', up)}{_run('3', up)}{_run(' and H')}{_run('2', down)}{_run('O, m')}"
    item = "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr>{}</w:p>"
    style = "<w:rStyle w:val='Up'/>"
    body = (
        f"<w:p>{_run('90', '<w:strike/>')}{_run(' EUR ', '<w:dstrike/>')}{_run('80 EUR')}</w:p>"
        f"<w:p>{small}{_run('2', style)}</w:p>"
        f"<w:p><w:hyperlink r:id='out'>{_run('our prices')}</w:hyperlink></w:p>"
        f"{item.format(_run('third'))}{item.format(_run('fourth'))}"
    )
    numbering = (
        "<w:numbering NAMESPACES><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='3'/>"
        "<w:numFmt w:val='lowerLetter'/><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>"
    )
    styles = f"<w:styles NAMESPACES><w:style w:styleId='Up'><w:rPr>{up}</w:rPr></w:style></w:styles>"
    data = word(body, {"num": ("numbering", numbering), "sty": ("styles", styles)})
    link = f'<Relationship Id="out" Type="{RELS}/hyperlink" Target="{LINK}" TargetMode="External"/></Relationships>'
    return with_part(data, "word/_rels/document.xml.rels", "</Relationships>", link)


def _run(text: str, look: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}<w:t xml:space='preserve'>{text}</w:t></w:r>"


def with_part(data: bytes, part: str, old: str, new: str) -> bytes:
    """The archive with other words in one of its parts."""
    source = zipfile.ZipFile(io.BytesIO(data))
    members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    members[part] = source.read(part).decode().replace(old, new)
    return zipped(members)


def shape_paragraphs() -> str:
    """The lines as paragraphs of a shape; its link is the relationship “out”."""

    def run(text: str, look: str = "", inside: str = "") -> str:
        return f"<a:r><a:rPr lang='en' {look}>{inside}</a:rPr><a:t>{text}</a:t></a:r>"

    struck, twice, link = "strike='sngStrike'", "strike='dblStrike'", "<a:hlinkClick r:id='out'/>"
    up, down = "baseline='30000'", "baseline='-25000'"
    small = f"{run('3.5 × 10')}{run('−', up)}{run('3', up)}{run(' and H')}{run('2', down)}{run('O, m')}{run('2', up)}"
    item = "<a:p><a:pPr><a:buAutoNum type='alphaLcPeriod' startAt='3'/></a:pPr>{}</a:p>"
    return (
        f"<a:p>{run('90', struck)}{run(' EUR ', twice)}{run('80 EUR')}</a:p>"
        f"<a:p>{small}</a:p><a:p>{run('our prices', inside=link)}</a:p>"
        f"{item.format(run('third'))}{item.format(run('fourth'))}"
    )


def in_pptx() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    body = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(5), Inches(3)).text_frame._txBody
    _fill(body)
    slide.part.rels._rels["out"] = _outer(slide)
    return saved(deck)


def _fill(body: object) -> None:
    root = etree.fromstring(f"<x xmlns:a='{_A}' xmlns:r='{RELS}'>{shape_paragraphs()}</x>")
    for old in body.findall(f"{{{_A}}}p"):  # type: ignore[attr-defined]
        body.remove(old)  # type: ignore[attr-defined]
    for paragraph in root:
        body.append(paragraph)  # type: ignore[attr-defined]


def _outer(slide: object) -> object:
    return _Relationship("/ppt", "out", f"{RELS}/hyperlink", "External", LINK)


def in_xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Prices")
    struck = book.add_format({"font_strikeout": True})
    up, down = book.add_format({"font_script": 1}), book.add_format({"font_script": 2})
    sheet.write_rich_string("A1", struck, "90", struck, " EUR ", "80 EUR")
    sheet.write_rich_string("A2", "3.5 × 10", up, "−", up, "3", " and H", down, "2", "O, m", up, "2")
    sheet.write_url("A3", LINK, string="our prices")
    sheet.write("B1", 75, struck)
    sheet.write_formula("B3", f'=HYPERLINK("{LINK}","our prices")', None, "our prices")
    book.close()
    return out.getvalue()


_ODF_STYLES = (
    "<office:automatic-styles>"
    "<style:style style:name='X' style:family='text'><style:text-properties style:text-line-through-style='solid'/>"
    "</style:style><style:style style:name='Y' style:parent-style-name='X' style:family='text'/>"
    "<style:style style:name='U' style:family='text'><style:text-properties style:text-position='super 58%'/>"
    "</style:style><style:style style:name='D' style:family='text'>"
    "<style:text-properties style:text-position='-33% 58%'/></style:style>"
    "<text:list-style style:name='L'><text:list-level-style-number text:level='1' style:num-format='a' "
    "style:num-suffix='.' text:start-value='3'/></text:list-style></office:automatic-styles>"
)
_ODF_LINES = (
    (
        "<text:p><text:span text:style-name='X'>90</text:span><text:span text:style-name='Y'> EUR </text:span>"
        "80 EUR</text:p>"
    ),
    (
        "<text:p>3.5 × 10<text:span text:style-name='U'>−</text:span><text:span text:style-name='U'>3</text:span> and H"
        "<text:span text:style-name='D'>2</text:span>O, m<text:span text:style-name='U'>2</text:span></text:p>"
    ),
    f"<text:p><text:a xlink:href='{LINK}'>our prices</text:a></text:p>",
)
_ODF_LIST = (
    "<text:list text:style-name='L'><text:list-item><text:p>third</text:p></text:list-item>"
    "<text:list-item><text:p>fourth</text:p></text:list-item></text:list>"
)


def in_odt() -> bytes:
    body = f"<office:body><office:text>{''.join(_ODF_LINES)}{_ODF_LIST}</office:text></office:body>"
    return opendocument("text", _ODF_STYLES + body)


def in_odp() -> bytes:
    box = f"<draw:frame><draw:text-box>{''.join(_ODF_LINES)}{_ODF_LIST}</draw:text-box></draw:frame>"
    body = f"<office:body><office:presentation><draw:page>{box}</draw:page></office:presentation></office:body>"
    return opendocument("presentation", _ODF_STYLES + body)


def in_ods() -> bytes:
    rows = "".join(
        f"<table:table-row><table:table-cell>{line}</table:table-cell></table:table-row>" for line in _ODF_LINES
    )
    body = f"<office:body><office:spreadsheet><table:table table:name='P'>{rows}</table:table></office:spreadsheet>"
    return opendocument("spreadsheet", f"{_ODF_STYLES}{body}</office:body>")


HTML = (
    "<html><body><p><del>90</del><span style='text-decoration: line-through'> EUR</span> 80 EUR</p>"
    "<p>3.5 × 10<sup>−</sup><sup>3</sup> and H<sub>2</sub>O, m<span style='vertical-align:super'>2</span></p>"
    f"<p><a href='{LINK}'>our prices</a></p><ol type='a' start='3'><li>third</li><li>fourth</li></ol></body></html>"
)


def in_html() -> bytes:
    return HTML.encode()


def in_epub() -> bytes:
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container><rootfiles><rootfile full-path='c.opf'/></rootfiles></container>",
            "c.opf": "<package><manifest><item id='a' href='a.xhtml'/></manifest>"
            "<spine><itemref idref='a'/></spine></package>",
            "a.xhtml": HTML,
        }
    )


def in_eml() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Prices"
    message.set_content(HTML, subtype="html")
    return bytes(message)


def in_rtf() -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg1252 {\strike 90}{\striked1  EUR }80 EUR\par "
        rb"3.5 \'d7 10{\super \u8722?}{\super 3} and H{\sub 2}O, m\super 2\nosupersub\par "
        rb'{\field{\*\fldinst{HYPERLINK "' + LINK.encode() + rb'"}}{\fldrslt{our prices}}}\par '
        rb"{\listtext\pard\plain c.\tab}third\par {\listtext\pard\plain d.\tab}fourth\par "
        rb"{\listtext\pard\plain \'b7\tab}bullet\par}"
    )
