"""The kinds of file the bot can tell apart, each with the words a person would use for it."""

from dataclasses import dataclass
from typing import Literal

Family = Literal["image", "document", "text", "archive", "video", "audio", "program", "other"]


@dataclass(frozen=True, slots=True)
class Kind:
    """`kind` is a stable short word for code, `name` completes “this is …” for people."""

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
            ("png", "a PNG picture"),
            ("jpeg", "a JPEG picture"),
            ("gif", "a GIF"),
            ("webp", "a WebP picture"),
            ("bmp", "a BMP picture"),
            ("tiff", "a TIFF picture"),
            ("avif", "an AVIF picture"),
            ("heic", "a HEIC photo"),
            ("svg", "an SVG drawing"),
        ),
    ),
    (
        "document",
        (
            ("pdf", "a PDF"),
            ("docx", "a Word document"),
            ("xlsx", "an Excel workbook"),
            ("pptx", "a PowerPoint presentation"),
            ("odt", "an OpenDocument text"),
            ("ods", "an OpenDocument spreadsheet"),
            ("odp", "an OpenDocument presentation"),
            ("xlsb", "a binary Excel workbook"),
            ("doc", "an old Word document (.doc)"),
            ("xls", "an old Excel workbook (.xls)"),
            ("ppt", "an old PowerPoint presentation (.ppt)"),
            ("msg", "an Outlook message"),
            ("encrypted", "an Office file with a password"),
            ("ole", "an old Office file"),
            ("epub", "an e-book"),
            ("rtf", "an RTF document"),
            ("html", "a web page"),
        ),
    ),
    ("text", (("text", "a text file"), ("xml", "an XML file"))),
    (
        "archive",
        (
            ("zip", "a ZIP archive"),
            ("gzip", "a gzip archive"),
            ("7z", "a 7-Zip archive"),
            ("rar", "a RAR archive"),
            ("tar", "a tar archive"),
            ("bzip2", "a bzip2 archive"),
            ("xz", "an xz archive"),
            ("zstd", "a Zstandard archive"),
        ),
    ),
    ("video", (("video", "a video"),)),
    ("audio", (("audio", "an audio file"),)),
    ("program", (("program", "a program"),)),
    (
        "other",
        (
            ("psd", "a Photoshop file"),
            ("ico", "an icon file"),
            ("font", "a font"),
            ("sqlite", "a database file"),
            ("empty", "an empty file"),
            ("unknown", "a kind of file I don't know"),
        ),
    ),
)

KINDS = {kind: Kind(kind, family, name) for family, rows in _ROWS for kind, name in rows}
