"""Sandbox runs a function in a worker process, so that no file can block or crash the bot or use up its memory.

The function and its arguments must be picklable (module-level functions, plain values, dataclasses). An answer is never
unpickled; `values` says what an answer can be.

anyio.to_process does not fit: its workers inherit the environment with every token in it and import all of the bot
again with the parent's `__main__`; Ctrl-C reaches them too, so a graceful stop breaks running jobs; and the last worker
idles for ever. Our workers have an empty environment and a session of their own, and end after `idle_s` without work.
"""

import asyncio
import contextlib
import math
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, TypeVarTuple, cast

from bot import errors
from bot.documents.refusals import ENDED_READING
from bot.documents.sandbox import values
from bot.documents.sandbox.scratch import remove, scratch_folder
from bot.programs import end_program, start_program
from bot.words import REGISTERED

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_START_TIMEOUT_S = 20.0  # for the imports of a new worker on a busy machine; it does not count as time of the call
_DEATH_TIMEOUT_S = 1.0  # in this time a worker that closed its pipe must end by itself
_MOST_ANSWER_BYTES = 256 << 20
_NO_SECRETS = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    # One thread per worker: several workers are parallel enough, and more threads only reserve memory.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


class Sandbox:
    """Runs functions in at most `workers` processes, which start when they are needed. Belongs to one event loop.

    Use it with `async with`, or call `aclose` at the end. The errors and values of a function must be known here
    (`values`, `refusals`, `notices`), because an answer imports nothing.

    `memory_bytes` is the memory that one call may allocate. `env` holds variables that a library needs, such as
    LD_LIBRARY_PATH; it must never hold secrets. `folder` is the only folder that functions can write to; None means
    that the sandbox makes one.
    """

    # The classes that an answer may hold.
    known: tuple[type, ...] = values.KNOWN

    def __init__(
        self,
        workers: int = 2,
        *,
        timeout_s: float = 10.0,
        memory_bytes: int = 1 << 30,
        idle_s: float = 60.0,
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._given_folder = folder
        self._own_folder: Path | None = None
        self._exit_stack = contextlib.ExitStack()
        self._programs: list[str] = []
        self._slots = asyncio.Semaphore(workers)
        self.timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._idle_s = idle_s
        self._env = {**_NO_SECRETS, **(env or {})}
        self._resting: dict[_Worker, asyncio.TimerHandle] = {}
        self._alive: set[_Worker] = set()

    async def run(self, function: Callable[[*Ts], T], *args: *Ts, timeout_s: float | None = None) -> T:
        """Return what `function(*args)` returns. The time limit does not include waiting for a worker or starting one.

        Raises the FileError the function raised; FileTooSlow after `timeout_s` (the sandbox's own when None);
        FileTooLarge when memory ran out; FileBroken when the process died or the function failed in any other way.
        """
        request = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        async with self._slots:
            worker = await self._ready_worker(function)
            try:
                async with asyncio.timeout(limit_s):
                    answer = _checked_answer(await worker.call(request), self.known)
                if answer[0] != "memory":  # its freed memory is in fragments, in which the next file finds no room
                    self._rest(worker)
            except TimeoutError:
                raise errors.FileTooSlow(f"killed after {limit_s:g} s") from None
            except (EOFError, OSError):
                raise await worker.cause_of_death() from None
            finally:
                if worker not in self._resting:
                    await self._end(worker)
        return cast("T", _result(answer))

    @property
    def folder(self) -> Path:
        """The folder that functions can write to, for files that a program needs."""
        if self._given_folder is not None:
            return self._given_folder
        if self._own_folder is None:
            self._own_folder = self._exit_stack.enter_context(scratch_folder("worker"))
        return self._own_folder

    def allow(self, program: str) -> None:
        """Allow workers that start from now on to run this program and to read its folder."""
        folder = Path(program).resolve().parent
        # A LibreOffice that was installed by itself has its other files beside its `program` folder.
        self._programs.append(str(folder.parent if folder.name == "program" else folder))

    async def aclose(self) -> None:
        """End all workers and remove the sandbox's own folder."""
        for timer in self._resting.values():
            timer.cancel()
        self._resting.clear()
        for worker in list(self._alive):
            await self._end(worker)
        self._exit_stack.close()
        if self._own_folder is not None:
            await asyncio.to_thread(remove, self._own_folder)
            self._own_folder = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _ready_worker(self, function: Callable[..., object]) -> "_Worker":
        """Return a worker that has already imported the function: imports do not count as time of the call."""
        worker = await self._resting_worker()
        if worker is None:
            limits = str(self._memory_bytes), str(math.ceil(self.timeout_s * 4)), str(self.folder.absolute())
            worker = await _Worker.start((*limits, *self._programs), {**self._env, "TMPDIR": limits[-1]})
            self._alive.add(worker)
        if function in worker.known:
            return worker
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                await worker.call(pickle.dumps((callable, (function,))))  # imports the function's module
            worker.known.add(function)
        except (TimeoutError, EOFError, OSError) as error:
            await self._end(worker)
            raise errors.FileTooSlow("a worker process did not start") from error
        except asyncio.CancelledError:
            await self._end(worker)
            raise
        return worker

    async def _resting_worker(self) -> "_Worker | None":
        while self._resting:
            worker, timer = self._resting.popitem()
            timer.cancel()
            if worker.is_alive:
                return worker
            await self._end(worker)
        return None

    def _rest(self, worker: "_Worker") -> None:
        self._resting[worker] = asyncio.get_running_loop().call_later(self._idle_s, self._dismiss, worker)

    def _dismiss(self, worker: "_Worker") -> None:
        del self._resting[worker]
        self._alive.discard(worker)
        worker.dismiss()

    async def _end(self, worker: "_Worker") -> None:
        self._alive.discard(worker)
        await worker.kill()


class _Worker:
    """One worker process, and the frames that are sent to it and received from it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._requests = process.stdin
        self._answers = process.stdout
        self.known: set[Callable[..., object]] = set()  # functions whose modules it has imported

    @classmethod
    async def start(cls, limits: tuple[str, ...], env: Mapping[str, str]) -> Self:
        paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
        process = await start_program(
            *(sys.executable, "-P", "-m", "bot.documents.sandbox.worker", *limits),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**env, "PYTHONPATH": paths},
        )
        return cls(process)

    @property
    def is_alive(self) -> bool:
        """Ask the system: asyncio notices a death a moment later, and then the next file would be blamed for it."""
        if self._process.returncode is not None or not hasattr(os, "waitid"):
            return self._process.returncode is None
        try:
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        except ChildProcessError:
            return False

    async def call(self, request: bytes) -> bytes:
        """Send a request and return the answer.

        Raises EOFError or OSError when the process dies, FileBroken when the answer is too large.
        """
        self._requests.write(len(request).to_bytes(8, "big"))
        self._requests.write(request)
        await self._requests.drain()
        length = int.from_bytes(await self._answers.readexactly(8), "big")
        if length > _MOST_ANSWER_BYTES:
            raise errors.FileBroken(f"the worker's answer cannot be taken: {length} bytes")
        return await self._answers.readexactly(length)

    async def cause_of_death(self) -> errors.FileError:
        """Return the error that tells why the process ended."""
        try:
            async with asyncio.timeout(_DEATH_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            return errors.FileBroken("the worker does not answer any more, and lives")
        return _as_end_of_reader(_error_of_exit(self._process.returncode))

    def dismiss(self) -> None:
        """Close the input of the worker. It reads the end of its input and ends by itself."""
        self._requests.close()

    async def kill(self) -> None:
        """End the worker and the programs that it started."""
        await asyncio.shield(end_program(self._process))


def _as_end_of_reader(error: errors.FileError) -> errors.FileError:
    error.ended_the_reader = True
    return error


def _error_of_exit(code: int | None) -> errors.FileError:
    if code == -signal.SIGKILL:  # the kernel killed it, because the machine had no memory left
        return errors.FileTooLarge("worker killed by the system")
    if code == -signal.SIGXCPU:
        return errors.FileTooSlow("worker out of processor time")
    return errors.FileBroken(f"worker died with {code}", user_message=ENDED_READING)


def _checked_answer(reply: bytes, known: Iterable[type]) -> tuple[object, ...]:
    """Decode an answer. Raises FileBroken when it has a wrong form; then the worker is not used again."""
    try:
        match values.decode(reply, known):
            case ("ok", _) | ("memory",) | ("error", str()) | ("file", str(), str(), str(), dict()) as answer:
                return cast("tuple[object, ...]", answer)
            case _:
                raise errors.FileBroken("the worker answered with something else")
    except (ValueError, TypeError) as error:
        raise errors.FileBroken(f"the worker's answer cannot be taken: {error}") from None


def _result(answer: tuple[object, ...]) -> object:
    match answer:
        case ("file", str(name), str(detail), str(user_message), dict(fields)):
            raise _refusal(_file_error(name), detail, user_message, fields)
        case ("memory",):
            raise _as_end_of_reader(errors.FileTooLarge("out of memory in the worker"))
        case ("error", str(detail)):
            raise errors.FileBroken(detail)
        case _:
            return answer[1]


def _refusal(
    kind: type[errors.FileError], detail: str, user_message: str, fields: dict[str, object]
) -> errors.FileError:
    """Make the error of an answer. Only the bot's own texts are formatted, never a text out of a file."""
    try:
        return kind(detail, user_message=user_message, fields=fields if user_message in REGISTERED else {})
    except (LookupError, ValueError, TypeError) as error:
        return errors.FileBroken(f"the worker's answer cannot be taken: {type(error).__name__}")


def _file_error(name: str) -> type[errors.FileError]:
    found = getattr(errors, name, errors.FileBroken)
    return found if isinstance(found, type) and issubclass(found, errors.FileError) else errors.FileBroken
