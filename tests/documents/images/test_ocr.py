"""The words on a picture: by a Tesseract that is, is not, or misbehaves."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.documents.drawing.fonts import lettering
from bot.documents.drawing_client import SandboxPainter
from bot.documents.images import ocr
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
ROW = "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t{sure}\t{word}"


def picture(*lines: str) -> bytes:
    sheet = Image.new("RGB", (900, 80 + 70 * len(lines)), "white")
    for at, line in enumerate(lines):
        words, font = lettering(line, 34)
        ImageDraw.Draw(sheet).text((40, 40 + 70 * at), words, fill="black", font=font)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def program(folder: Path, script: str) -> str:
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def table(*rows: tuple[str, str]) -> str:
    return "\n".join([HEAD, *(ROW.format(sure=sure, word=word) for sure, word in rows)])


@pytest.mark.skipif(not shutil.which("tesseract"), reason="no tesseract on PATH")
async def test_words_are_read() -> None:
    async with Sandbox(workers=1) as sandbox:
        words = await SandboxPainter(sandbox).words(picture("Sign up here", "Total of all"))
    # What it makes of a picture is its version's; that it made something of this one is ours.
    assert {"Sign", "here", "Total"} & set(words)


def test_only_what_the_reader_is_sure_of_counts(tmp_path: Path) -> None:
    rows = table(("-1", ""), ("96.5", "Sign"), ("12", "~x"), ("61", "up"), ("95", " "), ("?", "no"))
    (tmp_path / "table").write_text(rows + "\nbroken\tline\n")
    reader = program(tmp_path, f"cat >/dev/null; cat {tmp_path}/table; echo 'Failed loading language' >&2; exit 1")
    assert ocr.read_words(picture("x"), reader) == ("Sign", "up")


@pytest.mark.parametrize(
    "script", ["exit 1", "cat >/dev/null; head -c 300 /dev/urandom", "kill -9 $$", "exec sleep 3600"]
)
def test_a_reader_in_trouble_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(ocr, "TIMEOUT_S", 0.3)
    assert ocr.read_words(picture("x"), program(tmp_path, script)) == ()


def test_the_reader_gets_none_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    ocr.read_words(picture("x"), program(tmp_path, f"cat >/dev/null; env >{tmp_path}/seen"))
    assert "PATH" in (tmp_path / "seen").read_text()
    assert "secret" not in (tmp_path / "seen").read_text()


async def test_where_none_is_installed_nothing_is_read() -> None:
    async with Sandbox(workers=1) as sandbox:
        assert await SandboxPainter(sandbox, "").words(picture("Sign up")) == ()
        assert await SandboxPainter(sandbox, "/none/such").words(picture("Sign up")) == ()
        with pytest.raises(FileError):
            await SandboxPainter(sandbox, "/none/such").words(b"%PDF-1.7\n%%EOF")
