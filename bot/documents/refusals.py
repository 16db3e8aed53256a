"""Why a document cannot be read, in words for people. Each completes the sentence “report.pdf: …”."""

from bot.errors import FileBroken, FileTooLarge, FileUnsupported
from bot.words import text

DAMAGED = text("damaged or cut off; please export it again")
UNPACKS_TOO_LARGE = text("unpacks to far more than a document needs, so I left it closed")
ENTITIES = text("holds XML entity declarations, which I don't open; please export it again")
NO_OFFICE = text(
    "{name}, which this app can't open without LibreOffice; please save it as {better} or PDF and send that"
)
UNREADABLE = text("{name}, which I can't read; please send it as PDF, Office file, text or picture")
EMPTY = text("empty")
WRONG_CONTENT = text("{name}, which has nothing inside that I can read")


def damaged(detail: str) -> FileBroken:
    return FileBroken(detail, user_message=DAMAGED)


def too_large(detail: str) -> FileTooLarge:
    return FileTooLarge(detail, user_message=UNPACKS_TOO_LARGE)


def unsupported(kind: str, name: str) -> FileUnsupported:
    return FileUnsupported(kind, user_message=UNREADABLE, fields={"name": name})
