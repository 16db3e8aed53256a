"""Folders for a moment, and what a killed process has left of them. A folder is locked as long as its process lives, so
that another one can tell what is left over, also where both have their own idea of process numbers.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "glm-scratch-"
REMOVE_S = 1.0
# Between a folder's making and its lock.
YOUNG_S = 2.0


@contextmanager
def scratch_folder(kind: str) -> Iterator[Path]:
    """A new folder, still there at the end: whoever used it knows how to `remove` it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(lock)


def remove(folder: Path) -> None:
    """Processes that are being killed may still write for a moment."""
    until = time.monotonic() + REMOVE_S
    while folder.exists() and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            time.sleep(0.02)


def remove_left_over() -> None:
    """Those whose process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_ctime > YOUNG_S and _is_left(folder):
                remove(folder)


def _is_left(folder: Path) -> bool:
    lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
