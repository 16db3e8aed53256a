"""Lists the kinds of file that the bot knows, each with the words that a person would use for it."""

from dataclasses import dataclass
from typing import Literal

from bot.words import text

Family = Literal["image", "document", "text", "archive", "video", "audio", "program", "other"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `kind` is a stable short word for code; `name` completes “this is …” for people."""

    kind: str
    family: Family
    name: str

    @property
    def is_image(self) -> bool:
        return self.family == "image"


_ROWS: tuple[tuple[Family, tuple[tuple[str, str], ...]], ...] = (
    (
        "image",
        (
            ("png", text("a PNG picture")),
            ("jpeg", text("a JPEG picture")),
            ("gif", text("a GIF")),
            ("webp", text("a WebP picture")),
            ("bmp", text("a BMP picture")),
            ("tiff", text("a TIFF picture")),
            ("avif", text("an AVIF picture")),
            ("heic", text("a HEIC photo")),
            ("jp2", text("a JPEG 2000 picture")),
            ("svg", text("an SVG drawing")),
        ),
    ),
    (
        "document",
        (
            ("pdf", text("a PDF")),
            ("docx", text("a Word document")),
            ("xlsx", text("an Excel workbook")),
            ("pptx", text("a PowerPoint presentation")),
            ("odt", text("an OpenDocument text")),
            ("ods", text("an OpenDocument spreadsheet")),
            ("odp", text("an OpenDocument presentation")),
            ("fodt", text("an OpenDocument text")),  # as one XML file
            ("fods", text("an OpenDocument spreadsheet")),
            ("fodp", text("an OpenDocument presentation")),
            ("odg", text("an OpenDocument drawing")),
            ("fodg", text("an OpenDocument drawing")),
            ("sxw", text("an OpenOffice 1 text")),
            ("sxc", text("an OpenOffice 1 spreadsheet")),
            ("sxi", text("an OpenOffice 1 presentation")),
            ("sxd", text("an OpenOffice 1 drawing")),
            ("key", text("a Keynote presentation")),
            ("numbers", text("a Numbers spreadsheet")),
            ("pages", text("a Pages document")),
            ("vsdx", text("a Visio drawing")),
            ("vsd", text("an old Visio drawing (.vsd)")),
            ("word-xml", text("a Word document")),  # the XML of Office 2003, or an OOXML package as one XML file
            ("excel-xml", text("an Excel workbook")),
            ("xlsb", text("a binary Excel workbook")),
            ("doc", text("an old Word document (.doc)")),
            ("xls", text("an old Excel workbook (.xls)")),
            ("ppt", text("an old PowerPoint presentation (.ppt)")),
            ("wpd", text("a WordPerfect document")),
            ("msg", text("an Outlook message")),
            ("tnef", text("a message in Outlook's own form (winmail.dat)")),
            ("encrypted", text("an Office file with a password")),
            ("ole", text("an old Office file")),
            ("epub", text("an e-book")),
            ("rtf", text("an RTF document")),
            ("html", text("a web page")),
        ),
    ),
    ("text", (("text", text("a text file")), ("xml", text("an XML file")))),
    (
        "archive",
        (
            ("zip", text("a ZIP archive")),
            ("gzip", text("a gzip archive")),
            ("7z", text("a 7-Zip archive")),
            ("rar", text("a RAR archive")),
            ("tar", text("a tar archive")),
            ("bzip2", text("a bzip2 archive")),
            ("xz", text("an xz archive")),
            ("zstd", text("a Zstandard archive")),
        ),
    ),
    ("video", (("video", text("a video")),)),
    ("audio", (("audio", text("an audio file")),)),
    ("program", (("program", text("a program")),)),
    (
        "other",
        (
            ("jxl", text("a JPEG XL picture")),
            ("emf", text("a Windows drawing (EMF)")),
            ("wmf", text("a Windows drawing (WMF)")),
            ("psd", text("a Photoshop file")),
            ("ico", text("an icon file")),
            ("font", text("a font")),
            ("sqlite", text("a database file")),
            ("empty", text("an empty file")),
            ("unknown", text("a kind of file I don't know")),
        ),
    ),
)

KINDS = {kind: Kind(kind, family, name) for family, rows in _ROWS for kind, name in rows}
