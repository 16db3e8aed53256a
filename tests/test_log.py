"""Logs: one form for ours and the libraries', JSON for machines. In a process of its own: it is set up once."""

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import logging, structlog
from bot.log import set_up_logging
set_up_logging({level!r}, {form!r})
log = structlog.get_logger("bot.mine")
log.debug("too.fine")
log.info("bot.ready", port=3000)
logging.getLogger("bot.core.answer").warning("turn.failed", extra={{"error": "ModelBusy"}})
logging.getLogger("slack_bolt").info("library chatter")
logging.getLogger("slack_bolt").warning("library %s", "warning")
try:
    1 / 0
except ZeroDivisionError as error:
    log.error("event.broke", exc_info=error)
"""


def run(level: str = "INFO", form: str | None = "json") -> str:
    program = PROGRAM.format(level=level, form=form)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == ""
    return done.stderr


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_machines_get_one_json_object_a_line() -> None:
    told = lines(run())
    assert [line["event"] for line in told] == ["bot.ready", "turn.failed", "library warning", "event.broke"]
    assert told[0]["port"] == 3000
    assert told[1]["error"] == "ModelBusy"
    assert [line["level"] for line in told] == ["info", "warning", "warning", "error"]
    assert all(line["timestamp"].endswith("Z") for line in told)
    assert "ZeroDivisionError" in told[3]["exception"]


def test_json_is_the_form_where_nobody_looks() -> None:
    assert lines(run(form=None))[0]["event"] == "bot.ready"


@pytest.mark.parametrize(("level", "first"), [("DEBUG", "too.fine"), ("ERROR", "event.broke")])
def test_the_level_counts_for_everybody(level: str, first: str) -> None:
    told = [line["event"] for line in lines(run(level=level))]
    assert told[0] == first
    assert "library chatter" not in told


def test_people_get_a_console() -> None:
    text = run(form="console")
    assert "bot.ready" in text
    assert "Traceback" in text
    assert not text.startswith("{")
