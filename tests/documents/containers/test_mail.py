import base64
import struct
from email.message import EmailMessage

import pytest

from bot.documents.pages.notices import MORE_ATTACHED
from bot.documents.pages_to_images import draw
from bot.documents.read import read_document
from bot.documents.text.rtf import plain_rtf, unpacked_rtf
from tests.documents.drawn_pages import page, png
from tests.documents.making import letter_eml
from tests.documents.ole_files import ole, outlook_message


def test_a_mail_tells_who_what_and_its_attachments_are_read() -> None:
    document = read_document(letter_eml(), "letter.eml")
    first = document.pages[0].text
    assert first.startswith("**From:** Åsa Öberg <asa@example.com>\n**To:** team@example.com\n**Date:**")
    assert "**Subject:** Grüße aus 北京" in first
    assert "- list.csv (20 bytes)\n- bill.pdf" in first
    assert [page.label for page in document.pages[1:]] == ["list.csv", "bill.pdf"]
    assert document.pages[2].source == ("part:3", "page:1")


def test_mails_in_html_only_and_broken_heads_are_read() -> None:
    html = b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: text/html; charset=latin-1\n\n<p>Gr\xfc\xdfe</p><hidden"
    assert "Grüße" in read_document(html).pages[0].text
    broken = b"From: <<<>>>;;\nTo: =?x?q?=\nDate: never\nSubject: =?utf-8?b?###?=\nContent-Type: bogus\n\nstill here"
    assert "still here" in read_document(broken, "x.eml").pages[0].text


def test_mails_saved_in_utf_16_and_from_a_mailbox_are_read() -> None:
    mail = "From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\nGrüße"
    for data in (
        mail.encode("utf-16"),
        mail.encode("utf-16-le"),
        b"From 12@xxx Wed Jul 16 06:24:10 2008\n" + mail.encode(),
    ):
        document = read_document(data, "letter.eml")
        assert document.kind == "eml"
        assert document.pages[0].text == "**From:** a@b.c\n**To:** d@e.f\n**Subject:** x\n\nGrüße"


def test_blanks_before_the_colon_and_attachments_cut_off_in_the_middle_are_read() -> None:
    mail = (
        "From  : Åsa <a@b.c>\nTo\t: d@e.f\nSubject     : Hello\nDate : Fri, 21 Nov 1997 09:55:06 -0600\n\nNote : kept\n"
    )
    first = read_document(mail.encode(), "x.eml").pages[0].text
    assert first.startswith("**From:** Åsa <a@b.c>\n**To:** d@e.f\n**Date:** Fri, 21 Nov 1997 09:55:06 -0600\n**Subj")
    assert first.endswith("Note : kept")
    head = b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    head += b"Content-Type: text/csv\n"
    head += b"Content-Disposition: attachment; filename=list.csv\nContent-Transfer-Encoding: base64\n\n"
    rows = base64.encodebytes(b"Bolts,7.50\n" * 20).rstrip(b"=\n")
    for cut in range(5):
        data = read_document(head + rows[: len(rows) - cut] + b">\n--b--\n", "x.eml").pages[1].text
        assert data.startswith("Bolts,7.50\nBolts,7.50\n")


def test_a_mail_that_was_saved_without_its_addresses_is_a_mail_by_its_name() -> None:
    mail = b"Content-Type: multipart/mixed;\n\tboundary=b\n\n--b\nContent-Type: text/plain\n\nGood morning\n--b--\n"
    assert read_document(mail, "mixed.eml").pages[0].text == "Good morning"
    assert read_document(mail, "mixed.txt").pages[0].text.startswith("Content-Type")


def test_an_attached_mail_that_was_encoded_is_read() -> None:
    head = b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    head += b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    inner = base64.encodebytes(b"From: g@h.i\nTo: a@b.c\nSubject: within\n\nGood evening\n")
    document = read_document(head + inner + b"\n--b--\n", "x.eml")
    assert document.pages[1].text.endswith("**Subject:** within\n\nGood evening")


def test_every_mail_of_a_mailbox_is_read_with_what_is_attached() -> None:
    one = b"From a@b.c Mon Jul 20 00:01:07 2015\nFrom: a@b.c\nTo: d@e.f\nSubject: %s\n\n%s\n\n"
    box = one % (b"first", b"From time to time\n\nFrom here on") + one % (b"second", b"hello")
    box += b"From a@b.c Mon Jul 20 00:01:07 2015\n" + letter_eml()
    document = read_document(box, "all.mbox")
    assert [page.label for page in document.pages[:2]] == ["message 1", "message 2"]
    assert document.pages[0].text.endswith("**Subject:** first\n\nFrom time to time\n\nFrom here on")
    assert "hello" in document.pages[1].text
    assert document.pages[3].label == "message 3, list.csv"
    assert document.pages[4].source == ("message:2", "part:3", "page:1")


