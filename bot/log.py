"""Sets up logging for the whole process: constant event names with fields, a console for people, JSON for machines.

It never logs message text, file content or tokens: a traceback shows no values, and what looks like a token is masked.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog

# What these log on INFO, we log better ourselves, or they log too often.
QUIET = ("slack_bolt", "slack_sdk", "docket", "aiohttp.access", "asyncio", "PIL")


SECRET = re.compile(
    r"\b(?:xox[a-z]-|xox[a-z]\.xox[a-z]-|xapp-|xwfp-)[\w-]+|(?<=Bearer )\S+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)
MASK = "***"
# The messages of these errors quote the value that caused them, which may be what a person wrote.
QUOTING = (ValueError, LookupError)


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio" and isinstance(record.msg, str):
            # The lines after the first show the task, with the words of its error.
            record.msg = record.msg.split("\n", 1)[0]
        return SECRET.sub(MASK, super().format(record))


def set_up_logging(level: str, form: Literal["console", "json"] | None) -> None:
    """Send everything, ours and the libraries', to stderr in one form. `form` None: a console on a terminal, else
    JSON.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    is_console = form == "console" or (form is None and sys.stderr.isatty())
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=_write_traceback)]
        if is_console
        else [structlog.processors.ExceptionRenderer(_traceback), structlog.processors.JSONRenderer()]
    )
    formatter = _Formatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_crash


ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def _log_crash(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Log what ends the process in the same form as everything else."""
    structlog.get_logger(__name__).critical("process.broke", exc_info=(kind, error, where))


def _write_traceback(out: TextIO, exc_info: ExcInfo) -> None:
    out.write("\n" + _traceback(exc_info))


def _traceback(exc_info: ExcInfo) -> str:
    """Return where and what broke, causes first, without local variables or messages that may quote a person."""
    return "\n".join(_lines(exc_info[1]))


def _lines(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _lines(cause)
        yield "which led to"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _lines(part)
            yield "together with"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield f"{type(error).__qualname__}: {'(not shown)' if isinstance(error, QUOTING) else error}"
