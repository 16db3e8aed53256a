"""Old Word files without LibreOffice. The real ones were compared with LibreOffice's own text of them."""

import pytest

from bot.documents.read import read_document
from bot.errors import FileUnsupported
from tests.documents.making_office import zipped
from tests.documents.old_office import doc, look
from tests.documents.ole_files import ole

PLAIN = look()
DELETED, HIDDEN = b"\x00\x08\x01", b"\x3c\x08\x01"


def text_of(data: bytes) -> str:
    return "\n\f\n".join(page.text for page in read_document(data).pages)


def test_paragraphs_headings_and_items_are_told_apart() -> None:
    data = doc(
        [
            ("Report\r", look(heading=1)),
            ("Tea is 4 €.\r", PLAIN),
            ("one\r", look(is_item=True)),
            ("two\r", look(is_item=True)),
        ]
    )
    assert text_of(data) == "# Report\n\nTea is 4 €.\n\n- one\n- two"


def test_what_is_left_out_is_said() -> None:
    document = read_document(doc([("Words\r", PLAIN)]))
    assert document.kind == "doc"
    assert document.notes == ("only its words were read; its layout, charts and pictures are left out",)


def test_a_table_has_its_rows_and_empty_cells() -> None:
    cells = [(f"{text}\x07", PLAIN) for text in ("Item", "Price")] + [("\x07", look(ends_row=True))]
    cells += [("Tea\x07", PLAIN), ("\x07", PLAIN), ("\x07", look(ends_row=True))]
    assert text_of(doc([*cells, ("After\r", PLAIN)])) == "| Item | Price |\n| --- | --- |\n| Tea |  |\n\nAfter"


def test_links_have_their_address_and_other_fields_only_their_result() -> None:
    link = '\x13 HYPERLINK "https://example.com/a" \x14the list\x15'
    data = doc([(f"See {link} on \x13 PAGE \x1412\x15.\r", PLAIN)])
    assert text_of(data) == "See [the list](https://example.com/a) on 12."


def test_footnotes_and_comments_come_after_the_text() -> None:
    data = doc([("Tea\x02 and cake\x05.\r", PLAIN)], ["Green tea"], ["Which one?"])
    assert text_of(data) == "Tea[^1] and cake.\n\n[^1]: Green tea\n> Comment by somebody: Which one?"


@pytest.mark.parametrize(
    ("how", "note"), [(DELETED, "text deleted in tracked changes"), (HIDDEN, "text formatted as hidden")]
)
def test_deleted_and_hidden_letters_are_left_out_and_said(how: bytes, note: str) -> None:
    data = doc([("It costs 90 not 80 EUR\r", PLAIN)], unseen=("90 not ", how))
    assert text_of(data) == "It costs 80 EUR"
    assert any(note in one for one in read_document(data).notes)


def test_a_page_break_begins_a_page() -> None:
    assert text_of(doc([("One\x0c", PLAIN), ("Two\r", PLAIN)])) == "One\n\f\nTwo"


def test_letters_beyond_the_first_plane_are_whole() -> None:
    assert text_of(doc([("Well done 🎉 北京\r", PLAIN)])) == "Well done 🎉 北京"


def test_one_inside_an_archive_is_read_too() -> None:
    document = read_document(zipped({"letter.doc": doc([("Dear Ann\r", PLAIN)])}))
    assert document.pages[1].text == "Dear Ann"
    assert "letter.doc: only its words were read; its layout, charts and pictures are left out" in document.notes


@pytest.mark.parametrize(
    "content", [b"", bytes(12), b"\xec\xa5\xc1\x00" + bytes(600), b"\xec\xa5\xc1\x00" + bytes(28) + b"\xff" * 600]
)
def test_one_that_is_broken_is_refused_with_a_way_out(content: bytes) -> None:
    with pytest.raises(FileUnsupported, match="doc"):
        read_document(ole({"WordDocument": content, "1Table": b"\xff" * 64}))
