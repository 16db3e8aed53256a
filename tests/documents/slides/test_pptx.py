import pptx
import pytest
from pptx.util import Inches

from bot.documents.office.omml import latex
from bot.documents.office.shape_text import body_text
from bot.documents.pages.notices import HIDDEN_TEXT
from bot.documents.read import read_document
from bot.documents.xml.markup import parse_xml
from tests.documents.making_office import deck_pptx, saved

M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def test_slides_are_pages_with_notes_charts_and_tables() -> None:
    document = read_document(deck_pptx())
    first, second = document.pages[0], document.pages[1]
    assert first.label == "slide 1"
    assert first.text.startswith("# Roadmap\n\nMilestones\nBudget stays flat")
    assert "| Spring | 120 |" in first.text
    assert "Speaker notes: Mention the delay" in first.text
    assert second.label == "slide 2 (hidden)"
    assert second.text.startswith("(This slide is hidden.)")
    assert "| Joint heading |  |\n| --- | --- |\n| left | right |" in second.text
    assert document.pages[2].label == "picture 1 (slide 2)"
    assert [(entry.title, entry.page) for entry in document.outline] == [("Roadmap", 1)]


def test_only_shown_slides_can_be_drawn_by_libreoffice() -> None:
    document = read_document(deck_pptx(), "", True)
    assert document.pages[0].source == ("office:1",)
    assert document.pages[0].look == "a slide"
    assert not document.pages[1].can_be_shown
    assert not read_document(deck_pptx()).pages[0].can_be_shown


def test_list_items_keep_their_depth() -> None:
    body = parse_xml(
        b"<t xmlns:a='x'><a:p><a:r><a:t>top</a:t></a:r></a:p><a:p><a:pPr lvl='1'/><a:r><a:t>under</a:t></a:r></a:p></t>"
    )
    assert body_text(body) == "top\n  - under"


def test_equations_become_latex() -> None:
    def found(inner: str) -> str:
        return latex(parse_xml(f"<m:oMath {M}>{inner}</m:oMath>".encode()))

    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    assert found(power) == "x^{2}"
    total = f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{run('i=1')}</m:sub><m:sup>{run('n')}</m:sup>"
    assert found(f"{total}<m:e>{power}</m:e></m:nary>") == r"\sum_{i=1}^{n} x^{2}"
    cell = f"<m:e>{run('a')}</m:e><m:e>{run('b')}</m:e>"
    assert found(f"<m:m><m:mr>{cell}</m:mr></m:m>") == r"\begin{matrix} a & b \end{matrix}"
    assert found(f"<m:d><m:e>{run('y')}</m:e></m:d>") == r"\left(y\right)"
    name = "<m:r><m:rPr><m:sty m:val='p'/></m:rPr><m:t>sin</m:t></m:r>"
    assert found(f"<m:func><m:fName>{name}</m:fName><m:e>{run('z')}</m:e></m:func>") == r"\sin z"


def test_a_shape_that_leads_somewhere_says_where() -> None:
    deck = pptx.Presentation()
    box = deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_textbox(0, 0, 900_000, 900_000)
    box.text_frame.text = "Order here"
    box.click_action.hyperlink.address = "https://example.com/order"
    assert read_document(saved(deck)).pages[0].text == "[Order here](https://example.com/order)"


def test_a_shape_that_is_hidden_is_left_out_and_said() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    for text in ("seen", "unseen"):
        slide.shapes.add_textbox(0, 0, 900_000, 900_000).text_frame.text = text
    slide.shapes[1]._element.nvSpPr.cNvPr.set("hidden", "1")
    document = read_document(saved(deck))
    assert document.pages[0].text == "seen"
    assert document.notes == (HIDDEN_TEXT,)


def test_a_table_among_the_notes_is_told() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_table(2, 2, 0, 0, 3_000_000, 900_000)
    for row, column, text in ((0, 0, "Step"), (0, 1, "Minutes"), (1, 0, "Greeting"), (1, 1, "5")):
        frame.table.cell(row, column).text = text
    notes = slide.notes_slide
    assert notes.notes_text_frame is not None
    notes.notes_text_frame.text = "Keep to the times"
    notes.shapes._spTree.append(frame._element)
    text = read_document(saved(deck)).pages[0].text
    assert text.startswith("Speaker notes: Keep to the times\n")
    assert "| Step | Minutes |\n| --- | --- |\n| Greeting | 5 |" in text


def test_letters_of_other_scripts_and_numbers_of_equations_stay() -> None:
    run = f"<m:oMath {M}><m:r><m:rPr><m:scr m:val='{{}}'/></m:rPr><m:t>R</m:t></m:r></m:oMath>"
    scripts = {"double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak"}
    for script, command in scripts.items():
        assert latex(parse_xml(run.format(script).encode())) == rf"\{command}{{R}}"
    lines = f"<m:oMath {M}><m:eqArr><m:e><m:r><m:t>a=b#(1)</m:t></m:r></m:e></m:eqArr></m:oMath>"
    assert latex(parse_xml(lines.encode())) == r"\begin{aligned} a=b \qquad (1) \end{aligned}"


def test_a_box_of_the_notes_that_holds_only_a_field_is_none() -> None:
    """LibreOffice makes one of the number and of the date of a page of notes, without saying what they are."""
    deck = pptx.Presentation()
    for words in ("", "Speak slowly"):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        slide.notes_slide.notes_text_frame.text = words
        box = slide.notes_slide.shapes[-1]._element
        box.getparent().append(parse_xml(FIELD.encode()))
    pages = read_document(saved(deck)).pages
    assert [page.text for page in pages] == ["", "Speaker notes: Speak slowly"]


FIELD = (
    '<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvSpPr><p:cNvPr id="53" name="Number"/>'
    '<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:fld id="{0}" type="slidenum">'
    "<a:t>&lt;number&gt;</a:t></a:fld></a:p></p:txBody></p:sp>"
)


@pytest.mark.parametrize("way", ["vert", "vert270", "eaVert", "wordArtVert", "mongolianVert", "wordArtVertRtl"])
def test_text_that_runs_up_or_down_is_read_as_if_it_were_level(way: str) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(1), Inches(4)).text_frame
    frame.text = "縦書きの文章です\nsecond line"
    frame._txBody.bodyPr.set("vert", way)
    cell = slide.shapes.add_table(1, 2, Inches(3), Inches(1), Inches(4), Inches(1)).table.cell(0, 0)
    cell.text = "beside"
    cell._tc.get_or_add_tcPr().set("vert", way)
    (page,) = read_document(saved(deck), can_draw=True).pages
    assert "縦書きの文章です\nsecond line" in page.text
    assert "beside" in page.text
    assert page.can_be_shown
