"""A folder for a moment stays as long as its process lives, and is cleared away after that process was killed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.documents.sandbox import scratch

KILLED = """
import os, signal
from bot.documents.sandbox.scratch import scratch_folder
with scratch_folder("browser") as folder:
    (folder / "profile").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "YOUNG_S", -1.0)
    return tmp_path


def test_what_a_killed_process_left_goes_and_what_is_in_use_stays(place: Path) -> None:
    env = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(place)}
    subprocess.run([sys.executable, "-c", KILLED], env=env, check=False)
    (place / "glm-other").mkdir()
    (left,) = place.glob(f"{scratch.PREFIX}*")
    with scratch.scratch_folder("office") as used:
        scratch.remove_left_over()
        assert used.is_dir()
        assert not left.exists()
        assert (place / "glm-other").exists(), "not ours to judge"
        scratch.remove(used)
    assert not used.exists()


def test_a_link_of_that_name_is_not_followed(place: Path) -> None:
    (place / "precious").mkdir()
    (place / f"{scratch.PREFIX}x").symlink_to(place / "precious")
    scratch.remove_left_over()
    assert (place / "precious").is_dir()
