from bot.core.document import Document
from bot.documents.read import read_document
from tests.documents.making_office import (
    CHINESE,
    para,
    report_docx,
    rich_docx,
    word,
)
from tests.documents.making_type import with_part


def text_of(data: bytes) -> str:
    return "\n\f\n".join(page.text for page in read_document(data, "a.docx").pages)


def read(body: str) -> Document:
    return read_document(word(body))


def test_structure_survives_as_markdown_page_by_page() -> None:
    document = read_document(report_docx())
    first, second = document.pages[0].text, document.pages[1].text
    assert first.startswith("Header: Confidential draft\n\n# Annual report\n\n# Findings")
    assert "- apples\n- pears\n1. firstly\n2. secondly" in first
    assert "| Quarterly figures |  |  |\n| --- | --- | --- |\n| North | 12 | 14 |" in first
    assert "> Comment by Maria Keller on “The committee met" in first
    assert second == f"{CHINESE}\n\nFooter: Printed internally"
    assert [(entry.title, entry.page) for entry in document.outline] == [("Annual report", 1), ("Findings", 1)]


def test_pictures_are_pages_after_the_others_and_leave_their_number_behind() -> None:
    document = read_document(report_docx())
    assert "[Picture 1]" in document.pages[0].text
    assert [page.label for page in document.pages] == ["", "", "picture 1"]
    assert document.pages[2].source == ("zip:word/media/image1.png",)
    assert document.pages[2].look


def test_what_libraries_drop_is_there_and_once() -> None:
    text = text_of(rich_docx())
    assert "Main text[^1][^e1]" in text
    assert "[^1]: Source unknown\n[^e1]: Later remark" in text
    assert text.count("Boxed remark") == 1
    assert r"$x=\frac{alpha}{\sqrt{beta}}$" in text
    assert "Kept inserted" in text
    assert "removed" not in text
    assert "| Outer | Inner; cell |" in text
    assert "**Chart: Sales by region** (bar)\n\n|  | Turnover |\n| --- | --- |\n| Lisbon | 41 |\n| Porto | 27 |" in text
    assert "- Plan\n  - Research\n  - Build" in text
    assert any("deleted" in note for note in read_document(rich_docx()).notes)


def test_pages_are_those_that_word_last_laid_out() -> None:
    mark = "<w:r><w:lastRenderedPageBreak/><w:t>next</w:t></w:r>"
    explicit = (
        "<w:p><w:r><w:br w:type='page'/></w:r></w:p><w:p><w:r><w:lastRenderedPageBreak/><w:t>third</w:t></w:r></w:p>"
    )
    document = read(f"<w:p><w:r><w:t>first </w:t></w:r>{mark}</w:p>{explicit}")
    assert [page.text.strip() for page in document.pages] == ["first", "next", "third"]


def test_notes_stay_on_the_page_of_their_mark() -> None:
    body = para("one", "<w:r><w:footnoteReference w:id='5'/></w:r>")
    body += "<w:p><w:r><w:lastRenderedPageBreak/><w:t>two</w:t></w:r></w:p>"
    note = f"<w:footnotes NAMESPACES><w:footnote w:id='5'>{para('below')}</w:footnote></w:footnotes>"
    pages = read_document(word(body, {"f": ("footnotes", note)})).pages
    assert [page.text for page in pages] == ["one[^1]\n\n[^1]: below", "two"]


def test_a_table_over_two_pages_is_cut_and_keeps_its_head() -> None:
    def row(text: str, lead: str = "") -> str:
        cells = f"<w:tc><w:p><w:r>{lead}<w:t>{text}</w:t></w:r></w:p></w:tc><w:tc>{para(text + '2')}</w:tc>"
        return f"<w:tr>{cells}</w:tr>"

    body = f"<w:tbl>{row('head')}{row('a')}{row('b', '<w:lastRenderedPageBreak/>')}</w:tbl>"
    pages = read(para("intro") + body).pages
    assert len(pages) == 2
    assert "| a | a2 |" in pages[0].text
    assert pages[1].text == "| head | head2 |\n| --- | --- |\n| b | b2 |"


