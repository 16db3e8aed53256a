"""Logs: one form for ours and the libraries', JSON for machines. In a process of its own: it is set up once."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.checks import PATIENCE_S

PROGRAM = """
import logging, structlog
from bot.log import set_up_logging
set_up_logging({level!r}, {form!r})
log = structlog.get_logger("bot.mine")
log.debug("too.fine")
log.info("bot.ready", port=3000)
logging.getLogger("bot.core.turn.answer").warning("turn.failed", extra={{"error": "ModelBusy"}})
logging.getLogger("slack_bolt").info("library chatter")
logging.getLogger("slack_bolt").warning("library %s", "warning")
try:
    1 / 0
except ZeroDivisionError as error:
    log.error("event.broke", exc_info=error)
"""


def run(level: str = "INFO", form: str | None = "json") -> str:
    program = PROGRAM.format(level=level, form=form)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
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


# Given as arguments, because a traceback shows the source.
SECRETS = ("xoxb-1-secret", "xapp-1-secret", "sk-secret", "hunter2", "the words of a person")
RAISED = """
import asyncio, json, logging, structlog, sys
from pydantic import BaseModel
from bot.errors import SlackError
from bot.log import set_up_logging
set_up_logging("INFO", {form!r})
log = structlog.get_logger("bot.mine")
BOT, APP, KEY, PASSWORD, WORDS = sys.argv[1:]

class Model(BaseModel):
    number: int

def with_locals():
    token, words = BOT, WORDS
    headers = {{"Authorization": "Bearer " + KEY}}
    return [][len(words)]

def quoting():
    return int(WORDS)

def validating():
    Model.model_validate({{"number": WORDS}})

def keyed():
    return {{}}[WORDS]

def decoding():
    json.loads('["' + WORDS)

def refused():
    raise SlackError("invalid_auth", f"Authorization: Bearer {{KEY}} at redis://me:{{PASSWORD}}@host/0 with {{APP}}")

def chained():
    try:
        quoting()
    except ValueError as error:
        raise RuntimeError("it was " + BOT) from error

def grouped():
    parts = []
    for part in (quoting, chained):
        try:
            part()
        except Exception as error:
            parts.append(error)
    raise ExceptionGroup("some", parts)

for layer in (with_locals, quoting, validating, keyed, decoding, refused, chained, grouped):
    try:
        layer()
    except Exception:
        log.exception("layer.broke", layer=layer.__name__)
        logging.getLogger("slack_bolt").exception("library broke with %s", BOT)

async def forgotten():
    task = asyncio.get_running_loop().create_task(asyncio.to_thread(quoting))
    await asyncio.wait([task])
    del task

asyncio.run(forgotten())
{end}()
"""


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("end", ["quoting", "with_locals", "chained"])
def test_no_traceback_tells_a_token_or_what_a_person_wrote(form: str, end: str) -> None:
    program = RAISED.format(form=form, end=end)
    done = subprocess.run(
        [sys.executable, "-c", program, *SECRETS], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert [secret for secret in SECRETS if secret in done.stdout + done.stderr] == []
    # It is of use all the same: what, where, and what came before it.
    for told in (
        "with_locals",
        "IndexError",
        "ValidationError",
        "SlackError",
        "which led to",
        "together with",
        "***",
    ):
        assert told in done.stderr
    assert "process.broke" in done.stderr
    assert done.stderr.count("layer.broke") == 8
    assert done.stderr.count("library broke") == 8
