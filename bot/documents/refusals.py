"""Texts that tell people why a document cannot be read. Each text completes the sentence “report.pdf: …”."""

from bot.errors import FileBroken, FileError, FileTooLarge, FileUnsupported
from bot.words import text

DAMAGED = text("damaged or cut off; please export it again")
ENDED_READING = text(
    "ended my reader, because it is damaged or takes more memory than I have; please export it again, or send only "
    "the part that matters"
)
UNPACKS_TOO_LARGE = text(
    "unpacks to more than {most} MB, far more than a document needs, so I left it closed; "
    "please send only the part that matters, or a PDF of it"
)
MOST_UNPACKED_MB = 600
ENTITIES = text("holds XML entity declarations, which I don't open; please export it again")
NO_OFFICE = text(
    "{name}, which this app can't open without LibreOffice; please save it as {better} or PDF and send that"
)
SEND_ALONE = text("{name}, which I can't open inside another file; please send it by itself, best as {better} or PDF")
UNREADABLE = text("{name}, which I can't read; please send it as PDF, Office file, text or picture")
NEVER_OPENED = text("{name}, which I never open")
UNHEARD = text("{name}; I can't listen; please send what is said as text")
NO_DATABASE = text("{name}, which I can't read; please send the tables as CSV or Excel")
NO_ARCHIVE = text("{name}, which I can't open; please send a ZIP, or the files by themselves")
NO_VIDEO = text("{name}; please send the pictures of it that matter")
NO_FONT = text("{name}, which I can't read")
EMPTY = text("empty, 0 bytes; please check that it was saved and uploaded whole, and send it again")
WRONG_CONTENT = text("{name}, which has nothing inside that I can read")
NOT_OPENED = text("an archive inside a file; I left it closed")
TOO_DEEP = text("lies in too many files inside each other, so I left it closed; please send it by itself")
LEFT_CLOSED = text("left closed, because something in this file could not be read safely")
TOO_LARGE_INSIDE = text("too large to be read from an archive (up to {most} MB each); please send it by itself")

NOT_AS_NAMED = text(
    "named as a {ending} file, but what is inside is none: damaged, or locked by a program; please export it again"
)
ODD_FORM = text("{name} in a form that I can't open; please send it as PNG or JPEG")
NO_SUCH_PICTURE = text("{name}, which I can't open; please send it as PNG or JPEG")
NOT_A_PICTURE = text("not a picture: it is {name}")
NO_HEIC = text("a HEIC photo, which this app can't open; please send it as JPEG")
TOO_MANY_PIXELS = text("too many pixels ({width} × {height}); please send it smaller, or only the part that matters")
NO_SVG = text("an SVG drawing, which this app can't draw; please export it as PNG")
DAMAGED_SVG = text("damaged, or not an SVG drawing; please export it as PNG")
SVG_ENTITIES = text("an SVG drawing with entity declarations, which I don't open; please export it as PNG")


_ENDINGS = {
    "pdf", "doc", "docx", "xls", "xlsx", "xlsb", "ppt", "pptx", "odt", "ods", "odp", "odg", "rtf", "epub", "msg", "vsd",
    "vsdx", "zip", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif", "jp2",
}  # fmt: skip
_PICTURES = {"jxl", "psd", "ico", "emf", "wmf"}
# The advice depends on the kind of the file. For a program there is none.
_BY_KIND = {
    **dict.fromkeys(_PICTURES, NO_SUCH_PICTURE),
    "program": NEVER_OPENED,
    "audio": UNHEARD,
    "video": NO_VIDEO,
    "sqlite": NO_DATABASE,
    "font": NO_FONT,
    **dict.fromkeys(("7z", "rar", "tar", "gzip", "bzip2", "xz", "zstd", "zip"), NO_ARCHIVE),
}


def damaged(detail: str) -> FileBroken:
    """Return the error for a damaged file. `detail` is for the log only."""
    return FileBroken(detail, user_message=DAMAGED)


def too_large(detail: str) -> FileTooLarge:
    """Return the error for a file that unpacks to too many bytes. `detail` is for the log only."""
    return FileTooLarge(detail, user_message=UNPACKS_TOO_LARGE, fields={"most": MOST_UNPACKED_MB})


def unknown(file_name: str, name: str) -> FileError:
    """Return the error for a file whose bytes no reader knows, also when its name promises a known format."""
    ending = file_name.rpartition(".")[2].lower()
    if ending in _ENDINGS:
        return FileBroken("not as named", user_message=NOT_AS_NAMED, fields={"ending": ending.upper()})
    return unsupported("unknown", name)


def unsupported(kind: str, name: str) -> FileUnsupported:
    """Return the error for a kind of file that the bot does not read. `name` is the kind in words for people."""
    return FileUnsupported(kind, user_message=_BY_KIND.get(kind, UNREADABLE), fields={"name": name})
