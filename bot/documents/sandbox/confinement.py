"""Confines a worker before it reads its first file: it loses the network, other processes and files it does not need.

Programs that the worker starts (LibreOffice, Tesseract) inherit the confinement. `bot.confinement` makes most of it;
this module adds a namespace without any network device.
"""

import ctypes
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.confinement import AllowedPaths, give_up_privileges, lock_files, refuse_calls

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
# LibreOffice makes its socket here and nowhere else; it ends when it cannot.
_SOCKET_FOLDER = Path("/tmp")  # noqa: S108

# The layers that `confine` achieved in this process: the version of Landlock (0: none), and whether the others hold.
_layers: dict[str, int] = {}


def confine(folder: Path, readable: Iterable[Path]) -> None:
    """From now on let this process write only in `folder`, and read only the system's programs and `readable`."""
    if not sys.platform.startswith("linux"):
        return
    _layers["network"] = ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    if give_up_privileges():
        module_folders = map(Path, sys.path)  # Python lists them when it looks for a module
        _layers["landlock"] = lock_files(AllowedPaths([folder], readable, module_folders, [_SOCKET_FOLDER]))
        _layers["seccomp"] = refuse_calls(sockets=True)


def held() -> tuple[bool, bool, bool, bool]:
    """Return which layers hold in this process: files, signals, connections, no network device."""
    version = _layers.get("landlock", 0)
    return version >= 1, version >= 6, bool(_layers.get("seccomp")), bool(_layers.get("network"))


def needed_by_python() -> Iterator[Path]:
    """Yield the paths of the interpreter, of installed packages, and of the packages in the folders of `sys.path`.

    Other files in those folders are left out.
    """
    yield from map(Path, {sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).resolve().parent)})
    for entry in map(Path, sys.path):
        if entry.suffix == ".zip" or "site-packages" in entry.parts:
            yield entry
        elif entry.is_dir():
            yield from (package for package in entry.iterdir() if (package / "__init__.py").is_file())
