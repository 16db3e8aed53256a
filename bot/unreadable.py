"""The bot's own process as other processes of the same user see it: without secrets in its environment, without a way
to read its memory, and without memory dumps on disk.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.settings import Settings

_PR_SET_DUMPABLE = 4
# proc_pid_stat(5): where the environment stands that the process was started with, counted after the name.
_ENV_START, _ENV_END = 47, 48


def become_unreadable() -> bool:
    """Whether the kernel took it. Root can still look in; programs that are started after this are not affected."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def forget_secrets() -> None:
    """Take the secrets among the settings out of the environment, and out of what /proc tells of it.

    To be called when the settings were read, before anything is started that would inherit them.
    """
    names = _secret_names()
    for name in list(os.environ):  # noqa: TID251 - it is emptied here, not read
        if name.upper() in names:
            del os.environ[name]  # noqa: TID251
    if sys.platform.startswith("linux"):
        _blot_out(names)


def _secret_names() -> frozenset[str]:
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    return frozenset(name.upper() for name in secret | {"redis_url"})


def _blot_out(names: Iterable[str]) -> None:
    """The C library no longer points to these after they were unset; the kernel still shows them."""
    try:
        numbers = Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        started = Path("/proc/self/environ").read_bytes()
    except OSError:
        return
    start, end = int(numbers[_ENV_START]), int(numbers[_ENV_END])
    if not 0 < len(started) <= end - start:
        return
    at = 0
    for entry in started.split(b"\0"):
        name, mark, value = entry.partition(b"=")
        if mark and name.decode("utf-8", "replace").upper() in names:
            ctypes.memset(start + at + len(name) + 1, 0, len(value))
        at += len(entry) + 1
