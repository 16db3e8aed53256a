"""The audit log: one JSON line for each event, to standard output or into a file, when the operator wants it."""

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


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "audited", {})
        return json.dumps({"time": time.replace("+00:00", "Z"), **fields}, ensure_ascii=False)


@contextmanager
def open_audit_log(where: str | None) -> Iterator[None]:
    """`where` is `stdout` or a path, which is added to; without it nothing is written.

    Raises SettingsInvalid when the file can't be written.
    """
    if not where:
        yield
        return
    handler = _handler(where)
    handler.setFormatter(_Lines())
    log = logging.getLogger(NAME)
    before = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
        if where != STDOUT:
            handler.close()


def _handler(where: str) -> logging.Handler:
    if where == STDOUT:
        return logging.StreamHandler(sys.stdout)
    try:
        return logging.FileHandler(Path(where), encoding="utf-8")
    except OSError as error:
        raise SettingsInvalid([f"AUDIT_LOG: {where} can't be written ({error.strerror})"]) from error
