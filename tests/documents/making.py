"""Documents with known words, made by code: every kind the reader knows, for its tests and for `recall`."""

import json
from dataclasses import dataclass
from email.message import EmailMessage

from tests.documents import pdfs
from tests.documents.making_office import (
    BOOK_WORDS,
    CHINESE,
    DECK_WORDS,
    HEBREW,
    PROSE,
    REPORT_WORDS,
    RICH_WORDS,
    book_xlsx,
    deck_pptx,
    report_docx,
    rich_docx,
    zipped,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A file and the words that a perfect reader finds in it."""

    kind: str
    name: str
    data: bytes
    words: str


def letter_eml() -> bytes:
    message = EmailMessage()
    message["From"] = "Åsa Öberg <asa@example.com>"
    message["To"] = "team@example.com"
    message["Subject"] = "Grüße aus 北京"
    message["Date"] = "Tue, 03 Mar 2026 10:00:00 +0000"
    message.set_content(PROSE)
    message.add_attachment("name,amount\nAnna,30\n", subtype="csv", filename="list.csv")
    message.add_attachment(
        pdfs.pages([pdfs.lines(["Attached invoice wording"])]),
        maintype="application",
        subtype="pdf",
        filename="bill.pdf",
    )
    return bytes(message)


LETTER_WORDS = f"Åsa Öberg Grüße aus 北京 {PROSE} list.csv name amount Anna 30 bill.pdf Attached invoice wording"


def book_epub() -> bytes:
    chapter = "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>{}</h1><p>{}</p></body></html>"
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container><rootfiles><rootfile full-path='O/c.opf'/></rootfiles></container>",
            "O/c.opf": "<package><metadata><title>Short tales</title><creator>Ida Holm</creator></metadata><manifest>"
            "<item id='b' href='b.xhtml'/><item id='a' href='a.xhtml'/></manifest>"
            "<spine><itemref idref='a'/><itemref idref='b'/></spine></package>",
            "O/a.xhtml": chapter.format("Dawn", PROSE),
            "O/b.xhtml": chapter.format("Dusk", "Stars appeared slowly"),
        }
    )


HTML = f"""<!doctype html><html><head><title>Store page</title><style>p {{color: red}}</style></head><body>
<h1>Catalogue</h1><p>{PROSE}</p><script>var ignored = 1;</script><ul><li>Tea<ul><li>Green</li></ul></li></ul>
<table><tr><th colspan=2>Offer</th></tr><tr><td>Cup</td><td>4&nbsp;€ &amp; more</td></tr></table>
<p style="display:none">invisible</p><form><input value="typed"><select><option>One<option selected>Two</select></form>
</body></html>"""
HTML_WORDS = f"Store page Catalogue {PROSE} Tea Green Offer Cup 4 € & more typed Two"


def archive_zip() -> bytes:
    return zipped(
        {
            "notes/readme.md": "# Handbook\n\nRead carefully",
            "report.docx": report_docx(),
            "inner.zip": zipped({"deep.txt": "buried"}),
            "data.bin": bytes(range(256)) * 10,
        }
    )


MANIFEST = (
    '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.2">'
    '<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.{}"/>'
    '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>'
)


def opendocument(kind: str, content: str, objects: dict[str, str] | None = None) -> bytes:
    """`objects`: the XML of what is embedded, by its folder."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("draw", "drawing"),
            ("chart", "chart"),
        )
    )
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    whole = "<office:document-content {}>{}</office:document-content>"
    members: dict[str, str | bytes] = {"mimetype": f"application/vnd.oasis.opendocument.{kind}"}
    members["content.xml"] = whole.format(spaces, content)
    members["META-INF/manifest.xml"] = MANIFEST.format(kind)  # LibreOffice wants one
    for folder, xml in (objects or {}).items():
        members[f"{folder}/content.xml"] = xml if xml.startswith("<math") else whole.format(spaces, xml)
    return zipped(members)


