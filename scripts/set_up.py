"""Makes `.venv` what `uv.lock` says, with nothing but Python's standard library: `make run` and `make test` call it.

    python3 scripts/set_up.py run     what the bot needs
    python3 scripts/set_up.py test    what its developers need besides
    python3 scripts/set_up.py lock    no environment, but a newer uv.lock

It runs on a bare machine and under any Python 3, so that whoever has an older one reads a sentence and no traceback.
"""

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any

OLDEST_PYTHON = (3, 11)
OLDEST_UV = (0, 9)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".set-up")
UV_FOLDER = os.path.join(ROOT, ".uv")
UV_PIN = os.path.join(ROOT, "scripts", "uv.txt")
STARTED = "bot.processes, bot.play, bot.documents.sandbox.worker"
FLAGS = {"run": ["--no-dev"], "test": ["--all-extras"]}

TOO_OLD = (
    "Python {wanted} or newer is needed, {found} is too old. With another one: make PYTHON=python{wanted} {target}"
)
READ_ONLY = "This folder cannot be written to, and .venv is not set up yet: {folder}"
NO_VENV = "Python's venv is missing. As root: apt-get install {package}   (or install uv), then again: make {target}"
NO_PACKAGE = "{package} could not be installed ({reason}). Is there a network? Then again: make {target}"
NO_UV = (
    "uv, which installs the packages, could not be installed ({reason}). Is there a network? Then again: make {target}"
)
NOT_INSTALLED = "The packages could not be installed: {reason}"
NO_NETWORK = "The packages could not be fetched ({reason}). Is there a network? Then again: make {target}"
UNFIT_LOCK = "uv.lock does not fit pyproject.toml. To renew it: make lock"
SETTING_UP = "Setting up .venv (once) ..."

OFFLINE_SIGNS = re.compile(
    r"(?i)resolving dns|lookup address|name resolution|connect|timed out|timeout|network|offline"
)


class Trouble(Exception):
    """A sentence for the person who set up."""


def main(target: str) -> int:
    """Set up for `target`; return the exit code."""
    try:
        check_python(target)
        if target == "lock":
            subprocess.run([find_uv(target), "lock", "--upgrade", "--python", sys.executable], cwd=ROOT, check=False)
        elif not is_set_up(target):
            set_up(target)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def check_python(target: str) -> None:
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise Trouble(TOO_OLD.format(wanted=wanted, found=platform.python_version(), target=target))


def is_set_up(target: str) -> bool:
    """Whether the stamp tells of this lock, this Python, and at least this target."""
    try:
        with open(STAMP) as file:
            told = file.read().split()
    except OSError:
        return False
    return (
        len(told) == 2
        and told[0] == fingerprint()
        and told[1] in (target, "test")
        and os.access(os.path.join(VENV, "bin", "python"), os.X_OK)
    )


def fingerprint() -> str:
    """What the environment depends on."""
    found = hashlib.sha256(repr((sys.version_info[:3], platform.machine(), ROOT)).encode())
    for name in ("pyproject.toml", "uv.lock", os.path.join("scripts", "set_up.py")):
        with open(os.path.join(ROOT, name), "rb") as file:
            found.update(file.read())
    return found.hexdigest()


