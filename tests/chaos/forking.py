"""Bots that start at once: one process imports what `python -m bot …` imports, and forks itself for each start.

The imports are nine tenths of what a start costs, and the same every time. What follows them is the command line's own
`main`, in a process of its own. Between the two stands a keeper, which waits for the bot and tells how it ended.

    test ── origin ─┬─ keeper ── bot
                    └─ keeper ── bot

Each dies with the one before it, the origin when nobody can ask it any more. Run as a program, this module is the
origin.
"""

import asyncio
import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
MOST_BYTES = 65_536


def die_with_parent() -> None:
    """Also when that is killed with -9 (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


# -- in the test ------------------------------------------------------------------------------------------------------


class ForkedBot(asyncio.Protocol):
    """What `asyncio.subprocess.Process` is, as far as tests use it. Its keeper tells the number, then the exit code."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._told = b""
        self._lines: list[asyncio.Future[int]] = [loop.create_future(), loop.create_future()]

    async def started(self) -> None:
        await self._lines[0]

    async def wait(self) -> int:
        return await asyncio.shield(self._lines[1])

    @property
    def returncode(self) -> int | None:
        return self._lines[1].result() if self._lines[1].done() else None

    def send_signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._lines[0].result(), number)

    def kill(self) -> None:
        if self.returncode is None:
            self.send_signal(signal.SIGKILL)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._pipe = transport

    def data_received(self, data: bytes) -> None:
        self._told += data
        for line, told in zip(self._told.split(b"\n")[:-1], self._lines, strict=False):
            if not told.done():
                told.set_result(int(line))
        if self._lines[1].done():
            self._pipe.close()


@dataclass(frozen=True)
class Origin:
    asks: socket.socket

    async def start(self, words: list[str], env: Mapping[str, str], log: Path) -> ForkedBot:
        """`python -m bot …` with these words and nothing but this environment, in the folder of its log."""
        ours, theirs = os.pipe()
        asked = {"words": words, "env": dict(env), "log": str(log)}
        socket.send_fds(self.asks, [json.dumps(asked).encode()], [theirs])
        os.close(theirs)
        _, bot = await asyncio.get_running_loop().connect_read_pipe(ForkedBot, os.fdopen(ours, "rb", 0))
        await bot.started()
        return bot


@contextmanager
def origin(env: Mapping[str, str]) -> Iterator[Origin]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            command = [sys.executable, "-m", __name__, str(theirs.fileno())]
            process = subprocess.Popen(command, env=dict(env), stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        try:
            yield Origin(ours)
        finally:
            ours.close()
            assert process.wait() == 0


# -- in the origin ----------------------------------------------------------------------------------------------------


def main(asked: socket.socket) -> int:
    from bot.__main__ import main as run_bot  # noqa: PLC0415  # the test has no use for it

    _import_all()
    while request := _received(asked):
        # A bot that runs into an error ends as any program does: it returns from here and leaves by the door.
        words = _forked(*request, asked)
        if words is not None:
            return run_bot(words)
        _reap()
    _reap()
    return 0


def _import_all() -> None:
    gc.disable()
    import bot.processes  # noqa: F401, PLC0415

    gc.freeze()
    gc.enable()


def _received(asked: socket.socket) -> tuple[dict[str, str], list[str], Path, int] | None:
    data, descriptors, _, _ = socket.recv_fds(asked, MOST_BYTES, 1)
    if not data:
        return None
    found = json.loads(data)
    return found["env"], found["words"], Path(found["log"]), descriptors[0]


def _forked(env: dict[str, str], words: list[str], log: Path, told: int, asked: socket.socket) -> list[str] | None:
    """The words of the command line in the bot, None in the origin. A keeper does not come back."""
    if os.fork():
        os.close(told)
        return None
    asked.close()
    die_with_parent()
    bot = os.fork()
    if bot:
        _keep(bot, told)
    os.close(told)
    die_with_parent()
    os.environ.clear()  # noqa: TID251
    os.environ.update(env)  # noqa: TID251
    os.chdir(log.parent)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(file, stream.fileno())
    os.close(file)
    return words


def _keep(bot: int, told: int) -> None:
    os.write(told, b"%d\n" % bot)
    _, status = os.waitpid(bot, 0)
    os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _reap() -> None:
    """What keepers and their bots have cost counts as the origin's, and so as the test's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
