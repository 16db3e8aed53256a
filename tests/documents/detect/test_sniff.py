import io
import struct
import tarfile
import zipfile

import pytest

from bot.documents.detect.file_types import KINDS
from bot.documents.detect.sniff import is_slack_login_page, sniff
from bot.documents.read import read_document
from bot.errors import FileUnsupported
from tests.cost import EVENLY, cost_s, growth
from tests.documents.drawn_pages import quarters, saved
from tests.documents.ole_files import ole as ole_file

LOGIN = (
    b'<!DOCTYPE html><html lang="en-US" class="" data-primer>\n<head><script>window.ts_endpoint_url = '
    b'"https://slack.com/beacon/timing";</script><title>Sign in | Slack</title></head><body></body></html>'
)


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def office(content_type: str) -> bytes:
    types = f'<Types><Default Extension="xml"/><Override PartName="/x.xml" ContentType="{content_type}"/></Types>'
    return zipped(**{"x.xml": "<x/>", "[Content_Types].xml": types})


def ole(stream: str) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Root Entry".encode("utf-16-le") + stream.encode("utf-16-le")
    )


def flat(kind: str) -> bytes:
    """An OpenDocument file as one XML file."""
    mimetype = f'office:mimetype="application/vnd.oasis.opendocument.{kind}"'
    return f"<?xml version='1.0'?><office:document xmlns:office='o' {mimetype}><office:body/>".encode()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    return out.getvalue()


def old_tar() -> bytes:
    """As they were before 1988, without a signature."""
    head = b"a".ljust(100, b"\0") + b"0000644\0" * 3 + b"00000000000\0" * 2 + b" " * 8 + bytes(356)
    return head[:148] + b"%06o\0 " % sum(head) + head[156:] + bytes(1024)


def test_a_wrong_sum_and_a_web_site_in_an_archive_are_no_tar_and_none_of_apples() -> None:
    assert sniff(old_tar().replace(b"a", b"b", 1)).kind == "unknown"
    assert sniff(bytes(2000)).kind == "unknown"
    assert sniff(zipped(**{"index.xml": "<site/>", "about.xml": "<page/>"}), "site.pages").kind == "zip"


def test_numbers_and_pages_of_apple_are_told_by_their_names() -> None:
    parts = zipped(**{"Index/Document.iwa": "x", "Metadata/BuildVersionHistory.plist": "x"})
    assert [sniff(parts, name).kind for name in ("a.numbers", "A.PAGES", "a.key", "a")] == [
        "numbers",
        "pages",
        "key",
        "pages",
    ]


def test_an_old_office_file_is_what_lies_at_its_top() -> None:
    inside = {"MBD0/WordDocument": b"x", "MBD0/__properties_version1.0": b"x"}
    assert sniff(ole_file({"Workbook": b"x", **inside})).kind == "xls"
    assert sniff(ole_file({"BOOK": b"x", **inside})).kind == "xls"
    assert sniff(ole_file({"__properties_version1.0": b"x", "at/WordDocument": b"x"})).kind == "msg"
    assert sniff(ole_file({"Contents": b"x", **inside})).kind == "ole"


def test_names_of_parts_may_be_in_small_letters() -> None:
    types = f'<Types><Override PartName="/x.xml" ContentType="{VND}spreadsheetml.sheet.main+xml"/></Types>'
    assert sniff(zipped(**{"[content_types].xml": types, "xl\\workbook.xml": "<x/>"})).kind == "xlsx"


