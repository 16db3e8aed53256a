import json

import pytest

from bot.documents.pages.notices import CLEANED
from bot.documents.read import read_document
from bot.documents.text.encoding import decode_text
from bot.documents.text.text import text_kind
from bot.errors import FileBroken, FileUnsupported

SAMPLES = {
    "gbk": "姓名,年龄\n张三,20\n",
    "gb18030": "这是一个测试文件,包含中文内容。销售额增长了百分之二十。",
    "cp932": "商品,価格\nりんご,100\nカタカナも含みます。",
    "big5": "這是一個測試文件,包含中文內容。",
    "cp949": "이것은 테스트 문서입니다. 매출이 증가했습니다.",
    "euc_jp": "これはテスト文書です。売上高は前年比で増加しました。",
    "cp1251": "Это тестовый документ. Продажи выросли.",
    "koi8_r": "Это тестовый документ. Продажи выросли.",
    "latin-1": "Größe und Übermaß: ça va très bien, señor Müller",
    "cp1252": "“Smart quotes” — café €20 naïve",
    "cp1250": "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "cp1253": "Αυτό είναι ένα έγγραφο δοκιμής",
    "cp1255": "זהו מסמך בדיקה בעברית",
    "cp1256": "هذا مستند اختبار باللغة العربية",
    "cp437": "Größe und Übermaß der Straße",
    "cp850": "┌────┐\n│ 12 │\n└────┘\nHöhe ist gleich Länge",
    "mac_roman": "L’élève a été très étonné à l’école, ça va",
    "iso8859_2": "Zażółć gęślą jaźń, proszę",
    "cp852": "árvíztűrő tükörfúrógép",
    "cp1254": "ad;şehir\nAyşe;İzmir\nÇağrı;Muğla\n",
    "cp1257": "Latviešu valodā ir garumzīmes ā ē ī ū un ķ ļ ņ",
    "iso8859_5": "имя;город\nИван;Москва\n",
    "cp866": "Это тестовый документ. Продажи выросли.",
    "iso8859_7": "Αυτό είναι ένα έγγραφο δοκιμής",
    "iso8859_6": "هذا مستند اختبار باللغة العربية",
    "cp874": "นี่คือเอกสารทดสอบภาษาไทย",
    "iso2022_jp": "これはテスト文書です。",
    "iso2022_kr": "이것은 테스트 문서입니다.",
    "utf-16-le": "Это тестовый документ.\nПродажи выросли.\n",
    "utf-16-be": "姓名,年龄\n张三,20\n",
    "utf-32-le": "wider still",
    "utf-32-be": "имя;город\n",
    "utf-16": "wide “words”",
    "utf-32": "wider",
    "utf-8-sig": "mark",
}


