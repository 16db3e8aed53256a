"""Contact cards and calendars."""

import base64
import textwrap

import pytest

from bot.documents.pages_to_images import draw
from bot.documents.read import read_document
from tests.documents.drawn_pages import page, png

PHOTO = png(page((300, 200), 20))


def test_quoted_and_folded_lines_of_a_card_are_read_whole() -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Max M=C3=BC=C3=\r\n=9Fler\r\n"
        "NOTE;LANGUAGE=de;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Caf=E9=0D=0Aum 8\r\n"
        "ADR:;;Long Street 1;Long\r\n town\r\nURL:https://example.com/a?b=\r\nEND:VCARD\r\n"
    )
    assert read_document(card.encode(), "max.vcf").pages[0].text.split("\n") == [
        "BEGIN:VCARD",
        "VERSION:2.1",
        "FN:Max Müßler",
        "NOTE;LANGUAGE=de:Café um 8",
        "ADR:;;Long Street 1;Longtown",
        "URL:https://example.com/a?b=",
        "END:VCARD",
    ]


@pytest.mark.parametrize("head", ["PHOTO;TYPE=PNG;ENCODING=b:", "PHOTO;PNG;BASE64:", "PHOTO:data:image/png;base64,"])
def test_the_photo_of_a_card_is_a_picture(head: str) -> None:
    folded = "\r\n ".join(textwrap.wrap(base64.b64encode(PHOTO).decode(), 74))
    data = f"BEGIN:VCARD\r\nKEY;ENCODING=b:AAAA\r\nFN:Max\r\n{head}\r\n {folded}\r\nEND:VCARD\r\n".encode()
    document = read_document(data, "max.vcf")
    assert document.pages[0].text == "BEGIN:VCARD\nKEY: 3 bytes\nFN:Max\nPHOTO: [Picture 1]\nEND:VCARD"
    drawn = draw(data, [(2, document.pages[1].source, 800)])
    assert [(number, one.source_width) for number, one in drawn] == [(2, 300)]


def test_a_calendar_stays_as_it_is_but_for_its_folds() -> None:
    calendar = "BEGIN:VCALENDAR\nSUMMARY:Autumn\n  event\nDTSTART;TZID=Europe/Berlin:20201123T190000\nEND:VCALENDAR\n"
    assert read_document(calendar.encode()).pages[0].text == (
        "BEGIN:VCALENDAR\nSUMMARY:Autumn event\nDTSTART;TZID=Europe/Berlin:20201123T190000\nEND:VCALENDAR"
    )
