"""Old PowerPoint files without LibreOffice. The real ones were compared with LibreOffice's own text of them."""

import pytest

from bot.documents.read import read_document
from bot.errors import FileUnsupported
from tests.documents.old_office import ppt
from tests.documents.ole_files import ole


def test_each_slide_has_its_title_its_texts_and_its_notes() -> None:
    document = read_document(ppt([("Aims", ["Tea\nCake", "Later"], "Speak slowly"), ("Costs 4 €", ["Much"], "")]))
    assert [page.label for page in document.pages] == ["slide 1", "slide 2"]
    assert document.pages[0].text == "# Aims\n\nTea\nCake\n\nLater\n\nSpeaker notes: Speak slowly"
    assert document.pages[1].text == "# Costs 4 €\n\nMuch"
    assert [entry.title for entry in document.outline] == ["Aims", "Costs 4 €"]
    assert document.notes == ("only its words were read; its layout, charts and pictures are left out",)


@pytest.mark.parametrize("content", [b"", bytes(64), b"\xff" * 5000])
def test_one_that_is_broken_is_refused_or_called_empty(content: bytes) -> None:
    try:
        document = read_document(ole({"PowerPoint Document": content, "Current User": bytes(40)}))
    except FileUnsupported:
        return
    assert any("nothing inside that I can read" in note for note in document.notes)