@pytest.mark.parametrize(("encoding", "text"), SAMPLES.items())
def test_short_texts_in_any_encoding_are_read(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "The price is £5 – it’s at the café"),
        ("cp1252", "price: €20\n"),
        ("cp1250", "nazwa;ilość\nśruba;10\nnakrętka;5\n"),
        ("cp1253", "Αυτό είναι\n"),
        ("cp932", "東京都渋谷区\n"),
        ("gbk", "合同编号：甲方乙方签字盖章\n"),
    ],
)
def test_few_letters_are_enough(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_a_bad_byte_does_not_cost_the_encoding() -> None:
    text = "这是一个测试文件,包含中文内容。"
    assert decode_text(text.encode("gbk") + b"\xff\n") == f"{text}\ufffd\n"


def test_texts_in_seven_bits_and_wide_ones_are_told_from_binary_files() -> None:
    for encoding in ("iso2022_jp", "utf-16-le", "utf-32-be"):
        assert "文書" in read_document("これはテスト文書です。\n".encode(encoding)).pages[0].text
    with pytest.raises(FileUnsupported):
        read_document(bytes(range(256)) * 40)


def test_a_letter_late_in_a_long_file_counts() -> None:
    text = "plain\n" * 20_000 + "café Größe\n"
    assert decode_text(text.encode("latin-1")) == text
    assert decode_text(text.encode()) == text
    assert decode_text(text.encode()[:-3]).endswith("Grö\ufffd")
    assert decode_text("wide".encode("utf-16-le")) == "wide"


def test_content_tells_what_kind_of_text_it_is() -> None:
    assert text_kind('{"a": 1}', "notes.txt") == "json"
    assert text_kind("From: a\nTo: b\nSubject: c\n\nhi", "x.txt") == "eml"
    assert text_kind("a;b\n1;2\n3;4\n5;6\n") == "csv"
    assert text_kind("Dear Ann, how are you?\nFine, thanks.\nWell, good.\n") == "text"
    assert text_kind("# x", "readme.md") == "markdown"
    assert text_kind("not a mail", "x.eml") == "text"


def test_long_texts_become_pages_named_by_their_lines() -> None:
    text = "\n".join(f"line {number} of the log" for number in range(1, 2001))
    document = read_document(text.encode(), "server.log")
    assert len(document.pages) > 3
    assert document.pages[0].label.startswith("lines 1–")
    assert document.pages[-1].label.endswith("–2000")
    assert "\n".join(page.text for page in document.pages) == text


def test_every_part_of_a_long_table_begins_with_its_head() -> None:
    text = "name,note\n" + "".join(f'n{number},"two\nlines"\n' for number in range(2000))
    document = read_document(text.encode(), "table.csv")
    assert len(document.pages) > 2
    assert all(page.text.startswith("name,note\n") for page in document.pages)
    assert document.pages[1].label.startswith("rows ")
    assert sum(page.text.count('"two\nlines"') for page in document.pages) == 2000


def test_json_is_readable_and_posts_and_notebooks_are_opened() -> None:
    assert read_document(json.dumps({"a": "Łódź"}).encode()).pages[0].text == '{"a": "Łódź"}'
    long = json.dumps([{"row": number} for number in range(3000)])
    assert len(read_document(long.encode()).pages) > 2
    post = json.dumps({"full": "<h1>Plan</h1><p>First step</p>"})
    assert read_document(post.encode()).pages[0].text == "# Plan\n\nFirst step"
    cell = {"cell_type": "code", "source": "1+1", "outputs": [{"data": {"text/plain": ["2"]}}]}
    notebook = json.dumps({"nbformat": 4, "cells": [cell]})
    assert read_document(notebook.encode()).pages[0].text == "```\n1+1\n```\n\nOutput:\n```\n2\n```"


def test_an_empty_file_says_so() -> None:
    with pytest.raises(FileBroken) as empty:
        read_document(b"")
    assert empty.value.user_message.startswith("empty, 0 bytes; ")
    assert read_document(b"  \n ", "a.txt").notes


@pytest.mark.parametrize(
    ("data", "name", "kind", "text"),
    [
        (b"a,b\n1,\x00two\n", "x.csv", "csv", "a,b\n1,two"),
        (b"a,b\n1,two\x0bthree\n", "x.csv", "csv", "a,b\n1,two three"),
        (b"12:00 start\x00\n12:01 end\n", "x.log", "text", "12:00 start\n12:01 end"),
        (b"\x1b[1;31mERROR\x1b[0m disk \x1b]0;title\x07full\x1b[K\n", "x.log", "text", "ERROR disk full"),
        (b"N\x08NA\x08AM\x08ME\x08E\n", "ls.txt", "text", "NAME"),
        ("größer\x01 als".encode("latin-1"), "x.txt", "text", "größer als"),
        (b'{"a": "b"}\x00', "x.json", "json", '{"a": "b"}'),
        (b"just words with one \x00 in them", "noname", "text", "just words with one  in them"),
    ],
)
def test_control_characters_and_colours_are_cleaned_away_and_said(data: bytes, name: str, kind: str, text: str) -> None:
    document = read_document(data, name)
    assert document.kind == kind
    assert document.pages[0].text == text
    assert document.notes == (CLEANED,)


def test_colours_in_the_output_of_a_notebook_are_cleaned_away() -> None:
    cell = {"cell_type": "code", "source": "x", "outputs": [{"text": ["\x1b[0;31mNameError\x1b[0m"]}]}
    text = read_document(json.dumps({"nbformat": 4, "cells": [cell]}).encode(), "a.ipynb").pages[0].text
    assert "```\nNameError\n```" in text


def test_binary_files_are_no_text_for_their_name() -> None:
    for data in (bytes(range(256)) * 10, b"\x00\x01\x02\x03abc", bytes(64)):
        with pytest.raises(FileUnsupported):
            read_document(data, "x.csv")


def test_german_of_a_mac_is_not_taken_for_czech_of_dos() -> None:
    """Where only “ü” and “ß” are there, both read as well; tables of Excel for the Mac are far more usual today."""
    text = '"Land";"Stadt"\n"01";"Lübeck"\n"01";"Großenrade"\n"01";"Süderhastedt"\n'
    assert decode_text(text.encode("mac_roman")) == text
