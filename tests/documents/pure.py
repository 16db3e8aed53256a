"""What the sandbox's tests run in workers: apart from the tests, so that a worker need not import pytest."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bot import errors
from bot.documents.detect.file_types import KINDS
from bot.documents.refusals import NO_OFFICE, unsupported
from bot.words import Filled


@dataclass(frozen=True, slots=True)
class Pair:
    left: int
    right: str


class NotAValue:
    pass


def double(number: int) -> int:
    return number * 2


def pair(number: int) -> Pair:
    return Pair(number, "x" * number)


def meet(folder: str, name: str) -> int:
    """Comes back when two of these have run at the same time."""
    Path(folder, name).touch()
    while len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.005)
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def start_program(note: str) -> None:
    child = subprocess.Popen(["sleep", "30"])
    Path(note).write_text(str(child.pid))
    child.wait()


def abort() -> None:
    os.abort()


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def take(size: int) -> int:
    return len(bytearray(size))


def letters(count: int) -> str:
    return "x" * count


def fail() -> None:
    secret = "the file's content"
    raise ValueError(secret)


def refuse() -> None:
    raise errors.FileUnsupported("detail", user_message="a kind of file for tests")


def refuse_with_fields() -> None:
    fields = {"name": KINDS["doc"].name, "better": "DOCX"}
    raise errors.FileUnsupported("detail", user_message=NO_OFFICE, fields=fields)


def refuse_a_kind() -> None:
    raise unsupported("font", KINDS["font"].name)


def refuse_with_a_trap() -> None:
    raise errors.FileBroken("detail", user_message="{0.__class__}{size:999999999}")


def refuse_with_too_little() -> None:
    error = errors.FileUnsupported(user_message=NO_OFFICE, fields={"name": "a", "better": "b"})
    if isinstance(error.user_message, Filled):
        error.user_message.fields = {"name": "a"}
    raise error


def worker_pid() -> int:
    return os.getpid()


def environment() -> bytes:
    return Path("/proc/self/environ").read_bytes()


def chatter() -> str:
    print("in between the frames")  # noqa: T201
    os.write(1, b"\0" * 64)
    os.write(2, b"\0" * 64)
    return "clean"


def forge() -> object:
    return NotAValue()


def loaded_modules() -> list[str]:
    return sorted(sys.modules)


def connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def say_instead(frame: bytes) -> None:
    """A worker that was taken over: writes what it likes where its answers go, and stays alive."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            is_answers = entry.readlink().name.startswith("pipe:") and os.access(entry, os.W_OK)
            flags = int(Path("/proc/self/fdinfo", entry.name).read_text().split("flags:")[1].split()[0], 8)
        except OSError:
            continue
        if is_answers and flags & os.O_ACCMODE == os.O_WRONLY:
            os.write(int(entry.name), frame)
            os.close(int(entry.name))
    time.sleep(3600)


def make(kind: str, text: str) -> object:
    return {"surrogate": "\ud800", "nested": [(1, b"ab", {"a": [None, True, 1.5]}), b"", {3: ()}]}.get(kind, text)


def reads(path: str) -> bytes:
    return Path(path).read_bytes()


def names_in(path: str) -> list[str]:
    return sorted(os.listdir(path))  # noqa: PTH208 - as an attacker would


def writes(path: str) -> None:
    Path(path).write_bytes(b"mine now")


def asks_at(path: str) -> bytes:
    """By a Unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(path)
        client.sendall(b"PING\r\n")
        return client.recv(64)


def signals(pid: int) -> None:
    os.kill(pid, signal.SIGUSR2)


def traces(pid: int) -> int:
    """PTRACE_SEIZE, which stops nobody: 0 when it may."""
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.ptrace(0x4206, pid, None, None))


def child_reads(path: str) -> bytes:
    """A program of the worker's, as LibreOffice is."""
    return subprocess.run(["cat", path], capture_output=True, check=True).stdout
