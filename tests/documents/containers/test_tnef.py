"""winmail.dat, which Outlook sends in place of attachments."""

import contextlib
import struct
from email.message import EmailMessage

from bot.documents.pages.notices import MORE_ATTACHED, REPAIRED
from bot.documents.pages_to_images import draw
from bot.documents.read import read_document
from bot.errors import FileBroken
from tests.documents.drawn_pages import page, png


def attribute(number: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*entries: bytes) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(entries)


def text_property(number: int, value: bytes, kind: int = 0x1E) -> bytes:
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack("<HHII", kind, number, 1, len(value)) + padded


NUMBER = struct.pack("<HHI", 3, 0x0E17, 1)
NAMED = struct.pack("<HH16sIII", 3, 0x8001, bytes(16), 0, 0x8233, 5)
NAMED_BY_WORDS = struct.pack("<HH16sII", 11, 0x8002, bytes(16), 1, 6) + b"a\0b\0\0\0" + bytes(2) + bytes(4)
SEVERAL = struct.pack("<HHIQQ", 0x1014, 0x4000, 2, 1, 2)
PICTURE = png(page((300, 200), 20))


def winmail(*, with_body: bool = True) -> bytes:
    html = text_property(0x1013, b"<p>Price: <b>90</b></p>", 0x102)
    body = attribute(0x2800C, b"See the plan\0", 1) if with_body else b""
    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(0x18004, b"Offer\0", 1)
        + body
        + attribute(0x69003, properties(NUMBER, NAMED, NAMED_BY_WORDS, SEVERAL, html), 1)
        + attribute(0x69002, bytes(14))
        + attribute(0x18010, b"PLANOF~1.PNG\0")
        + attribute(0x6800F, PICTURE)
        + attribute(0x69005, properties(NUMBER, text_property(0x3707, "Plan für März.png".encode("utf-16-le"), 0x1F)))
        + attribute(0x69002, bytes(14))
        + attribute(0x18010, b"list.txt\0")
        + attribute(0x6800F, b"bolts and screws")
    )


def test_the_text_and_the_attachments_are_read() -> None:
    document = read_document(winmail(), "winmail.dat")
    size = f"{len(PICTURE):,}"
    assert document.pages[0].text == (
        f"**Subject:** Offer\n\nSee the plan\n\nAttachments:\n- Plan für März.png ({size} bytes)\n- list.txt (16 bytes)"
    )
    assert [one.label for one in document.pages[1:]] == ["Plan für März.png", "list.txt"]
    assert document.pages[2].text == "bolts and screws"
    drawn = draw(winmail(), [(2, document.pages[1].source, 800)])
    assert [(number, one.source_width) for number, one in drawn] == [(2, 300)]
    assert "Price: **90**" in read_document(winmail(with_body=False)).pages[0].text


def test_one_in_a_mail_is_read_too() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "Offer"
    mail.add_attachment(winmail(), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    labels = [page.label for page in read_document(mail.as_bytes()).pages]
    assert labels[1:] == ["winmail.dat, p. 1", "winmail.dat, Plan für März.png", "winmail.dat, list.txt"]


def test_one_that_is_damaged_is_read_as_far_as_it_goes() -> None:
    odd = winmail().replace(NUMBER, b"\xff\x0f" + NUMBER[2:])
    document = read_document(odd, "winmail.dat")
    assert "See the plan" in document.pages[0].text
    assert document.notes == (REPAIRED,)
    for end in range(6, len(winmail()), 97):
        with contextlib.suppress(FileBroken):
            assert read_document(winmail()[:end], "winmail.dat").kind == "tnef"


def test_of_very_many_attachments_the_first_are_read_and_none_is_mixed_with_another() -> None:
    many = b"".join(
        attribute(0x69002, bytes(14)) + attribute(0x18010, b"%d.txt\0" % at) + attribute(0x6800F, b"word%d" % at)
        for at in range(120)
    )
    document = read_document(winmail()[:6] + many, "winmail.dat")
    assert MORE_ATTACHED.format(count=100) in document.notes
    assert (document.pages[-1].label, document.pages[-1].text) == ("99.txt", "word99")
