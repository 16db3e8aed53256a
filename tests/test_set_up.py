"""Setting up on a bare machine: what an installation that was cut short has left is put right by the next one."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.chaos.processes import ROOT


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "scripts" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "UV_FOLDER", str(tmp_path))
    monkeypatch.setattr(module, "may_install", lambda: True)
    return module


class Machine:
    """A Debian whose venv is there by half until dpkg and apt have been run."""

    def __init__(self, *, is_mended_by_apt: bool = True) -> None:
        self.asked: list[str] = []
        self._is_mended_by_apt = is_mended_by_apt
        self._is_whole = False

    def run(self, command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        self.asked.append(" ".join(command[:2]))
        if command[:2] == ["apt-get", "install"]:
            self._is_whole = self._is_mended_by_apt and "dpkg --configure" in self.asked
        if "venv" in command:
            return self._answer(0 if self._is_whole else 1, "ensurepip returned non-zero exit status 1")
        if "pip" in command:
            uv = Path(command[0]).parent / "uv"
            uv.parent.mkdir(parents=True, exist_ok=True)
            uv.touch()
        return self._answer(0, "")

    def _answer(self, code: int, words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess([], code, "", words)


def test_a_venv_that_is_there_by_half_is_installed_anew(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    monkeypatch.setattr(set_up, "run", machine.run)
    set_up.install_uv(str(tmp_path / "uv"), "run")
    assert (tmp_path / "uv").exists()
    assert machine.asked[1:4] == ["dpkg --configure", "apt-get update", "apt-get install"]


@pytest.mark.parametrize("may_install", [True, False])
def test_what_can_t_be_put_right_is_one_sentence(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, may_install: bool
) -> None:
    machine = Machine(is_mended_by_apt=False)
    monkeypatch.setattr(set_up, "run", machine.run)
    monkeypatch.setattr(set_up, "may_install", lambda: may_install)
    with pytest.raises(set_up.Trouble, match="could not be installed") as trouble:
        set_up.install_uv(str(tmp_path / "uv"), "run")
    assert "\n" not in str(trouble.value)
    assert ("apt-get install" in machine.asked) is may_install


@pytest.mark.parametrize("python", ["#!/bin/false\n", "not for this machine", ""])
def test_an_environment_whose_python_does_not_run_is_made_anew(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").touch()
    if python:
        (venv / "bin" / "python").write_text(python)
        (venv / "bin" / "python").chmod(0o755)
    monkeypatch.setattr(set_up, "VENV", str(venv))
    assert set_up.is_broken(str(venv))
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\nexit 0\n")
    uv.chmod(0o755)
    set_up.sync(str(uv), "run")
    assert not venv.exists()


def test_what_is_left_of_a_removal_that_was_cut_short_is_no_environment(set_up: ModuleType, tmp_path: Path) -> None:
    assert not set_up.is_broken(str(tmp_path)), "nothing of an environment"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "nowhere")
    assert set_up.is_broken(str(tmp_path))


def test_an_environment_whose_python_runs_is_kept(set_up: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert not set_up.is_broken(str(tmp_path)), "that is no environment"
    (tmp_path / "pyvenv.cfg").touch()
    assert not set_up.is_broken(str(tmp_path))
