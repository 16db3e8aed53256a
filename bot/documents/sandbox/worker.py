"""The worker process of Sandbox: it reads one request at a time, calls the function and writes the answer.

Sandbox starts it with `python -m`. It has no secrets (its environment is empty), it is confined (`confinement`), and it
ends with its parent, because then its standard input closes. Requests and answers are frames: eight bytes of length,
then a pickle of the request, or the answer as `values` encodes it. A request comes from our own parent; an answer may
come from a worker that a file controls, so it is never unpickled.
"""

import os
import pickle
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

from bot.documents.memory import used_bytes
from bot.documents.sandbox.confinement import confine, needed_by_python
from bot.documents.sandbox.values import encode
from bot.errors import FileError
from bot.words import made_of

# ("ok", result) · ("file", class name, detail, user_message's template, its fields) · ("memory",) · ("error", place)
Answer = tuple[Any, ...]


_ANSWER_BYTES = 128 << 20  # added to the limit while the answer is sent: three copies of the longest text


def main(memory_bytes: int, cpu_s: int, folder: Path, programs: list[Path]) -> None:
    """Answer requests until the standard input closes.

    `memory_bytes` and `cpu_s` limit each call. `folder` can be written to; `programs` are folders that can be read.
    """
    requests, answers = _take_over_pipes()
    confine(folder, [*needed_by_python(), *programs])
    most_bytes = 0
    while header := requests.read(8):
        answer = _load(requests.read(int.from_bytes(header, "big")))
        if answer[0] == "call":
            is_first = not most_bytes
            most_bytes = most_bytes or used_bytes() + memory_bytes  # measured after the imports, which do not count
            _limit_memory(most_bytes, is_first=is_first)
            _limit_cpu(cpu_s)
            answer = _call(*answer[1:])
            _limit_memory(most_bytes + _ANSWER_BYTES)
        reply = _dump(answer)
        del answer
        answers.write(sum(map(len, reply)).to_bytes(8, "big"))
        answers.writelines(reply)
        answers.flush()


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes of requests and answers. Libraries may print; they get /dev/null instead of the pipes."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    return requests, answers


def _limit_memory(limit: int, *, is_first: bool = False) -> None:
    """Limit the address space, which includes memory that is mapped already.

    When `drawing.charts` has lifted the limit, it stays lifted.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == hard and not is_first:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def _limit_cpu(cpu_s: int) -> None:
    """Limit the processor time, for a worker whose parent was killed. A living parent ends its worker earlier."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(usage.ru_utime + usage.ru_stime) + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (limit if hard < 0 else min(limit, hard), hard))


def _load(request: bytes) -> Answer:
    try:
        function, args = pickle.loads(request)  # noqa: S301 - from our own parent
    except Exception as error:  # noqa: BLE001 - the edge of the process: every error becomes an answer
        return "error", f"{type(error).__name__}: {error}"
    return "call", function, args


def _call(function: Any, args: tuple[Any, ...]) -> Answer:
    try:
        return "ok", function(*args)
    except FileError as error:
        return "file", type(error).__name__, error.detail, *made_of(error.user_message)
    except MemoryError:
        return ("memory",)
    except Exception as error:  # noqa: BLE001 - the edge of the process: every error becomes an answer
        return "error", _where(error)


def _where(error: Exception) -> str:
    """Return the type and place of an error, without its message: messages of decoders may quote the file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def _dump(answer: Answer) -> list[bytes]:
    try:
        return encode(answer)
    except MemoryError:
        return encode(("memory",))
    except Exception as error:  # noqa: BLE001 - the edge of the process: every error becomes an answer
        return encode(("error", f"answer cannot be sent: {type(error).__name__}"))


if __name__ == "__main__":
    main(
        memory_bytes=int(sys.argv[1]),
        cpu_s=int(sys.argv[2]),
        folder=Path(sys.argv[3]),
        programs=[Path(folder) for folder in sys.argv[4:]],
    )
