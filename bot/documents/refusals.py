"""Why a document cannot be read, in words for people. Each completes the sentence “report.pdf: …”."""

from bot.errors import FileBroken, FileError, FileTooLarge, FileUnsupported

LOCKED = "needs a password to open; please send a copy without one"
DAMAGED = "damaged or cut off; please export it again"
NOT_INSIDE = "damaged or cut off: {name} that I can't open; please export it again"
UNPACKS_TOO_LARGE = "unpacks to far more than a document needs, so I left it closed"
ENTITIES = "holds XML entity declarations, which I don't open; please export it again"
TOO_DEEP = "nested too deeply to read"
NO_OFFICE = "{name}, which this app can't open without LibreOffice; please save it as {better} or PDF and send that"
UNREADABLE = "{name}, which I can't read; please send it as PDF, Office file, text or picture"
EMPTY = "empty"
WRONG_CONTENT = "{name}, which has nothing inside that I can read"


class FileProtected(FileError):
    """It is encrypted and nobody gave us the password."""

    user_message = LOCKED


def damaged(detail: str) -> FileBroken:
    return FileBroken(detail, user_message=DAMAGED)


def too_large(detail: str) -> FileTooLarge:
    return FileTooLarge(detail, user_message=UNPACKS_TOO_LARGE)


def unsupported(kind: str, name: str) -> FileUnsupported:
    return FileUnsupported(kind, user_message=UNREADABLE.format(name=name))
