"""What is told while an answer is being made."""

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


def test_reading_is_told_about_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    one = task()
    watch = telling.watching(one)
    for page in range(1, 41):
        watch(ReadProgress("report.pdf", "reading", page, 40))
        now += 0.1
    assert one.reply.statuses[0] == "is reading report.pdf, page 1 of 40…"  # type: ignore[attr-defined]
    assert 3 <= len(one.reply.statuses) <= 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ((), ""),
        ((file_ref("a.png"),), "is looking at a.png…"),
        ((file_ref("a.png"), file_ref("b.png")), "is looking at 2 files…"),
    ],
)
def test_what_is_looked_at(files: tuple[FileRef, ...], told: str) -> None:
    assert telling.looking(task(*files).waiting, "en") == told
