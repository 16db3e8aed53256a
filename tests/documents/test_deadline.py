"""Out of time or memory means “so far, and where it stopped”, for every kind."""

from collections.abc import Callable
from email.message import EmailMessage
from itertools import count

import pptx
import pytest

from bot.core.document import Document
from bot.documents import deadline
from bot.documents.deadline import Deadline
from bot.documents.memory import Room
from bot.documents.office.graphics import DrawingPlace
from bot.documents.pages import builder
from bot.documents.read import read_document
from bot.documents.sheets.xlsx_cells import Grid
from bot.documents.slides import pptx as pptx_reader
from bot.documents.xml import markup
from bot.errors import FileTooSlow
from tests.documents.making import opendocument
from tests.documents.making_office import para, saved, word, zipped
from tests.documents.making_type import with_part
from tests.documents.sheets.test_xlsx import with_rows

MANY = 600


def ticking() -> Callable[[], float]:
    """A clock that goes on by a second whenever it is looked at."""
    seconds = count()
    return lambda: float(next(seconds))


def docx_file() -> bytes:
    return word("".join(para(f"line {at} end") for at in range(MANY)))


def docx_table() -> bytes:
    rows = "".join(f"<w:tr><w:tc>{para(f'line {at} end')}</w:tc><w:tc>{para('x')}</w:tc></w:tr>" for at in range(MANY))
    return word(f"<w:tbl>{rows}</w:tbl>")


def pptx_file() -> bytes:
    deck = pptx.Presentation()
    for at in range(60):
        title = deck.slides.add_slide(deck.slide_layouts[5]).shapes.title
        assert title is not None
        title.text = f"line {at} end"
    return saved(deck)


def xlsx_file() -> bytes:
    rows = (f'<row r="{at + 1}"><c r="A{at + 1}" t="str"><v>line {at} end</v></c></row>' for at in range(MANY))
    return with_rows("".join(rows))


def odt_file() -> bytes:
    lines = "".join(f"<text:p>line {at} end</text:p>" for at in range(MANY))
    return opendocument("text", f"<office:body><office:text>{lines}</office:text></office:body>")


def odp_file() -> bytes:
    pages = "".join(
        f"<draw:page><draw:frame><draw:text-box><text:p>line {at} end</text:p></draw:text-box></draw:frame></draw:page>"
        for at in range(MANY)
    )
    return opendocument(
        "presentation", f"<office:body><office:presentation>{pages}</office:presentation></office:body>"
    )


def ods_file() -> bytes:
    rows = "".join(
        f"<table:table-row><table:table-cell><text:p>line {at} end</text:p></table:table-cell></table:table-row>"
        for at in range(MANY)
    )
    body = f"<office:spreadsheet><table:table table:name='T'>{rows}</table:table></office:spreadsheet>"
    return opendocument("spreadsheet", f"<office:body>{body}</office:body>")


def html_file() -> bytes:
    return ("<html><body>" + "".join(f"<p>line {at} end</p>" for at in range(MANY * 10)) + "</body></html>").encode()


def html_table() -> bytes:
    rows = "".join(f"<tr><td>line {at} end</td><td>x</td></tr>" for at in range(MANY))
    return f"<html><body><table>{rows}</table></body></html>".encode()


def rtf_file() -> bytes:
    return b"{\\rtf1 " + b"".join(b"line %d end\\par " % at for at in range(MANY)) + b"}"


def epub_file() -> bytes:
    items = "".join(f"<item id='c{at}' href='{at}.xhtml'/>" for at in range(60))
    order = "".join(f"<itemref idref='c{at}'/>" for at in range(60))
    chapters = {f"{at}.xhtml": f"<html><body><p>line {at} end</p></body></html>" for at in range(60)}
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container><rootfiles><rootfile full-path='c.opf'/></rootfiles></container>",
            "c.opf": f"<package><manifest>{items}</manifest><spine>{order}</spine></package>",
            **chapters,
        }
    )


def zip_file() -> bytes:
    return zipped({f"{at}.txt": f"line {at} end" for at in range(100)})


def eml_file() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "line 0 end"
    message.set_content("see below")
    for at in range(1, 100):
        message.add_attachment(f"line {at} end", filename=f"{at}.txt")
    return bytes(message)


MAKERS = [maker for name, maker in list(globals().items()) if name.endswith(("_file", "_table"))]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_file_that_takes_too_long_is_read_as_far_as_it_goes_and_says_how_far(make: Callable[[], bytes]) -> None:
    data = make()
    whole, part = read_document(data), read_document(data, seconds=20, now=ticking())
    assert "line 0 end" in text_of(part)
    assert 0 < text_of(part).count("line") < text_of(whole).count("line")
    last = [page for page in part.pages if not page.look][-1].name
    assert [note for note in part.notes if "longer than I have" in note and note.endswith(f"up to {last}")]
    assert not [note for note in whole.notes if "longer than I have" in note]


def text_of(document: Document) -> str:
    return "\n".join(page.text for page in document.pages)


@pytest.mark.parametrize("make", [xlsx_file, ods_file])
def test_a_sheet_says_which_of_its_rows_were_read(make: Callable[[], bytes]) -> None:
    document = read_document(make(), seconds=20, now=ticking())
    last = text_of(document).rsplit("line ", 1)[1].split()[0]
    assert any(f"rows 1–{int(last) + 1} were read" in note for note in document.notes)


