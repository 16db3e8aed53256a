import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.core.document import Document, Page
from bot.read import Readout, as_object, read_file
from tests.checks import PATIENCE_S
from tests.documents import pdfs


def as_json(path: Path, capsys: pytest.CaptureFixture[str], *, images: bool = False) -> dict[str, Any]:
    assert read_file(path, as_json=True, images=images) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(found) == ["kind", "pages", "notes", "error"]
    return found


def test_one_object_with_pages_and_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdfs.pages([pdfs.lines(["Some words that are here"] * 30), b"9 9 99 99 re f"]))
    found = as_json(path, capsys)
    assert found["kind"] == "pdf"
    assert found["error"] is None
    first, second = found["pages"]
    assert first["number"] == 1
    assert "Some words" in first["text"]
    assert first["image"] is None
    assert second["text"] == ""
    assert second["image"]["data"] is None
    assert second["image"]["bytes"] > 100
    assert second["image"]["width"] % 28 == 0
    assert "no text layer" in found["notes"][0]
    with_data = as_json(path, capsys, images=True)["pages"][1]["image"]
    assert len(with_data["data"]) >= with_data["bytes"]


def test_a_file_that_cannot_be_read_is_an_answer_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdfs.encrypted("x", user="secret"))
    found = as_json(path, capsys)
    assert found["pages"] == []
    assert found["error"]["code"] == "file_protected"
    assert "password" in found["error"]["message"]
    assert read_file(path, as_json=False, images=False) == 0
    assert "password" in capsys.readouterr().out
    assert read_file(tmp_path / "none", as_json=True, images=False) == 1


def test_what_is_not_shown_is_counted_with_its_reason() -> None:
    pages = tuple(Page(number, "", look="a scan", source=(f"page:{number}",)) for number in (1, 2, 3))
    seen = Readout("pdf", Document("pdf", pages, ("a note",)), {}, chosen=frozenset({1}))
    assert as_object(seen, with_images=False)["notes"] == [
        "a note",
        "2 more pages that want looking at are not shown: no room for their pictures",
        "1 of the pages that want looking at could not be drawn",
    ]


def test_it_is_told_in_plain_lines_without_any_setting(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Head\n\nwords", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "read", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath, "GLM_PROVIDER": "nonsense"},
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("notes.md: markdown, 1 pages; 4 tokens of text, 0 pictures")
    assert "outline: Head … 1" in done.stdout
    assert "=== notes.md p. 1" in done.stdout
