"""What a worker gives up before it reads the first file: the network, other processes, and all files it does not need.

Programs that it starts (LibreOffice, Tesseract) inherit all of it. How: bot.confinement; here also a namespace in
which there is no network device at all.
"""

import ctypes
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.confinement import AllowedPaths, give_up_privileges, lock_files, refuse_calls

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
# LibreOffice ends when it cannot listen here, and takes no other place.
_SOCKET_FOLDER = Path("/tmp")  # noqa: S108

# What `confine` achieved in this process: Landlock's version (0: none), and whether the others hold.
_held: dict[str, int] = {}


def confine(folder: Path, readable: Iterable[Path]) -> None:
    """From here on this process writes in `folder` alone, and reads the system's programs and `readable`."""
    if not sys.platform.startswith("linux"):
        return
    _held["network"] = ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    if give_up_privileges():
        looked_through = map(Path, sys.path)  # for modules
        _held["landlock"] = lock_files(AllowedPaths([folder], readable, looked_through, [_SOCKET_FOLDER]))
        _held["seccomp"] = refuse_calls(sockets=True)


def held() -> tuple[bool, bool, bool, bool]:
    """Which layers hold in this process: files, signals, connections, no network device."""
    version = _held.get("landlock", 0)
    return version >= 1, version >= 6, bool(_held.get("seccomp")), bool(_held.get("network"))


def needed_by_python() -> Iterator[Path]:
    """The interpreter, what is installed, and the packages beside the bot; not what else lies beside them."""
    yield from map(Path, {sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).resolve().parent)})
    for entry in map(Path, sys.path):
        if entry.suffix == ".zip" or "site-packages" in entry.parts:
            yield entry
        elif entry.is_dir():
            yield from (package for package in entry.iterdir() if (package / "__init__.py").is_file())
