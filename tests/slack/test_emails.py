"""An e-mail that came into a channel becomes a mail file with all that people see of it in Slack."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest

from bot.slack.emails import FILES, NO_BODY, NOT_FETCHED, ORIGIN, Body, attached_files, mail_file, shown_body

PAGE = Body(b"<p>The invoice 4711 is due.</p>", is_html=True)
# The fields that Slack recorded in https://github.com/seratch/jslack/issues/267, with other values.
ABOUT: dict[str, Any] = {
    "id": "F1",
    "title": "Fwd: Newsletter",
    "subject": "Fwd: Newsletter – Ökonomie",
    "from": [{"address": "kimmo@example.com", "name": "Kimmo Sorämäki", "original": "Kimmo <kimmo@example.com>"}],
    "to": [{"address": "", "name": "Email", "original": "Email <>"}, {"address": "b@example.com", "name": ""}],
    "cc": [],
    "headers": {"date": "Wed, 22 Mar 2023 16:20:37 +0900", "reply_to": None},
    "attachments": [{"filename": "Newsletter 42.pdf", "size": 5, "mimetype": "", "url": f"{ORIGIN}T1-F1/n.pdf"}],
    "plain_text": "The invoice",
    "has_more": True,
}  # fmt: skip


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def test_sender_recipients_date_and_subject_stand_in_the_head() -> None:
    lines = mail_file(ABOUT, PAGE, ()).decode().splitlines()
    assert lines[:4] == [
        "From: Kimmo Sorämäki <kimmo@example.com>",
        "To: Email, b@example.com",
        "Date: Wed, 22 Mar 2023 16:20:37 +0900",
        "Subject: Fwd: Newsletter – Ökonomie",
    ]


def test_the_page_and_the_attachments_are_its_parts() -> None:
    (file,) = attached_files(ABOUT)
    body, attached = read(mail_file(ABOUT, PAGE, [(file, b"%PDF-")])).iter_parts()
    assert (body.get_content_type(), body.get_payload(decode=True)) == ("text/html", PAGE.data)
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("Newsletter 42.pdf", b"%PDF-")


def test_the_same_mail_has_the_same_bytes() -> None:
    assert mail_file(ABOUT, PAGE, ()) == mail_file(ABOUT, PAGE, ())


def test_attachments_are_fetched_from_the_host_that_may_get_the_token() -> None:
    assert [file.url for file in attached_files(ABOUT)] == [f"{FILES}T1-F1/n.pdf"]
    elsewhere = {"attachments": [{"url": "https://evil.example/files-email-priv/a b.pdf?x=/y"}]}
    (file,) = attached_files(elsewhere)
    assert (file.url, file.name) == ("https://evil.example/files-email-priv/a b.pdf?x=/y", "a b.pdf")


def test_without_its_page_a_mail_has_the_words_that_slack_shows() -> None:
    assert shown_body(ABOUT).data.startswith(b"The invoice\n\n[Slack gives only the beginning")
    assert shown_body({"preview": "<b>Hi</b>", "plain_text": "Hi"}) == Body(b"<b>Hi</b>", is_html=True)
    assert shown_body({"preview": "", "plain_text": "", "has_more": True}) == Body(NO_BODY.encode(), is_html=False)


def test_a_line_of_ours_fits_a_page_of_any_charset() -> None:
    noted = PAGE.noting(NOT_FETCHED.format(names="Größe <1>.pdf"))
    line = b"\n<p>[Attached, but could not be fetched: Gr&#246;&#223;e &lt;1&gt;.pdf]</p>"
    assert noted.data == PAGE.data + line
    assert Body(b"<BODY>Hi</BODY>", is_html=True).noting("a").data == b"<BODY>Hi\n<p>a</p></BODY>"


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"from": None, "to": "a@b", "cc": [None, 1, {}], "headers": [], "subject": 5, "attachments": {}},
        {"from": [{"address": None, "name": None}], "attachments": [None, {"filename": 1, "size": "9", "url": None}]},
    ],
)
def test_fields_of_other_types_are_left_out(odd: dict[str, Any]) -> None:
    files = [(file, b"x") for file in attached_files(odd)]
    assert list(read(mail_file(odd, PAGE, files)).keys()) == ["MIME-Version", "Content-Type"]


def test_no_field_can_begin_another() -> None:
    hostile = {
        "subject": "a\r\nBcc: x@evil.example\n\nbody",
        "from": [{"name": 'A"\nTo: y', "address": "a@b\n\n"}],
        "attachments": [{"filename": 'a"; filename="b\r\nX-Evil: 1', "url": ""}],
    }
    mail = read(mail_file(hostile, PAGE, [(file, b"x") for file in attached_files(hostile)]))
    assert mail.keys() == ["From", "Subject", "MIME-Version", "Content-Type"]
    assert [part.keys() for part in mail.iter_parts()][1] == [
        "Content-Type", "Content-Disposition", "Content-Transfer-Encoding",
    ]  # fmt: skip