def test_vertical_merges_links_symbols_and_hidden_text() -> None:
    merged = "<w:tcPr><w:vMerge w:val='restart'/></w:tcPr>"
    table = f"<w:tbl><w:tr><w:tc>{merged}{para('once')}</w:tc><w:tc>{para('x')}</w:tc></w:tr>"
    table += f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{para('ghost')}</w:tc><w:tc>{para('y')}</w:tc></w:tr></w:tbl>"
    box = "<w:p><w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:noBreakHyphen/></w:r></w:p>"
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>"
    document = read(table + box + hidden)
    text = document.pages[0].text
    assert "| once | x |\n| --- | --- |\n|  | y |" in text
    assert "☑-" in text
    assert "seen" in text
    assert "unseen" not in text
    assert any("hidden" in note for note in document.notes)


def test_a_long_file_without_page_marks_is_cut_and_says_so() -> None:
    document = read("".join(para(f"Paragraph {number} " + "word " * 60) for number in range(60)))
    assert len(document.pages) > 2
    assert any("pages end" in note for note in document.notes)
    assert all(len(page.text) < 10_000 for page in document.pages)


def test_a_picture_that_lies_elsewhere_is_told_with_its_address() -> None:
    drawing = "<w:p><w:r><w:drawing><wp:docPr descr='{}'/><a:blip r:{}='{}'/></w:drawing></w:r></w:p>"
    data = word(para("Before") + drawing.format("", "embed", "net") + drawing.format("Our plan", "link", "disk"))
    relation = "<Relationship Id='{}' Type='x/image' TargetMode='External' Target='{}'/>"
    extra = relation.format("net", "https://example.com/a%20b.png") + relation.format("disk", "file:///C:/plans/1.png")
    with_links = with_part(data, "word/_rels/document.xml.rels", "</Rel", f"{extra}</Rel")
    text = read_document(with_links).pages[0].text
    assert text == "Before\n\n[Picture: a b.png](https://example.com/a%20b.png)\n\n[Picture: Our plan]"


def test_signs_of_symbol_fonts_and_emoji_are_letters() -> None:
    sign = "<w:sym w:font='{}' w:char='{}'/>"
    signs = [("Symbol", "F061"), ("Symbol", "F0B3"), ("Wingdings", "F0FC"), ("Webdings", "F04E"), ("Wingdings", "F001")]
    body = "".join(sign.format(*one) for one in signs) + "<w:symEx w:font='Segoe UI Emoji' w:char='1F60A'/>"
    run = "<w:r><w:rPr><w:rFonts w:ascii='Symbol'/></w:rPr><w:t>\uf0b1\uf06d</w:t></w:r>"
    other = "<w:r><w:rPr><w:rFonts w:ascii='FontAwesome'/></w:rPr><w:t>\uf095</w:t></w:r>"
    data = word(f"<w:p><w:r>{body}</w:r>{run}{other}</w:p>")
    assert read_document(data).pages[0].text == "α≥✓👁•😊±μ\uf095"


def test_notes_have_the_numbers_that_are_printed() -> None:
    reference = "<w:r><w:footnoteReference w:id='{}' {}/></w:r>"
    own = reference.format(4, "w:customMarkFollows='1'") + "<w:r><w:t>*</w:t></w:r>"
    body = para("one", reference.format(9, "")) + para("two", own) + para("three", reference.format(3, ""))
    notes = "".join(f"<w:footnote w:id='{at}'>{para(f'note {at}')}</w:footnote>" for at in (3, 4, 9))
    text = (
        read_document(word(body, {"f": ("footnotes", f"<w:footnotes NAMESPACES>{notes}</w:footnotes>")})).pages[0].text
    )
    assert text.startswith("one[^1]\n\ntwo[^*]*\n\nthree[^2]")
    assert text.endswith("[^1]: note 9\n[^*]: note 4\n[^2]: note 3")