def set_up(target: str) -> None:
    if not os.access(ROOT, os.W_OK):
        raise Trouble(READ_ONLY.format(folder=ROOT))
    print(SETTING_UP, file=sys.stderr)
    sync(find_uv(target), target)
    # The checkout is on the path as an editable install would put it there, without building anything.
    packages = run(
        [os.path.join(VENV, "bin", "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    )
    with open(os.path.join(packages.stdout.strip(), "glm-in-slack.pth"), "w") as file:
        file.write(ROOT + "\n")
    compile_bot()
    with open(STAMP, "w") as file:
        file.write(fingerprint() + " " + target + "\n")


def compile_bot() -> None:
    """Keep the byte code of what a start imports, also where the environment forbids to: that is most of a start."""
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="")
    run([os.path.join(VENV, "bin", "python"), "-c", "import " + STARTED], cwd=ROOT, env=environment)


def sync(uv: str, target: str) -> None:
    command = [uv, "sync", "--quiet", "--locked", "--no-install-project", "--no-python-downloads", "--python"]
    command += [sys.executable] + FLAGS[target]
    if not os.access(os.path.expanduser("~"), os.W_OK) and "UV_CACHE_DIR" not in os.environ:
        command.append("--no-cache")
    # An environment that happens to be active is not ours to change.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment["UV_PROJECT_ENVIRONMENT"] = VENV
    if is_broken(VENV):
        shutil.rmtree(VENV)  # uv asks its Python before it replaces it
    done = run(command, cwd=ROOT, env=environment)
    if done.returncode == 0:
        return
    if "lockfile" in done.stderr and "needs to be updated" in done.stderr:
        raise Trouble(UNFIT_LOCK)
    words = NO_NETWORK if OFFLINE_SIGNS.search(done.stderr) else NOT_INSTALLED
    raise Trouble(words.format(reason=last_line(done.stderr), target=target))


def is_broken(venv: str) -> bool:
    """Whether it is an environment whose Python does not run: of another machine, or one that was taken away.

    A removal that was cut short may have left only the Python, which uv does not replace either.
    """
    python = os.path.join(venv, "bin", "python")
    if not os.path.isfile(os.path.join(venv, "pyvenv.cfg")) and not os.path.lexists(python):
        return False
    try:
        return run([python, "-c", ""]).returncode != 0
    except OSError:
        return True


def find_uv(target: str) -> str:
    """The path of a uv: the machine's, the one installed here before, or one installed now."""
    here = os.path.join(UV_FOLDER, "uv")
    for found in (shutil.which("uv"), here):
        if found and version_of(found) >= OLDEST_UV:
            return found
    install_uv(here, target)
    return here


def version_of(uv: str) -> "tuple[int, ...]":
    try:
        told = re.search(r"uv (\d+)\.(\d+)", run([uv, "--version"]).stdout)
    except OSError:
        return (0,)
    return tuple(map(int, told.groups())) if told else (0,)


def install_uv(place: str, target: str) -> None:
    """Install uv by its pinned hash with pip, in a folder of its own, and keep the program alone."""
    if importlib.util.find_spec("ensurepip") is None:
        install_venv(target)
    os.makedirs(UV_FOLDER, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=UV_FOLDER) as folder:
        made = run([sys.executable, "-m", "venv", folder])
        if made.returncode and may_install():  # an installation of the package that was cut short leaves half of it
            install_venv(target)
            made = run([sys.executable, "-m", "venv", "--clear", folder])
        if made.returncode:
            raise Trouble(NO_UV.format(reason=last_line(made.stdout + made.stderr), target=target))
        pip = [os.path.join(folder, "bin", "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        done = run(pip + ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", UV_PIN])
        if done.returncode:
            raise Trouble(NO_UV.format(reason=last_line(done.stderr), target=target))
        os.replace(os.path.join(folder, "bin", "uv"), place)


def install_venv(target: str) -> None:
    """Debian keeps Python's venv in a package of its own."""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if not may_install():
        raise Trouble(NO_VENV.format(package=package, target=target))
    print("Installing " + package + " ...", file=sys.stderr)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "--fix-broken", package]
    # First what an installation that was cut short has left undone: apt does nothing before.
    for command in (["dpkg", "--configure", "-a"], ["apt-get", "update", "-qq"], install):
        done = run(command, env=environment)
    if done.returncode:
        raise Trouble(NO_PACKAGE.format(package=package, reason=last_line(done.stderr), target=target))


def may_install() -> bool:
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def run(command: "list[str]", **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)


def last_line(text: str) -> str:
    """The last line that gives a reason; uv adds hints."""
    lines = [line.strip(" ╰─▶×├│") for line in text.splitlines()]
    reasons = [line for line in lines if line and not line.startswith("hint:")]
    return reasons[-1] if reasons else "no reason was given"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
