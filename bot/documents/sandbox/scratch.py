"""Makes temporary folders, and removes those that killed processes have left.

A process locks its folder while it lives. So another process can tell which folders are left over, even when the two
have different process numbers, as in containers.
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
# A younger folder may not have its lock yet.
YOUNG_S = 2.0


@contextmanager
def scratch_folder(kind: str) -> Iterator[Path]:
    """Make a folder. It stays after the `with` block; the caller calls `remove`."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(lock)


def remove(folder: Path) -> None:
    """Remove a folder. It is tried again for `REMOVE_S`, because processes that are being killed may still write."""
    until = time.monotonic() + REMOVE_S
    while folder.exists() and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            time.sleep(0.02)


def remove_left_over() -> None:
    """Remove the folders whose process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_ctime > YOUNG_S and _is_left_over(folder):
                remove(folder)


def _is_left_over(folder: Path) -> bool:
    lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
