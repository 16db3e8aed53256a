"""The status lines that a turn shows while it reads files."""

import time

import pytest

from bot.core.ports import Person
from bot.core.read_progress import ReadProgress
from bot.core.thread.inbound import FileRef
from bot.core.turn import telling
from bot.core.turn.state import Task
from tests.core.fakes import FakeReply
from tests.core.values import file_ref, inbound, talk


def task(*files: FileRef) -> Task:
    return Task((inbound(files=files),), talk(), None, FakeReply(None), Person("UANA", "Ana"))  # type: ignore[arg-type]


def test_the_progress_of_reading_is_shown_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    one = task()
    show = telling.progress_status(one)
    for page in range(1, 41):
        show(ReadProgress("report.pdf", "reading", page, 40))
        now += 0.1
    assert one.reply.statuses[0] == "is reading report.pdf, page 1 of 40…"  # type: ignore[attr-defined]
    assert 3 <= len(one.reply.statuses) <= 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ((), ""),
        ((file_ref("a.png"),), "is looking at a.png…"),
        ((file_ref("a.png"), file_ref("b.png")), "is looking at 2 files…"),
    ],
)
def test_the_status_names_the_files(files: tuple[FileRef, ...], status: str) -> None:
    assert telling.files_status(task(*files).waiting, "en") == status
