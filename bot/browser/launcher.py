"""Runs as a program that gives up what a browser does not need, and then becomes the browser.

After it has become nobody, it may not be able to read the bot's files any more, so it imports everything before. It
uses only the standard library and bot.confinement, so it starts in hundredths of a second.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.confinement import AllowedPaths, give_up_privileges, lock_files, refuse_calls

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 0x2, 0x4, 0x8
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
# Debian's settings of Chromium, which it reads. It finds its own processes, and moves them into namespaces, by /proc.
_READ = ("/etc/chromium", "/etc/chromium.d", "/etc/chromium-headless-shell", "/etc/machine-id", "/sys/devices")
_WRITTEN = ("/proc",)
CANNOT = 71  # the exit code when this machine does not allow this confinement; another one may work


@dataclass(frozen=True, slots=True)
class Start:
    """What to start. `user` and `group` are the ids to become; 0 keeps the present ones. `folder` is the browser's own.
    `has_namespaces` and `is_locked` tell which layers of confinement are wanted.
    """

    command: list[str]
    folder: str
    user: int
    group: int
    has_namespaces: bool
    is_locked: bool
    most_memory_bytes: int
    most_cpu_s: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def main(start: Start) -> None:
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, start.most_cpu_s),
        (resource.RLIMIT_DATA, start.most_memory_bytes),
    ):
        _limit(limit, value)
    if start.user:
        os.setgroups([])
        os.setgid(start.group)
        os.setuid(start.user)
    if start.has_namespaces:
        _enter_namespaces()
    if start.is_locked and not _lock(start):
        sys.exit(CANNOT)
    _become(start)


def _limit(limit: int, value: int) -> None:
    """Lower a limit. RLIMIT_DATA counts what a process really allocates; V8's reserved addresses do not count."""
    hard = resource.getrlimit(limit)[1]
    value = value if hard < 0 else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _enter_namespaces() -> None:
    """Move into new namespaces: no network device, and no processes but its own. It returns in the first process there;
    the process before waits for the end of that one and ends with it.
    """
    libc, user, group = ctypes.CDLL(None, use_errno=True), os.geteuid(), os.getegid()
    libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # the change of user cleared it, and without it the maps can't be written
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWPID | _CLONE_NEWNS) != 0:
        sys.exit(CANNOT)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    child = os.fork()
    if child:
        for descriptor in (0, 1):  # only the browser may hold the pipe
            os.close(descriptor)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    if libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) or libc.mount(
        b"proc", b"/proc", b"proc", flags, None
    ):
        sys.exit(CANNOT)


def _lock(start: Start) -> bool:
    folder = Path(start.command[0]).resolve().parent
    reach = AllowedPaths([Path(start.folder), *map(Path, _WRITTEN)], [folder, *map(Path, _READ)])
    return give_up_privileges() and lock_files(reach) > 0 and refuse_calls(sockets=False)


def _become(start: Start) -> None:
    """Become the browser. The pipe arrives as standard input and output; Chromium expects it as 3 and 4."""
    requests, answers, null = os.dup(0), os.dup(1), os.open(os.devnull, os.O_RDWR)
    for descriptor, place in ((requests, 13), (answers, 14), (null, 0), (null, 1), (null, 2), (13, 3), (14, 4)):
        os.dup2(descriptor, place)
    os.closerange(5, 64)
    folder = start.folder
    os.chdir(folder)
    environment = {"PATH": os.defpath, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    os.execvpe(start.command[0], start.command, environment)  # noqa: S606 - it runs no shell, as intended


if __name__ == "__main__":
    main(Start(**json.loads(sys.argv[1])))
