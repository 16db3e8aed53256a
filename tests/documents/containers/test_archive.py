import io
import zipfile

import pytest

from bot.documents.office import package
from bot.documents.office.package import Package
from bot.documents.read import read_document
from bot.errors import FileBroken, FileProtected, FileTooLarge
from tests.documents.drawn_pages import page, png
from tests.documents.making import archive_zip, book_epub
from tests.documents.making_office import report_docx, zipped


def test_an_archive_is_listed_and_its_members_read() -> None:
    document = read_document(archive_zip())
    listing = document.pages[0]
    assert listing.label == "list of files"
    assert "4 files:\n- notes/readme.md" in listing.text
    labels = [page.label for page in document.pages]
    assert labels[1:3] == ["notes/readme.md", "report.docx, p. 1"]
    assert "report.docx, picture 1" in labels
    assert document.pages[-1].source == ("zip:report.docx", "zip:word/media/image1.png")
    assert any(note.startswith("inner.zip: an archive inside") for note in document.notes)
    assert any(note.startswith("data.bin: ") for note in document.notes)
    assert "buried" not in "".join(page.text for page in document.pages)


def test_names_in_old_chinese_archives_are_readable() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("abcd.txt", "hello")
    data = out.getvalue().replace(b"abcd", "报告".encode("gbk"))
    assert [page.label for page in read_document(data).pages] == ["list of files", "报告.txt"]


def test_a_locked_archive_says_password() -> None:
    plain = zipped({"a.txt": "secret words"})
    data = bytearray(plain)
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileProtected) as locked:
        read_document(bytes(data))
    assert "password" in locked.value.user_message


def test_bombs_stay_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "_MOST_MEMBER_BYTES", 80_000_000)
    with pytest.raises(FileTooLarge) as refused:
        Package(zipped({"a": b"0" * 80_000_001})).read("a")
    assert "600 MB" in refused.value.user_message
    assert "send only the part that matters" in refused.value.user_message
    notes = read_document(zipped({"big.txt": b"0" * 70_000_000, "ok.txt": "fine"})).notes
    assert notes == ("big.txt: too large to be read from an archive (up to 60 MB each); please send it by itself",)


def test_broken_archives_say_so() -> None:
    with pytest.raises(FileBroken):
        read_document(report_docx()[:5000])


def test_a_book_is_read_in_its_own_order() -> None:
    document = read_document(book_epub())
    assert document.pages[0].text == "# Short tales\n\nIda Holm"
    assert [page.text.partition("\n")[0] for page in document.pages[1:]] == ["# Dawn", "# Dusk"]


def test_a_protected_book_says_so() -> None:
    source = zipfile.ZipFile(io.BytesIO(book_epub()))
    members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    members["META-INF/encryption.xml"] = (
        "<encryption><EncryptionMethod Algorithm='http://www.w3.org/aes'/></encryption>"
    )
    with pytest.raises(FileProtected):
        read_document(zipped(members))


def test_pictures_of_a_book_stand_once_and_where_the_text_has_them() -> None:
    source = zipfile.ZipFile(io.BytesIO(book_epub()))
    members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    members["O/a.xhtml"] = "<html><body><p>before</p><p><img src='p.png' alt='A map'/></p><p>after</p></body></html>"
    members["O/b.xhtml"] = "<html><body><svg><image xlink:href='p.png'/></svg></body></html>"
    members["O/p.png"] = png(page((300, 200), 24))
    pages = read_document(zipped(members)).pages
    assert pages[1].text == "before\n\n[Picture 1: A map]\n\nafter"
    assert pages[2].text == "[Picture 1]"
