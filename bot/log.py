"""Logging for the whole process: constant event names with fields, a console for people, JSON for machines.

Never message text, file content or tokens.
"""

import logging
import sys
from typing import Any, Literal

import structlog

# These say on INFO what we say better ourselves, or too often.
QUIET = ("slack_bolt", "slack_sdk", "docket", "aiohttp.access", "asyncio", "PIL")


def set_up_logging(level: str, form: Literal["console", "json"] | None) -> None:
    """Everything, ours and the libraries', goes to stderr in one form; a terminal gets colours."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    is_console = form == "console" or (form is None and sys.stderr.isatty())
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if is_console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
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