ODT = opendocument(
    "text",
    "<office:body><office:text><text:h text:outline-level='2'>Minutes</text:h>"
    f"<text:p>{PROSE}<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Noted below</text:p>"
    "</text:note-body></text:note></text:p>"
    "<text:list><text:list-item><text:p>Agreed</text:p></text:list-item></text:list>"
    "</office:text></office:body>",
)
ODS = opendocument(
    "spreadsheet",
    "<office:body><office:spreadsheet><table:table table:name='Stock'><table:table-row>"
    "<table:table-cell><text:p>Bolts</text:p></table:table-cell>"
    "<table:table-cell table:number-columns-repeated='16382'/>"
    "<table:table-cell><text:p>7,50 €</text:p></table:table-cell></table:table-row>"
    "<table:table-row table:number-rows-repeated='1048575'/></table:table>"
    "</office:spreadsheet></office:body>",
)
RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Cyr;}}\f0 Caf\'e9 "
    rb"opens \u8364?5\par {\f1\'cf\'f0\'e8\'e2\'e5\'f2}\par{\*\generator hidden;}{\b bold}ly}"
)


def everything() -> list[Known]:
    """One or more files of every kind, with their words."""
    prose_lines = [PROSE[at : at + 90] for at in range(0, len(PROSE), 90)]
    prose_pdf = pdfs.pages([pdfs.lines([line.rpartition(" ")[0] or line for line in prose_lines])])
    pdf_words = " ".join(line.rpartition(" ")[0] or line for line in prose_lines)
    notebook = json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["# Study\n", PROSE]}]})
    table_csv = 'name,remark\n"Ann","said ""yes"", twice"\nBob,两次\n'
    return [
        Known("pdf", "prose.pdf", prose_pdf, pdf_words),
        Known("pdf", "turned.pdf", pdfs.pages([pdfs.lines([PROSE[:80]])], b"/Rotate 90"), PROSE[:80]),
        Known("pdf", "chinese.pdf", pdfs.composite(CHINESE), CHINESE),
        Known("pdf", "hebrew.pdf", pdfs.composite(HEBREW[::-1]), HEBREW),
        Known("pdf", "owner.pdf", pdfs.encrypted("Guarded but open words", user=""), "Guarded but open words"),
        Known("docx", "report.docx", report_docx(), REPORT_WORDS),
        Known("docx", "rich.docx", rich_docx(), RICH_WORDS),
        Known("pptx", "deck.pptx", deck_pptx(), DECK_WORDS),
        Known("xlsx", "book.xlsx", book_xlsx(), BOOK_WORDS),
        Known("ods", "stock.ods", ODS, "Stock Bolts 7,50 €"),
        Known("odt", "minutes.odt", ODT, f"Minutes {PROSE} Noted below Agreed"),
        Known("rtf", "cafe.rtf", RTF, "Café opens €5 Привет boldly"),
        Known("csv", "names.csv", table_csv.encode("utf-8-sig"), "name remark Ann said yes twice Bob 两次"),
        Known("html", "store.html", HTML.encode(), HTML_WORDS),
        Known("text", "gbk.txt", CHINESE.encode("gbk"), CHINESE),
        Known("text", "latin.txt", PROSE.encode("latin-1"), PROSE),
        Known("text", "wide.txt", PROSE.encode("utf-16"), PROSE),
        Known("text", "code.py", b"def total(rows):\n    return sum(rows)\n", "def total rows return sum rows"),
        Known("markdown", "notes.md", f"# Head\n\n{PROSE}".encode(), f"Head {PROSE}"),
        Known("notebook", "study.ipynb", notebook.encode(), f"Study {PROSE}"),
        Known("json", "data.json", json.dumps({"city": "Łódź", "list": [1, 2]}).encode(), "city Łódź list 1 2"),
        Known("epub", "tales.epub", book_epub(), f"Short tales Ida Holm Dawn {PROSE} Dusk Stars appeared slowly"),
        Known("eml", "letter.eml", letter_eml(), LETTER_WORDS),
        Known("zip", "all.zip", archive_zip(), f"readme Handbook Read carefully {REPORT_WORDS}"),
    ]