def test_an_old_document_in_a_mail_is_asked_for_by_itself() -> None:
    old = base64.b64encode(ole({"WordDocument": bytes(12)}))
    mail = b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: application/msword; name=old.doc\n"
    notes = read_document(mail + b"Content-Transfer-Encoding: base64\n\n" + old).notes
    assert "by itself" in notes[0]
    assert "LibreOffice" not in notes[0]


def test_an_outlook_message_is_read_with_its_attachment() -> None:
    document = read_document(outlook_message())
    first = document.pages[0].text
    assert document.kind == "msg"
    assert "**From:** Åsa Öberg <asa@example.com>\n**To:** Team\n**Date:** 2026-03" in first
    assert "**Subject:** Delivery late" in first
    assert "Please see the attached list." in first
    assert document.pages[1].label == "list.txt"
    assert document.pages[1].text == "bolts and screws"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("IPM.Contact", "**Company:** Öberg AB\n**E-mail:** asa@example.com"),
        ("IPM.Appointment", "**Start:** 2026-03-02 13:20 UTC\n**Where:** Room 7"),
        ("IPM.Note", ""),
    ],
)
def test_a_contact_and_an_appointment_of_outlook_say_what_they_hold(kind: str, told: str) -> None:
    """Properties from 0x8000 on have the number that the file's own list of names gives them."""
    names = {"IPM.Contact": (0x8083, "asa@example.com"), "IPM.Appointment": (0x8208, "Room 7")}
    own, value = names.get(kind, (0x8083, "somebody@example.com"))
    listed = struct.pack("<IHH", 0x820D, 6, 0) + struct.pack("<IHH", own, 6, 1) + struct.pack("<IHH", 7, 1, 2)
    start = bytes(32) + struct.pack("<HHIQ", 0x40, 0x8000, 6, 134_169_312_000_000_000)
    streams = {
        "__properties_version1.0": start if kind == "IPM.Appointment" else bytes(32),
        "__nameid_version1.0/__substg1.0_00030102": listed.ljust(4096, b"\0"),
        "__substg1.0_001A001F": kind.encode("utf-16-le"),
        "__substg1.0_0037001F": "Åsa".encode("utf-16-le"),
        "__substg1.0_8001001F": value.encode("utf-16-le"),
    }
    if kind == "IPM.Contact":
        streams["__substg1.0_3A16001F"] = "Öberg AB".encode("utf-16-le")
    text = read_document(ole(streams)).pages[0].text
    assert text == "\n".join(part for part in ("**Subject:** Åsa", told) if part)


def test_a_message_attached_to_another_is_read_with_what_is_attached_to_it() -> None:
    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    inner = "__attach_version1.0_#00000000/__substg1.0_3701000D"
    sent = bytes(24) + b"\x40\x00\x39\x00" + bytes(4) + struct.pack("<Q", 134_171_000_000_000_000)
    data = ole(
        {
            "__properties_version1.0": bytes(32),
            "__substg1.0_0037001F": wide("Fwd: Offer"),
            "__substg1.0_1000001F": wide("See below"),
            "__attach_version1.0_#00000000/__substg1.0_3001001F": wide("Offer 12"),
            f"{inner}/__properties_version1.0": sent,
            f"{inner}/__substg1.0_0037001F": wide("Offer 12: März"),
            f"{inner}/__substg1.0_0C1A001F": wide("Öberg, Åsa"),
            f"{inner}/__substg1.0_5D01001F": wide("asa@example.com"),
            f"{inner}/__substg1.0_10130102": b"<p>Price: <b>90 \xe2\x82\xac</b></p><!--" + b" " * 4096 + b"-->",
            f"{inner}/__attach_version1.0_#00000000/__substg1.0_3707001F": wide("plan.png"),
            f"{inner}/__attach_version1.0_#00000000/__substg1.0_37010102": png(page((300, 200), 20)),
        }
    )
    document = read_document(data)
    assert document.pages[0].text.startswith("**Subject:** Fwd: Offer\n\nSee below\n\nAttachments:\n- Offer 12.eml")
    assert document.pages[1].label == "Offer 12.eml, p. 1"
    first, *rest = document.pages[1].text.split("\n")
    assert first.startswith("**From:**")
    assert "Öberg, Åsa" in first
    assert rest[0].startswith("**Date:** ")
    assert rest[0].endswith("2026 12:13:20 +0000")
    assert rest[1:4] == ["**Subject:** Offer 12: März", "", "Price: **90 €**"]
    assert document.pages[2].label == "Offer 12.eml, plan.png"
    drawn = draw(data, [(3, document.pages[2].source, 800)])
    assert [number for number, _ in drawn] == [3]
    assert document.notes == ()