def test_a_sheet_that_knows_its_length_says_that_too() -> None:
    data = xlsx_file()
    dimension = with_dimension(data)
    document = read_document(dimension, seconds=20, now=ticking())
    assert any(note.endswith(f"of {MANY:,} were read") for note in document.notes)


def with_dimension(data: bytes) -> bytes:
    return with_part(data, "xl/worksheets/sheet1.xml", '<dimension ref="A1:F6"/>', f'<dimension ref="A1:A{MANY}"/>')


def test_a_file_of_which_nothing_was_read_in_time_says_so() -> None:
    with pytest.raises(FileTooSlow):
        read_document(docx_file(), seconds=0, now=ticking())


def test_a_file_that_takes_too_much_memory_is_read_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pptx_reader._comments
    calls = count()

    def comments(ground: DrawingPlace, authors: dict[str, str]) -> str:
        if next(calls) == 3:
            raise MemoryError
        return whole(ground, authors)

    monkeypatch.setattr(pptx_reader, "_comments", comments)
    document = read_document(pptx_file())
    assert [page.label for page in document.pages] == ["slide 1", "slide 2", "slide 3"]
    assert any("more memory than I have" in note for note in document.notes)


def test_of_a_sheet_that_takes_too_much_memory_half_of_what_was_read_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    put, calls = Grid.put, count()

    def most(grid: Grid, row: int, column: int, text: str) -> None:
        if next(calls) == 400:
            raise MemoryError
        put(grid, row, column, text)

    monkeypatch.setattr(Grid, "put", most)
    document = read_document(xlsx_file())
    assert "line 199 end" in text_of(document)
    assert "line 200 end" not in text_of(document)
    assert any("rows 1–200 were read" in note for note in document.notes)


def test_of_a_sheet_longer_than_a_document_may_be_the_rows_that_are_there_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(builder, "MOST_TEXT", 9500)
    document = read_document(
        with_rows(
            "".join(
                f'<row r="{at}"><c r="A{at}" t="str"><v>line {at} end and more words to fill it</v></c></row>'
                for at in range(1, 601)
            )
        )
    )
    last = int(document.pages[0].label.rpartition("–")[2])
    assert 1 < last < 600
    assert document.notes[0] == f"sheet Costs: only rows 1–{last} of 600 were read"


def test_of_a_part_that_no_tree_can_hold_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MOST_BYTES", 9000)
    document = read_document(docx_file())
    assert text_of(document).startswith("line 0 end")
    assert f"line {MANY - 1} end" not in text_of(document)
    assert any("more memory than I have" in note for note in document.notes)


def filling(most: int) -> Room:
    """Room in which each look finds one byte more taken, and no more than `most` may be."""
    taken = count()
    return Room(1.0, used=lambda: next(taken), most=lambda: most)


def test_what_runs_out_of_room_ends_for_good_and_says_that_memory_ended_it() -> None:
    deadline = Deadline(1000, ticking(), room=filling(4))
    assert list(deadline.each("abcdef")) == ["a", "b", "c"]
    assert (deadline.has_omissions, deadline.lacked_memory) == (True, True)
    assert list(deadline.each("x")) == []
    late = Deadline(2, ticking(), room=filling(1000))
    assert list(late.each("abc")) == ["a"]
    assert (late.has_omissions, late.lacked_memory) == (True, False)


def test_a_part_that_runs_out_of_room_leaves_some_to_the_whole() -> None:
    whole = Deadline(None, ticking(), room=Room(1.0, used=lambda: 60, most=lambda: 100))
    part = Deadline(None, ticking(), whole, room=Room(0.0, used=lambda: 60, most=lambda: 100))
    assert list(part.each("abc")) == []
    assert (whole.has_omissions, whole.lacked_memory, whole.is_over) == (True, True, False)


def test_the_room_is_a_share_of_what_is_left_and_endless_without_a_limit() -> None:
    taken = [100]
    room = Room(0.5, used=lambda: taken[0], most=lambda: 300)
    half = room.part(0.5)
    found = []
    for taken[0] in (149, 150, 199, 200):
        found.append((half.is_full, room.is_full))
    assert found == [(False, False), (True, False), (True, False), (True, True)]
    assert not Room(0.0, used=lambda: 1 << 60, most=lambda: 0).is_full


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_file_for_which_the_room_ends_is_read_as_far_as_it_goes_and_says_how_far(
    make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, taken = read_document(make()), count()
    room = Room(1.0, used=lambda: next(taken), most=lambda: 20)
    monkeypatch.setattr(deadline, "Room", lambda _share: room)
    part = read_document(make(), now=ticking())
    assert "line 0 end" in text_of(part)
    assert 0 < text_of(part).count("line") < text_of(whole).count("line")
    last = [page for page in part.pages if not page.look][-1].name
    assert [note for note in part.notes if "more memory than I have" in note and note.endswith(f"up to {last}")]


def test_a_deadline_that_is_over_stays_over_and_knows_whether_anything_is_missing() -> None:
    deadline = Deadline(3, ticking())
    assert list(deadline.each("abcdef")) == ["a", "b"]
    assert deadline.has_omissions
    assert list(deadline.each("x")) == []
    assert list(Deadline().each("abc")) == ["a", "b", "c"]
    late = Deadline(100, ticking())
    assert list(late.each("abc")) == ["a", "b", "c"]
    assert not late.has_omissions
