"""Takes rights away from a process, and all that it starts, for good: files, connections, other processes.

Each layer is the kernel's and needs no privileges; where the kernel lacks one, the others remain. Landlock limits files
(from Linux 5.13 on; abstract sockets and signals from 6.12 on). Seccomp refuses connections, also to a Unix socket's
path, which Landlock can't see, and every look into other processes.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_AF_UNIX = 1

# include/uapi/linux/landlock.h. Each right stands with the first ABI that knows it.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_SOCKET = 1 << 5, 1 << 9
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_ALL_FILES = ((1, (1 << 13) - 1), (2, 1 << 13), (3, _TRUNCATE), (5, _IOCTL_DEV))
_ALL_TCP = 0b11
_ALL_SCOPES = 0b11
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TO_READ = _EXECUTE | _READ_FILE | _READ_DIR

# The places of programs, their settings and fonts. Never /etc, /var or /proc as a whole.
_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store", "/opt/libreoffice", "/etc/ld.so.cache"),
    *("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/localtime", "/etc/passwd", "/etc/nsswitch.conf"),
    *(
        "/var/cache/fontconfig",
        "/var/lib/libreoffice",
        "/var/spool/libreoffice",
        "/etc/locale.alias",
        "/sys/devices/system/cpu",
        "/proc/self",
        "/proc/meminfo",
    ),
    *("/proc/cpuinfo", "/proc/stat", "/proc/version"),
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/shm")  # noqa: S108 - the system's own
# AUDIT_ARCH, then the refused calls: connect, io_uring_setup (which connects past this filter), ptrace,
# process_vm_readv, …_writev, pidfd_getfd; last `socket`, which is allowed for Unix sockets only, since LibreOffice
# listens on one of its own.
_CALLS = {
    "x86_64": (0xC000003E, (42, 425, 101, 310, 311, 438), 41),
    "aarch64": (0xC00000B7, (203, 425, 117, 270, 271, 438), 198),
}
_X32 = 0x40000000
_NEVER = 0xFFFF  # no call has this number
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES


def give_up_privileges() -> bool:
    """Give up the right to gain rights, for this process and all that it starts. The other layers need it."""
    return bool(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


@dataclass(frozen=True, slots=True)
class AllowedPaths:
    """What remains besides the system's programs: paths to write, to read, to list, and to listen in on a Unix socket
    (where files of the same user can be removed, but not read or written).
    """

    written: Iterable[Path]
    read: Iterable[Path]
    listed: Iterable[Path] = ()
    listening: Iterable[Path] = ()


def lock_files(allowed: AllowedPaths) -> int:
    """Limit files to these paths from now on. Return the version of Landlock that does it; 0 when none does."""
    libc = _libc()
    abi = max(0, libc.syscall(_CREATE_RULESET, None, 0, 1))
    if not abi:
        return 0
    handled = sum(right for since, right in _ALL_FILES if since <= abi)
    attributes = struct.pack("<QQQ", handled, _ALL_TCP if abi >= 4 else 0, _ALL_SCOPES if abi >= 6 else 0)
    rules = libc.syscall(_CREATE_RULESET, attributes, 8 if abi < 4 else 16 if abi < 6 else 24, 0)
    if rules < 0:
        return 0
    try:
        for path in (*map(Path, _SYSTEM), *allowed.read):
            _allow(libc, rules, path, _TO_READ)
        for path in allowed.listed:
            _allow(libc, rules, path, _READ_DIR)
        for path in allowed.listening:
            _allow(libc, rules, path, _MAKE_SOCKET | _REMOVE_FILE)
        for path in (*allowed.written, *map(Path, _DEVICES)):
            _allow(libc, rules, path, handled)
        return abi if libc.syscall(_RESTRICT_SELF, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def refuse_calls(*, sockets: bool) -> bool:
    """Refuse connections and looks into other processes. `sockets`: refuse all but Unix sockets as well."""
    machine_calls = _CALLS.get(platform.machine())
    if machine_calls is None:
        return False
    machine, refused_calls, socket = machine_calls
    program = _program(machine, refused_calls, socket if sockets else _NEVER)
    filters = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in program))
    filter_program = struct.pack("@HP", len(program), ctypes.addressof(filters))
    return bool(_libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_program, 0, 0) == 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights &= -1 if path.is_dir() else _OF_A_FILE
        libc.syscall(_ADD_RULE, rules, 1, struct.pack("<Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _program(machine: int, refused_calls: tuple[int, ...], socket: int) -> list[tuple[int, int, int, int]]:
    """Return lines of (code, lines to skip when true, when false, operand). The last two end it: allow, refuse."""
    body = [(_EQUAL, number) for number in refused_calls]
    length = 4 + len(body) + 3 + 2
    allow, refuse = length - 2, length - 1
    lines = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, refuse - 2, machine),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, refuse - 4, 0, _X32),
    ]
    lines += [(code, refuse - at - 1, 0, number) for at, (code, number) in enumerate(body, len(lines))]
    at = len(lines)
    lines += [
        (_EQUAL, 0, allow - at - 1, socket),
        (_LOAD, 0, 0, 16),
        (_EQUAL, allow - at - 3, refuse - at - 3, _AF_UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return lines
