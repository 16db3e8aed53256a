"""A place for browsers' files, and whether anything of them is still running."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.browser import process, render
from bot.browser.process import find_browser
from tests.checks import PATIENCE_S

needs_browser = pytest.mark.skipif(not find_browser(), reason="no chromium-headless-shell or chromium on PATH")


@dataclass(frozen=True)
class Ground:
    """Every browser of the test has its home in here, and so its processes are known by their environment."""

    path: Path

    def running(self) -> list[str]:
        return [pid.name for pid in Path("/proc").iterdir() if pid.name.isdigit() and self._is_ours(pid)]

    async def is_left_clean(self) -> bool:
        """A killed process takes a moment to be gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while self.running() or any(self.path.glob("glm-browser-*")):  # noqa: ASYNC110 - no event tells of it
                    await asyncio.sleep(0.02)
                return True
        return False

    def program(self, script: str) -> str:
        path = self.path / "browser"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def _is_ours(self, pid: Path) -> bool:
        try:
            return f"HOME={self.path}/".encode() in (pid / "environ").read_bytes()
        except OSError:  # gone, a zombie, or another user's
            return False


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may need longer for a page than people should wait."""
    for name in ("RENDER_S", "HTML_PATIENCE_S", "URL_PATIENCE_S"):
        monkeypatch.setattr(render, name, PATIENCE_S)
    monkeypatch.setattr(process, "REMOVE_S", PATIENCE_S)


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield Ground(path)
    shutil.rmtree(path, ignore_errors=True)
