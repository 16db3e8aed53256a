import re

import pytest

from bot import errors
from bot.core.files import attachments, web_files
from bot.core.prompt.question_files import Receipt
from bot.core.prompt.receipt import AT_LIMIT, FOLDED, ReceiptFacts, footer_lines
from bot.documents import refusals
from bot.errors import FileTooLarge
from bot.slack import files
from bot.slack.read import linked_files
from bot.words import say
from tests.core.values import picture


def test_nothing_to_say_is_no_line() -> None:
    assert footer_lines(ReceiptFacts(Receipt())) == ()


def test_every_file_is_accounted_for() -> None:
    receipt = Receipt(("a.png",), (("b.zip", "a kind of file I can't read"),)) + Receipt(("c.png",))
    assert footer_lines(ReceiptFacts(receipt)) == (
        "Read: a.png, c.png · Not read: b.zip (a kind of file I can't read)",
    )


PLEASE_PNG = "a Photoshop file, which I can't open; please send it as PNG or JPEG"


def test_files_that_were_refused_have_a_line_each_and_the_advice_stands_once() -> None:
    unread = (
        ("one.psd", PLEASE_PNG),
        ("setup.exe", "a program, which I never open"),
        ("two.psd", PLEASE_PNG),
    )
    (told,) = footer_lines(ReceiptFacts(Receipt(("a.png",), unread)))
    assert told.splitlines() == [
        "Read: a.png",
        "Not read: one.psd (a Photoshop file, which I can't open; please send it as PNG or JPEG)",
        "Not read: setup.exe (a program, which I never open)",
        "Not read: two.psd (a Photoshop file, which I can't open)",
    ]


def test_very_many_that_were_refused_say_how_many_more() -> None:
    (told,) = footer_lines(
        ReceiptFacts(Receipt((), tuple((f"{n}.bin", "a font, which I can't read") for n in range(9))))
    )
    lines = told.splitlines()
    assert len(lines) == 4
    assert lines[-1] == "Not read: 3.bin (a font, which I can't read) and 5 more"


def test_lists_have_the_comma_of_the_reader_s_language() -> None:
    assert footer_lines(ReceiptFacts(Receipt(("a.png", "b.png"))), "zh") == ("已读：a.png、b.png",)


_ADVISES = re.compile("; (?:please|ask me)")


def advising() -> list[str]:
    """Why a file was not read, in every language, where something can be done about it."""
    modules = (refusals, errors, files, linked_files, attachments, web_files)
    reasons = [
        one for module in modules for one in vars(module).values() if isinstance(one, str) and _ADVISES.search(one)
    ]
    return [say(reason, language) for reason in reasons for language in ("en", "zh")]


def test_every_advice_is_told_apart_from_its_reason() -> None:
    found = advising()
    assert len(found) > 20
    for reason in found:
        receipt = Receipt(unread=(("a", reason), ("b", reason)))
        (told,) = footer_lines(ReceiptFacts(receipt), "zh" if "请" in reason else "en")
        first, second = told.splitlines()
        assert len(second) < len(first) - 5, reason


def test_long_lists_say_how_many_more() -> None:
    receipt = Receipt(tuple(f"{n}.png" for n in range(20)))
    assert footer_lines(ReceiptFacts(receipt)) == (
        "Read: 0.png, 1.png, 2.png, 3.png, 4.png, 5.png, 6.png, 7.png and 12 more",
    )


def test_each_omission_has_its_own_line() -> None:
    lines = footer_lines(ReceiptFacts(Receipt(), (picture(2), picture(5)), is_folded=True, is_at_limit=True))
    assert lines == ("To make room, I now see img_2, img_5 smaller or by name only.", FOLDED, AT_LIMIT)


@pytest.mark.parametrize(
    ("thought_s", "lines"), [(0.0, ()), (0.2, ("Thought for 1 s",)), (12.6, ("Thought for 13 s",))]
)
def test_the_time_it_thought_is_told_where_there_was_any(thought_s: float, lines: tuple[str, ...]) -> None:
    assert footer_lines(ReceiptFacts(Receipt(), thought_s=thought_s)) == lines


def test_the_lines_speak_the_reader_s_language() -> None:
    receipt = Receipt(("a.png",), (("b.zip", "a kind of file I can't read"),))
    (line,) = footer_lines(ReceiptFacts(receipt), "zh-CN")
    assert "a.png" in line
    assert "b.zip" in line
    assert "a kind of file" not in line


def test_the_reason_of_a_file_speaks_it_too_with_its_figures() -> None:
    template = "too large ({size} MB; I read files up to {most} MB)"
    error = FileTooLarge(user_message=template, fields={"size": 60, "most": 50})
    receipt = Receipt(unread=(("a.mov", error.user_message),))
    assert footer_lines(ReceiptFacts(receipt)) == ("Not read: a.mov (too large (60 MB; I read files up to 50 MB))",)
    assert footer_lines(ReceiptFacts(receipt), "zh") == ("未读：a.mov（太大（60 MB；我能读的文件最大 50 MB））",)


def test_how_a_file_was_read_stands_in_its_own_line() -> None:
    notes = (
        ("report.pdf", "only its first 40 of 212 pages were read"),
        ("scan.pdf", "page 2 has no text layer, so only the picture tells what is on it"),
    )
    facts = ReceiptFacts(Receipt(("report.pdf", "scan.pdf")), notes=notes)
    assert footer_lines(facts)[1] == f"report.pdf: {notes[0][1]} · scan.pdf: {notes[1][1]}"
    assert footer_lines(facts, "zh")[1] == (
        "report.pdf：共 212 页，只读了前 40 页 · scan.pdf：第 2 页没有文字层，只能从图像看出内容"
    )


def test_many_notes_say_how_many_more() -> None:
    notes = tuple((f"{n}.pdf", "empty") for n in range(9))
    assert footer_lines(ReceiptFacts(Receipt(), notes=notes)) == (
        "0.pdf: empty · 1.pdf: empty · 2.pdf: empty and 6 more",
    )
