"""The wheel, installed by itself in an empty environment, is the whole bot."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
HANGS_S = 600


def uv(*arguments: str, folder: Path = ROOT) -> str:
    command = [str(UV), "--quiet", *arguments]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what uv.lock says that it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    # Building writes beside the sources.
    source = folder / "source"
    for package in ("bot", "handlers"):
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(folder), str(source))
    [wheel] = folder.glob("*.whl")
    listed = ("--locked", "--no-dev", "--no-emit-project", "--no-annotate", "-o", str(folder / "requirements.txt"))
    uv("export", "--python", sys.executable, *listed)
    uv("venv", "--python", sys.executable, str(folder / "venv"))
    python = folder / "venv" / "bin" / "python"
    uv("pip", "install", "--python", str(python), "--require-hashes", "-r", str(folder / "requirements.txt"))
    uv("pip", "install", "--python", str(python), "--no-deps", str(wheel))
    return python


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}  # noqa: TID251
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def playground(python: Path, folder: Path) -> Iterator[str]:
    """Its address, while it runs."""
    command = [str(python), "-m", "bot"]
    with subprocess.Popen(command, cwd=folder, env=environment(PORT="0"), stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout is not None
        told = next((line for line in bot.stdout if "playground is open" in line), "")
        address = re.search(r"http://\S+", told)
        try:
            assert address is not None, "it ended before it was open"
            yield address[0]
        finally:
            bot.terminate()
            bot.communicate(timeout=HANGS_S)
    assert bot.returncode == 0


def page(address: str) -> str:
    with urlopen(address, timeout=HANGS_S) as answer:  # noqa: S310  # an address of this machine
        return str(answer.read().decode())


def test_it_opens_the_playground_with_all_of_its_page(python: Path, tmp_path: Path) -> None:
    with playground(python, tmp_path) as address:
        html = page(address)
        assets = re.findall(r'(?:src|href)="([^":]+\.(?:js|css))"', html)
        assert assets
        assert all(page(f"{address}/{asset.lstrip('/')}") for asset in assets)
    assert list(tmp_path.iterdir()) == [], "nothing is left where it was started"


def test_it_knows_its_manifest_and_its_texts(python: Path, tmp_path: Path) -> None:
    command = [str(python), "-m", "bot", "manifest", "--host", "bot.example.com"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), check=True, capture_output=True, text=True)
    assert "https://bot.example.com/slack/events" in done.stdout


def test_it_brings_nothing_of_the_tests(python: Path, tmp_path: Path) -> None:
    code = "import importlib.util as u; print([n for n in ('tests', 'bench', 'scripts', 'pytest') if u.find_spec(n)])"
    done = subprocess.run([str(python), "-c", code], cwd=tmp_path, env=environment(), check=True, capture_output=True)
    assert done.stdout.strip() == b"[]"