VND = "application/vnd.openxmlformats-officedocument."
CASES = {
    "png": [saved(quarters(), "PNG")],
    "jpeg": [saved(quarters(), "JPEG")],
    "gif": [saved(quarters(), "GIF")],
    "webp": [saved(quarters(), "WEBP")],
    "bmp": [saved(quarters(), "BMP")],
    "tiff": [saved(quarters(), "TIFF"), b"MM\x00*" + bytes(20)],
    "avif": [saved(quarters(), "AVIF")],
    "jp2": [saved(quarters(), "JPEG2000"), saved(quarters(), "JPEG2000", no_jp2=True)],
    "jxl": [b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", b"\xff\x0a\xfa\x1f\x41"],
    "heic": [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"],
    "svg": [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf  <?xml version='1.0'?>\n<!-- by hand -->\n<!DOCTYPE svg PUBLIC 'x' 'y'>\n<svg width='1'></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><svg:svg xmlns:svg='x'/>",
    ],
    "pdf": [b"%PDF-1.7\n", b"\n\n%PDF-1.4"],
    "docx": [
        office(VND + "wordprocessingml.document.main+xml"),
        office("application/vnd.ms-word.document.macroEnabled.main+xml"),
    ],
    "xlsx": [
        office(VND + "spreadsheetml.sheet.main+xml"),
        office("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    ],
    "xlsb": [office("application/vnd.ms-excel.sheet.binary.macroEnabled.main")],
    "pptx": [office(VND + "presentationml.presentation.main+xml")],
    "odt": [zipped(mimetype="application/vnd.oasis.opendocument.text")],
    "ods": [zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet")],
    "odp": [zipped(mimetype="application/vnd.oasis.opendocument.presentation")],
    "odg": [
        zipped(mimetype="application/vnd.oasis.opendocument.graphics"),
        zipped(mimetype="application/vnd.oasis.opendocument.graphics-template"),
    ],
    "sxw": [zipped(mimetype="application/vnd.sun.xml.writer")],
    "sxc": [zipped(mimetype="application/vnd.sun.xml.calc")],
    "sxi": [zipped(mimetype="application/vnd.sun.xml.impress")],
    "sxd": [zipped(mimetype="application/vnd.sun.xml.draw")],
    "vsdx": [office("application/vnd.ms-visio.drawing.main+xml")],
    "vsd": [ole("VisioDocument")],
    "key": [
        zipped(**{"Index/Slide.iwa": "x", "Index/Document.iwa": "x", "Metadata/BuildVersionHistory.plist": "x"}),
        zipped(**{"index.apxl": "x", "buildVersionHistory.plist": "x"}),
    ],
    "pages": [zipped(**{"index.xml": "x", "buildVersionHistory.plist": "x", "QuickLook/Preview.pdf": "x"})],
    "fodt": [flat("text")],
    "fods": [flat("spreadsheet")],
    "fodp": [flat("presentation")],
    "fodg": [flat("graphics")],
    "word-xml": [
        b"<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'/>",
        b'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>\n<pkg:package xmlns:pkg="x"/>',
    ],
    "excel-xml": [b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'],
    "epub": [zipped(mimetype="application/epub+zip")],
    "zip": [zipped(**{"a.txt": "a"}), b"PK\x03\x04 cut off", zipped(**{"[Content_Types].xml": "<Types/>"})],
    "doc": [ole("WordDocument")],
    "xls": [ole("Workbook"), bytes.fromhex("09000400 02001000"), bytes.fromhex("09040600 00001000")],
    "ppt": [ole("PowerPoint Document")],
    "msg": [ole("__properties_version1.0")],
    "encrypted": [ole("EncryptedPackage")],
    "ole": [ole("Something")],
    "rtf": [b"{\\rtf1\\ansi"],
    "html": [LOGIN, b"\n<!-- x --><HTML><body>hi", b"<p>hello <b>there</b>"],
    "xml": [b"<?xml version='1.0'?><invoice/>"],
    "gzip": [b"\x1f\x8b\x08\0"],
    "7z": [b"7z\xbc\xaf\x27\x1c"],
    "rar": [b"Rar!\x1a\x07\x01\0"],
    "tar": [tarred(), old_tar()],
    "video": [b"\0\0\0\x20ftypisom\0\0\0\0", b"\0\0\0\x14ftypqt  ", b"\x1aE\xdf\xa3webm", b"RIFF\0\0\0\0AVI LIST"],
    "audio": [
        b"ID3\x04",
        b"\xff\xfb\x90\x64" + bytes(40),
        b"RIFF\0\0\0\0WAVEfmt ",
        b"OggS",
        b"\0\0\0\x20ftypM4A \0\0\0\0",
    ],
    "program": [b"MZ\x90\0" + bytes(60), b"\x7fELF\x02", b"\xcf\xfa\xed\xfe\x07"],
    "psd": [b"8BPS\0\x01"],
    "sqlite": [b"SQLite format 3\0"],
    "text": [
        b"hello",
        "Grüße, 你好".encode(),
        "Grüße".encode("latin-1"),
        "hi".encode("utf-16"),
        b"a,b\n1,2\n",
        ("a" * 65_535 + "é").encode(),
        b'{"png": true}',
        b"x < y and <html> in the middle",
    ],
    "empty": [b""],
    "unknown": [bytes(range(256)) * 4, b"\x93\x01\x02\x03\x00"],
}


@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, cases in CASES.items() for data in cases])
def test_content_tells_the_kind(kind: str, data: bytes) -> None:
    name = "page.html" if data.startswith(b"<p>") else "lies.png"
    assert sniff(data, name).kind == kind


def test_images_are_told_apart_from_the_rest() -> None:
    images = {kind.kind for kind in KINDS.values() if kind.is_image}
    assert images == {"png", "jpeg", "gif", "webp", "bmp", "tiff", "avif", "heic", "jp2", "svg"}


def test_names_are_for_people() -> None:
    assert sniff(CASES["heic"][0]).name == "a HEIC photo"
    assert sniff(b"%PDF-1.7").name == "a PDF"
    assert [KINDS[kind].name for kind in ("video", "audio", "program")] == ["a video", "an audio file", "a program"]


def test_slacks_login_page_is_recognised() -> None:
    assert is_slack_login_page(LOGIN)
    assert not is_slack_login_page(b"<html><body>A report</body></html>")
    assert not is_slack_login_page(b"we moved to slack.com")


def test_every_beginning_of_every_file_is_sniffed_without_an_error() -> None:
    for cases in CASES.values():
        for data in cases:
            for length in range(min(len(data), 64)):
                sniff(data[:length])


def test_a_zip_of_nothing_but_directory_is_not_walked() -> None:
    entry = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0) + b"name"
    directory = entry * 200_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, len(directory), 4, 0)
    data = b"PK\x03\x04" + directory + end
    assert sniff(data).kind == "zip"
    # No more than some looks at each byte; to walk it would be hundreds.
    assert cost_s(lambda: sniff(data)) < 25 * cost_s(lambda: data.count(b"z"))


@pytest.mark.parametrize("piece", [b"<!-- ", b"<?x ", b" ", b"<!doctype ", b"<!doctype x["])
def test_hostile_markup_does_not_hold_the_event_loop(piece: bytes) -> None:
    def sniff_both(times: int) -> None:
        sniff(b"<" + piece * times)
        sniff(piece * times)

    assert growth(sniff_both, 8_000 // len(piece)) < EVENLY


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(20), "jxl"),
        (b"\xff\x0a" + bytes(20), "jxl"),
        (b"\x01\x00\x00\x00" + bytes(36) + b" EMF\x00\x00\x01\x00", "emf"),
        (b"\xd7\xcd\xc6\x9a" + bytes(20), "wmf"),
    ],
)
def test_pictures_that_cannot_be_opened_are_named_with_a_way_out(data: bytes, kind: str) -> None:
    assert sniff(data, "x.png").kind == kind
    with pytest.raises(FileUnsupported) as refused:
        read_document(data)
    assert KINDS[kind].name in refused.value.user_message
    assert "PNG or JPEG" in refused.value.user_message


def test_word_perfect_and_powerpoint_4_have_their_names() -> None:
    assert sniff(b"\xffWPC" + bytes(60), "letter.doc").name == "a WordPerfect document"
    assert sniff(ole_file({"PP40": b"x", "Current User": b"x"}), "talk.ppt").kind == "ppt"


@pytest.mark.parametrize("data", [b"\xffWPC" + bytes(60), ole_file({"PP40": b"x"})])
def test_what_libreoffice_alone_reads_is_refused_with_a_way_out(data: bytes) -> None:
    with pytest.raises(FileUnsupported) as refused:
        read_document(data)
    assert "without LibreOffice; please save it as" in refused.value.user_message


def test_a_package_whose_first_part_is_damaged_is_some_archive() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types>" + "wordprocessingml " * 500 + "</Types>")
    data = bytearray(buffer.getvalue())
    first = 30 + len("[Content_Types].xml")
    data[first : first + 20] = b"\xff" * 20  # no block of deflate begins so
    assert sniff(bytes(data), "a.docx").kind == "zip"
