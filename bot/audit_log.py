"""Writes the audit log: one JSON line for each event, to standard output or a file, if the operator wants it."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.core.audit import NAME
from bot.errors import SettingsInvalid

STDOUT = "stdout"


class _AuditFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "audited", {})
        return json.dumps({"time": time.replace("+00:00", "Z"), **fields}, ensure_ascii=False)


@contextmanager
def open_audit_log(where: str | None) -> Iterator[None]:
    """Write the audit log to `where`, `stdout` or a path, which is appended to; without it nothing is written.

    Raises SettingsInvalid when the file can't be written.
    """
    if not where:
        yield
        return
    handler = _handler(where)
    handler.setFormatter(_AuditFormatter())
    log = logging.getLogger(NAME)
    level_before = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level_before)
        if where != STDOUT:
            handler.close()


def _handler(where: str) -> logging.Handler:
    if where == STDOUT:
        return logging.StreamHandler(sys.stdout)
    try:
        return logging.FileHandler(Path(where), encoding="utf-8")
    except OSError as error:
        raise SettingsInvalid([f"AUDIT_LOG: {where} can't be written ({error.strerror})"]) from error
