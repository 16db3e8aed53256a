"""Finds the kind of a file from its bytes. The name is used only when the bytes fit several kinds.

Names are often wrong, and so are the mimetypes of Slack. The module reads a limited part of the file and decodes
nothing, so it is fast and safe on the event loop.
"""

import re

from bot.documents.detect.file_types import KINDS, Kind
from bot.documents.detect.ole_root import root_streams
from bot.documents.detect.zip_kind import zip_kind

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"II+\x00", "tiff"),
    (0, b"MM\x00+", "tiff"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\xffWPC", "wpd"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x09\x00\x04\x00", "xls"),  # Excel 2, 3 and 4, which wrote no OLE container
    (0, b"\x09\x02\x06\x00", "xls"),
    (0, b"\x09\x04\x06\x00", "xls"),
    (257, b"ustar", "tar"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, b"FLV\x01", "video"),
    (0, b"\x00\x00\x01\xba", "video"),
    (0, b"\x00\x00\x01\xb3", "video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video"),
    (0, b"ID3", "audio"),
    (0, b"OggS", "audio"),
    (0, b"fLaC", "audio"),
    (0, b"#!AMR", "audio"),
    (0, b"MThd", "audio"),
    (0, b"\x7fELF", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"\xca\xfe\xba\xbe", "program"),
    (0, b"8BPS", "psd"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (0, b"\xff\x4f\xff\x51", "jp2"),  # the bare codestream, without a container
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (0, b"\xff\x0a", "jxl"),
    (40, b" EMF\x00\x00\x01\x00", "emf"),
    (0, b"\xd7\xcd\xc6\x9a", "wmf"),
    (0, b"\x01\x00\x09\x00\x00\x03", "wmf"),  # without the placeable header
    (0, b"\x00\x00\x01\x00", "ico"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
    (0, b"OTTO", "font"),
    (0, b"\x00\x01\x00\x00\x00", "font"),
    (0, b"SQLite format 3\x00", "sqlite"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "audio", b"AVI ": "video"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P "}

# Documents that are one XML file.
_FLAT_HEAD = 16 * 1024
_FLAT_ODF = rb"<office:document\s[^<]*office:mimetype=[\"']application/vnd\.oasis\.opendocument\."
_FLAT = (
    (re.compile(_FLAT_ODF + b"text"), "fodt"),
    (re.compile(_FLAT_ODF + b"spreadsheet"), "fods"),
    (re.compile(_FLAT_ODF + b"presentation"), "fodp"),
    (re.compile(_FLAT_ODF + b"graphics"), "fodg"),
    (re.compile(rb"<\w+:wordDocument\s[^<]*schemas\.microsoft\.com/office/word/2003/wordml"), "word-xml"),
    (re.compile(rb"progid=\"Word\.Document\"\s*\?>\s*<pkg:package\s"), "word-xml"),
    (re.compile(rb"<(?:\w+:)?Workbook\s[^<]*urn:schemas-microsoft-com:office:spreadsheet"), "excel-xml"),
)
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("__properties_version1.0", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("PP40", "ppt"),  # PowerPoint 4
    ("VisioDocument", "vsd"),
    ("Workbook", "xls"),
    ("Book", "xls"),  # Excel 5 and 95
)
_TAR_SUM = re.compile(rb" *([0-7]{1,7})[ \0]")
_TEXT_CONTROLS = {8, 9, 10, 12, 13, 14, 15, 27}
_TEXT_NAMES = (
    ".csv", ".tsv", ".tab", ".txt", ".log", ".md", ".markdown", ".json", ".jsonl", ".ndjson", ".xml", ".yaml", ".yml",
    ".ini", ".cfg", ".conf", ".toml", ".sql", ".eml", ".mbox", ".py", ".js", ".ts", ".java", ".c", ".h", ".cpp", ".sh",
    ".out", ".err", ".srt", ".vtt", ".tex",
)  # fmt: skip
_HEAD = 64 * 1024
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_SVG = re.compile(rb"<(?:[\w-]+:)?svg[\s>/]")
_PROLOGUE = re.compile(rb"^(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*", re.IGNORECASE | re.DOTALL)
_SLACK_LOGIN = re.compile(rb"slack\.com|slack-edge\.com|data-team-name|signin", re.IGNORECASE)


def sniff(data: bytes, name: str = "") -> Kind:
    """Return the kind of the file; never fail. The kind is `unknown` when nothing fits."""
    if not data:
        return KINDS["empty"]
    head = data[:_HEAD]
    found = (
        _by_magic(head)
        or _by_tar_sum(head)
        or _by_container(data, head, name)
        or _by_markup(head, name)
        or _by_loose_magic(head)
    )
    if found is None:
        found = "text" if _is_text(head, name) else "unknown"
    return KINDS[found]


def is_slack_login_page(data: bytes) -> bool:
    """Say whether this is Slack's sign-in page. Slack answers a download without permission with it and with status
    200.
    """
    return sniff(data).kind == "html" and _SLACK_LOGIN.search(data[:_HEAD]) is not None


def is_cut_short_rtf(data: bytes) -> bool:
    """Say whether the last brace of the RTF is missing, so that its end may be missing too."""
    return not data.rstrip(b"\0\x1a \r\n\t").endswith(b"}")


def _by_magic(head: bytes) -> str | None:
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    return None


def _by_tar_sum(head: bytes) -> str | None:
    """Recognise a tar archive from before 1988: it has no signature, but a checksum over its first header."""
    stated = _TAR_SUM.match(head, 148)
    if len(head) < 512 or stated is None or not head[0]:
        return None
    return "tar" if int(stated[1], 8) == sum(head[:148]) + sum(head[156:512]) + 8 * 32 else None


def _by_container(data: bytes, head: bytes, name: str) -> str | None:
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    if head[4:8] in {b"moov", b"mdat", b"wide"}:
        return "video"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_kind(data, name)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(data)
    return None


def _by_brands(head: bytes) -> str:
    """Tell ISO media files (HEIC, AVIF, MP4, MOV, M4A) apart by their brands, their only difference."""
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[8:12], *(head[i : i + 4] for i in range(16, length, 4))]
    if brands[0] in _AUDIO_BRANDS:
        return "audio"
    # AVIF files name mif1 as a compatible brand too, so AVIF is checked first.
    if any(brand in _AVIF_BRANDS for brand in brands):
        return "avif"
    return "heic" if any(brand in _HEIF_BRANDS for brand in brands) else "video"


def _by_markup(head: bytes, name: str) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"<"):
        return None
    prologue = _PROLOGUE.match(text)
    body = text[prologue.end() :] if prologue else text
    if _SVG.match(body):
        return "svg"
    if _HTML.match(body) or _HTML.match(text) or _HTML.search(text[:2048]):
        return "html"
    if flat := next((kind for mark, kind in _FLAT if mark.search(text[:_FLAT_HEAD])), None):
        return flat
    if text.startswith(b"<?xml"):
        return "xml"
    return "html" if name.lower().endswith((".html", ".htm")) else None


def _by_loose_magic(head: bytes) -> str | None:
    """Check short signatures. They also occur in other files by chance, so they are checked last."""
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if (
        head.startswith(b"BM")
        and len(head) >= 26
        and head[6:10] == b"\0\0\0\0"
        and head[14] in {12, 40, 52, 56, 108, 124}
    ):
        return "bmp"
    if head.startswith(b"MZ") and b"\0" in head[:128]:
        return "program"
    # MPEG audio frame, AAC in ADTS
    if (
        head[:1] == b"\xff"
        and len(head) > 3
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x06 != 0
        and head[2] & 0xF0 != 0xF0
    ):
        return "audio" if not head.startswith(b"\xff\xfe") else None
    if head[:2] in {b"\xff\xf1", b"\xff\xf9"}:
        return "audio"
    return None


def _ole_kind(data: bytes) -> str:
    """Recognise an OLE file by its top-level streams. If the list of streams is damaged, search the file for their
    names in UTF-16.
    """
    names = root_streams(data)
    if names:
        folded = {name.casefold() for name in names}
        return next((kind for stream, kind in _OLE_STREAMS if stream.casefold() in folded), "ole")
    return next((kind for stream, kind in _OLE_STREAMS if stream.encode("utf-16-le") in data), "ole")


def _is_text(head: bytes, name: str) -> bool:
    """Say whether the file is text. A few control characters are allowed, and more when the name is that of a text
    file.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(head.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
    if not controls:
        return True
    is_named = name.lower().endswith(_TEXT_NAMES)
    if 0 not in head and controls <= len(head) // 200:
        return True
    if controls > max(2, len(head) // (20 if is_named else 200)):
        return False
    return is_named or _is_mostly_letters(head)


def _is_mostly_letters(head: bytes) -> bool:
    """Say whether the bytes are UTF-8, which may be cut anywhere, or mostly ASCII."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return len(head) >= 32 and sum(32 <= byte < 127 for byte in head) > 0.95 * len(head)
    return len(head) >= 8