def test_a_damaged_message_says_so() -> None:
    for data in (outlook_message()[:3000], ole({"__properties_version1.0": b"x"})):
        assert read_document(data).notes == ("an Outlook message, which has nothing inside that I can read",)


def test_rtf_keeps_letters_of_any_code_page() -> None:
    assert plain_rtf(rb"{\rtf1\ansicpg936 \'c4\'e3\'ba\'c3\par\u20320\'3f}") == "你好\n\n你"
    assert plain_rtf(rb"{\rtf1 a{\fonttbl hidden}{\*\x hidden}\{b\}\tab c\emdash}") == "a{b}\tc—"


def test_packed_rtf_of_outlook_is_unpacked() -> None:
    # The example of [MS-OXRTFCP] 3.1
    head = "2d0000002b0000004c5a4675f1c5c7a7"
    packed = bytes.fromhex(
        f"{head}03000a0072637067313235423 20af32068656c09002062770 5b06c647d0a800fa0".replace(" ", "")
    )
    assert unpacked_rtf(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked_rtf(b"short") == b""


def test_a_boundary_without_its_quotes_still_parts_the_mail() -> None:
    mail = (
        b"From: a@b.c\nTo: d@e.f\nSubject: x\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed;\n boundary=----=_Part_1.2/3:4\n\n"
        b"------=_Part_1.2/3:4\nContent-Type: text/plain\n\nhello\n"
        b"------=_Part_1.2/3:4\nContent-Type: text/csv; name=B\xfccher im M\xe4rz.csv\n"
        b"Content-Disposition: attachment; filename=B\xfccher im M\xe4rz.csv\n\na,b\n1,2\n------=_Part_1.2/3:4--\n"
    )
    document = read_document(mail)
    assert "hello" in document.pages[0].text
    assert "_Part_" not in document.pages[0].text
    assert document.pages[1].label == "Bücher im März.csv"


@pytest.mark.parametrize(
    ("charset", "subject"),
    [("utf-8", "Grüße aus 北京"), ("latin-1", "Grüße aus Köln"), ("gbk", "会议通知"), ("koi8-r", "Отчёт за март")],
)
def test_raw_letters_in_the_head_are_read_in_the_charset_of_the_body(charset: str, subject: str) -> None:
    head = (
        f"From: Übersicht <a@b.c>\nTo: d@e.f\nSubject: {subject}\n"
        if charset == "latin-1"
        else (f"From: {subject} <a@b.c>\nTo: d@e.f\nSubject: {subject}\n")
    )
    mail = head.encode(charset) + f"Content-Type: text/plain; charset={charset}\n\n{subject}".encode(charset)
    text = read_document(mail).pages[0].text
    assert f"**Subject:** {subject}" in text
    assert "\ufffd" not in text


def test_an_encoded_word_beside_raw_letters_is_read_too() -> None:
    mail = b"From: a@b.c\nTo: d@e.f\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus K\xc3\xb6ln\n\nx"
    assert "Grüße aus Köln" in read_document(mail).pages[0].text


def test_a_web_page_saved_in_one_file_is_read_without_its_styles_and_programs() -> None:
    parts = (
        (
            "text/html",
            "file:///C:/book.htm",
            "<frameset><frame src=1><noframes><p>Uses <b>frames</b></p></noframes></frameset>",
        ),
        ("text/html", "file:///C:/book_files/sheet001.htm", "<table><tr><td>Rent<td>900<tr><td>Heating<td>80</table>"),
        ("text/html", "file:///C:/book_files/stylesheet.css", ".style0 { color: red }"),
        ("text/javascript", "https://example.com/run.js?v=1", "run()"),
        ("text/xml", "file:///C:/book_files/filelist.xml", "<o:File HRef='sheet001.htm'/>"),
        (
            "image/png",
            "https://example.com/pictures/plan.png?size=2",
            base64.b64encode(png(page((300, 200), 20))).decode(),
        ),
    )
    made = "".join(
        f"--=_1\nContent-Type:{kind}\nContent-Location:{place}\n"
        f"Content-Transfer-Encoding: {'base64' if kind == 'image/png' else '8bit'}\n\n{body}\n"
        for kind, place, body in parts
    )
    for more in ("X-Document-Type: Workbook\n", ""):
        head = f'MIME-Version: 1.0\n{more}Content-Type: multipart/related; boundary="=_1"'
        mht = f"{head}\n\nA Web Archive\n{made}--=_1--\n"
        document = read_document(mht.encode(), "book.mht")
        assert document.pages[0].text.startswith(
            "Uses frames\n\n| Rent | 900 |\n| --- | --- |\n| Heating | 80 |\n\nAttachments:\n- plan.png"
        )
        assert [page.label for page in document.pages[1:]] == ["plan.png"]
        assert document.notes == ()
        assert read_document(mht.encode(), "book").kind == "eml", "by its head alone"


def test_what_is_attached_to_a_mail_that_was_forwarded_twice_is_read_and_what_lies_deeper_is_named() -> None:
    def forwarded(inner: bytes, name: str, kind: str) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", f"Fwd: {name}"
        mail.set_content("See below")
        mail.add_attachment(inner, maintype="application", subtype=kind, filename=name)
        return mail.as_bytes()

    data = b"bolts and screws"
    for depth in range(4):
        data = forwarded(data, f"{depth}.eml" if depth else "list.txt", "octet-stream")
        document = read_document(data)
        assert document.pages[-1].text == "bolts and screws", depth
    document = read_document(forwarded(data, "last.eml", "octet-stream"))
    assert document.notes[0].endswith(
        "list.txt: lies in too many files inside each other, so I left it closed; please send it by itself"
    )


@pytest.mark.parametrize(
    "words",
    [
        "=?utf-8?Q?Stiftung_f=C3=BCr_die_Frei?=\n =?utf-8?Q?heit?=",
        "=?utf-8?Q?Stiftung_f=C3?= =?utf-8?b?vHIgZGllIEZyZWloZWl0?=",
        "=?utf-8?B?U3RpZnR1bmcgZsO8ciBkaWU?=\n\t=?UTF-8?b?IEZyZWloZWl0?=",
    ],
)
def test_a_name_in_several_encoded_words_has_no_blanks_between_them(words: str) -> None:
    mail = f"From: {words}\n <noreply@example.org>\nTo: a@example.com\nSubject: {words} =?utf-8?q?!?=\n\nHello"
    first = read_document(mail.encode()).pages[0].text
    assert first.startswith("**From:** Stiftung für die Freiheit <noreply@example.org>\n")
    assert "**Subject:** Stiftung für die Freiheit!\n" in first


def test_mails_of_a_mailbox_without_empty_lines_between_them_are_told_apart() -> None:
    head = "From test{0}@example.com Sun Jul 16 15:06:25 2023\nFrom: a@example.com\nTo: b@example.com\n"
    mail = f"{head}Subject: {{0}}\n\nBody\n"
    box = mail.format(1) + "From here on\n" + mail.format(2)
    pages = read_document(box.encode(), "a.mbox").pages
    assert [page.text.split("\n")[2:] for page in pages] == [
        ["**Subject:** 1", "", "Body", "From here on"],
        ["**Subject:** 2", "", "Body"],
    ]


def test_a_raw_letter_in_an_encoded_body_does_not_cost_the_mail() -> None:
    head = b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: text/plain; charset=utf-8\n"
    body = base64.b64encode(b"Words that are there")
    text = (
        read_document(head + b"Content-Transfer-Encoding: base64\n\n" + body[:12] + b"\xe9\n" + body[12:-1])
        .pages[0]
        .text
    )
    assert text.startswith("**From:** a@b.c")
    assert "Words" in text


def test_a_mail_with_very_many_attachments_says_how_many_were_read() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.com", "All of them"
    mail.set_content("See the files.")
    for at in range(230):
        mail.add_attachment(f"word{at}", filename=f"{at}.txt")
    in_outlook = {f"__attach_version1.0_#{at:08X}/__substg1.0_3707001F": f"{at}.txt" for at in range(120)}
    in_outlook |= {"__substg1.0_0037001F": "All of them", "__substg1.0_1000001F": "See the files."}
    storages = {name: value.encode("utf-16-le") for name, value in in_outlook.items()}
    for data, count in ((bytes(mail), 198), (ole({"__properties_version1.0": bytes(32), **storages}), 100)):
        document = read_document(data)
        assert MORE_ATTACHED.format(count=count) in document.notes
        assert document.pages[0].text.count(".txt") == count
