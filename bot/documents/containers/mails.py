"""Mails and mailboxes as pages: head, body, a list of the attachments, then what each attachment holds."""

from collections.abc import Callable

from bot.core.document import Document
from bot.documents.containers.mail import Letter, messages, read_eml
from bot.documents.containers.outlook import read_msg
from bot.documents.containers.tnef import read_tnef
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import MORE_MAILS
from bot.documents.text.text import add_in_pages
from bot.errors import FileError

LETTERS: dict[str, Callable[[bytes, Draft], Letter]] = {"msg": read_msg, "tnef": read_tnef}
Inside = Callable[[bytes, str], Document]
"""Reads a file by its bytes and its name, for instance an attachment. Raises FileError."""
_MOST_MAILS = 100


def add_mails(data: bytes, draft: Draft, inside: Inside) -> None:
    """Add one mail to the draft. The mails of a mailbox are read as if they were files inside it."""
    mails = messages(data)
    if len(mails) == 1:
        add_letter(read_eml(data, draft), draft, inside)
        return
    for at, mail in enumerate(draft.deadline.each(mails[:_MOST_MAILS])):
        try:
            draft.add_document(inside(mail, "message.eml"), f"message {at + 1}", (f"message:{at}",))
        except FileError as error:
            draft.note(f"message {at + 1}: {error.user_message}")
    if len(mails) > _MOST_MAILS:
        draft.note(MORE_MAILS.format(read=_MOST_MAILS, count=len(mails)))


def add_letter(letter: Letter, draft: Draft, inside: Inside) -> None:
    listed = [f"- {attachment.name} ({len(attachment.data):,} bytes)" for attachment in letter.attachments]
    attached = "Attachments:\n" + "\n".join(listed) if listed else ""
    add_in_pages("\n\n".join(part for part in (letter.head, letter.body.strip("\n"), attached) if part), draft)
    for attachment in draft.deadline.each(letter.attachments):
        try:
            draft.add_document(inside(attachment.data, attachment.name), attachment.name, (attachment.place,))
        except FileError as error:
            draft.note(f"{attachment.name}: {error.user_message}")
