"""Hides the bot's process from other processes of the same user: no secrets in its environment, no way to read its
memory, and no memory dumps on disk.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.settings import Settings

_PR_SET_DUMPABLE = 4
# proc_pid_stat(5): where the process's first environment stands, counted after the name.
_ENV_START, _ENV_END = 47, 48


def become_unreadable() -> bool:
    """Return whether the kernel accepted it. Root can still look in; programs started after this are not affected."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def forget_secrets() -> None:
    """Remove the secrets among the settings from the environment, and from what /proc shows of it.

    Call it when the settings were read, before anything is started that would inherit them.
    """
    names = _secret_names()
    for name in list(os.environ):  # noqa: TID251 - it is emptied here, not read
        if name.upper() in names:
            del os.environ[name]  # noqa: TID251
    if sys.platform.startswith("linux"):
        _overwrite(names)


def _secret_names() -> frozenset[str]:
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    return frozenset(name.upper() for name in secret | {"redis_url"})


def _overwrite(names: Iterable[str]) -> None:
    """Overwrite the values in memory: the C library does not point to them any more, but the kernel still shows
    them.
    """
    try:
        numbers = Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        environment = Path("/proc/self/environ").read_bytes()
    except OSError:
        return
    start, end = int(numbers[_ENV_START]), int(numbers[_ENV_END])
    if not 0 < len(environment) <= end - start:
        return
    at = 0
    for entry in environment.split(b"\0"):
        name, mark, value = entry.partition(b"=")
        if mark and name.decode("utf-8", "replace").upper() in names:
            ctypes.memset(start + at + len(name) + 1, 0, len(value))
        at += len(entry) + 1
