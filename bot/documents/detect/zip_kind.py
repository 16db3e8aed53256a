"""Tells ZIP files apart: Office files, OpenDocument files, e-books and Apple's documents are ZIP files too."""

import io
import re
import zipfile

from bot.documents.detect.zip_directory import ZIP_ERRORS, directory_bytes

_OOXML = (
    (b"wordprocessingml", "docx"),
    (b"ms-word.", "docx"),
    (b"ms-excel.sheet.binary", "xlsb"),
    (b"spreadsheetml", "xlsx"),
    (b"ms-excel.", "xlsx"),
    (b"presentationml", "pptx"),
    (b"ms-powerpoint.", "pptx"),
    (b"ms-visio.", "vsdx"),
)
_ODF = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
    (b"application/vnd.oasis.opendocument.graphics", "odg"),
    (b"application/vnd.sun.xml.writer", "sxw"),  # OpenOffice 1
    (b"application/vnd.sun.xml.calc", "sxc"),
    (b"application/vnd.sun.xml.impress", "sxi"),
    (b"application/vnd.sun.xml.draw", "sxd"),
    (b"application/epub+zip", "epub"),
)
# Parts of Apple's documents: the document itself (the newer and the older form), and parts that tell it from an archive
# of a web site, which has an index.xml too.
_IWORK = {"Index/Document.iwa", "Index.zip", "index.apxl", "index.apxl.gz", "index.xml", "index.xml.gz"}
_IWORK_HISTORY = {"Metadata/BuildVersionHistory.plist", "buildVersionHistory.plist", "QuickLook/Thumbnail.jpg"}
_IWORK_KINDS = {"key", "numbers", "pages"}
# Of a directory: reading 20 MB of it would block the event loop for seconds.
_ZIP_DIRECTORY_LIMIT = 2 * 1024 * 1024


def zip_kind(data: bytes, name: str) -> str:
    """Return the kind of a file that begins like a ZIP archive. The name decides when the bytes leave it open."""
    size = directory_bytes(data)
    if size is None or size > _ZIP_DIRECTORY_LIMIT:
        return "zip"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _office_kind(archive) or _iwork_kind(archive.namelist(), name) or "zip"
    except ZIP_ERRORS:
        return "zip"


def _office_kind(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    content_types = next((name for name in names if name.lower() == "[content_types].xml"), None)
    if content_types is not None:
        types = _member(archive, content_types)
        main = b" ".join(re.findall(rb'ContentType="([^"]*main\+xml|[^"]*\.main)"', types))
        return next((kind for mark, kind in _OOXML if mark in main), None)
    if "mimetype" in names:
        mimetype = _member(archive, "mimetype").strip()
        return next((kind for mark, kind in _ODF if mimetype.startswith(mark)), None)
    return None


def _iwork_kind(names: list[str], name: str) -> str | None:
    """Tell Keynote, Numbers and Pages apart. They write the same parts, so the file name decides; without it, only
    Keynote can be recognised, by its slides.
    """
    if not _IWORK.intersection(names) or not _IWORK_HISTORY.intersection(names):
        return None
    ending = name.rpartition(".")[2].lower()
    if ending in _IWORK_KINDS:
        return ending
    is_keynote = any(part.startswith(("Index/Slide", "index.apxl")) for part in names)
    return "key" if is_keynote else "pages"


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(1024 * 1024)
