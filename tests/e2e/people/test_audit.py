"""The audit log: what was done and for whom, one line each, and never a word of what was said."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.audit_log import open_audit_log
from bot.bootstrap import ProcessRoles, build_services
from bot.core.audit import NAME, AuditEvent, note
from bot.errors import SettingsInvalid
from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from tests.e2e.acting import calling
from tests.e2e.documents.test_pictures import upload
from tests.e2e.people.test_access import command, with_people
from tests.stage import stage

KEYS = [
    "time",
    "event",
    "workspace",
    "channel",
    "person",
    "model",
    "outcome",
    "error_type",
    "latency_s",
    "tokens_in",
    "tokens_out",
    "cost",
    "tools",
]
SECRET = "seven red herrings"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_what_is_done_is_written_down_without_a_word_of_it(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    script = [calling(("calculate", {"expression": "6 * 7"})), Reply(text=f"{SECRET}: 42.")]
    async with stage(tmp_path, script, slack=with_people(), audit_log=str(path)) as on:
        files = [upload(on, "herrings.png")]
        asked = on.slack.people.post("Ana", "#general", f"@glm how many {SECRET}?", files=files)
        ana = asked.user
        await on.answers("#general", asked.ts)
        on.slack.people.post("Gus", "#general", f"@glm {SECRET}")
        await on.settled()
        await command(on, "Ana", "reasoning full")
        on.slack.people.delete(asked)
        await on.settled()
    found = lines(path)
    assert all([name for name in KEYS if name in line] == list(line) for line in found), "these keys in this order"
    told = {line["event"]: line for line in found}
    assert set(told) == {"file_read", "tool_call", "answer", "refusal", "setting_changed", "deletion"}
    place = {"workspace": "T0PLAYGRD", "channel": asked.channel, "person": ana}
    answer = told["answer"]
    assert place.items() <= answer.items()
    assert (answer["outcome"], answer["tools"], answer["model"]) == ("success", ["calculate"], "z-ai/glm-4.6v")
    assert answer["tokens_in"] > 0 < answer["tokens_out"]
    assert answer["latency_s"] >= 0
    assert (told["tool_call"]["tools"], told["tool_call"]["outcome"]) == (["calculate"], "success")
    assert place.items() <= told["file_read"].items()
    assert (told["refusal"]["outcome"], told["setting_changed"]["outcome"]) == ("guest", "reasoning full me")
    words = path.read_text()
    assert "herring" not in words


async def test_what_admins_decide_is_written_down(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    async with stage(tmp_path, slack=with_people(), audit_log=str(path)) as on:
        for words in ("reasoning off here", "retention 7 here", "budget 5 day here", "budget off day everyone"):
            await command(on, "Cid", words)
        place, cid = on.slack.workspace.channel("#general").id, on.slack.workspace.user("Cid").id
    found = [(line["event"], line["person"], line["channel"], line["outcome"]) for line in lines(path)]
    assert found == [
        ("setting_changed", cid, place, outcome)
        for outcome in ("reasoning off here", "retention 7 here", f"budget {place} day 5000000", "budget all day off")
    ]


async def test_a_process_that_does_both_writes_each_line_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    slack = LocalSlack()
    async with slack.serve(), embedded_redis(tmp_path) as url:
        settings = Settings(
            slack_bot_token=SecretStr(slack.bot_token),
            slack_api_url=slack.api_url,
            data_dir=tmp_path,
            audit_log=str(path),
        )
        async with build_services(settings, url, roles=ProcessRoles(works=False)) as receives:
            sides = ProcessRoles(receives=False, identity=receives.identity)
            async with build_services(settings, url, receives.metrics, sides):
                note(AuditEvent("install", "T1"))
    assert len(lines(path)) == 1


async def test_a_failure_is_told_with_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    async with stage(tmp_path, lambda _: Reply(status=401), audit_log=str(path)) as on:
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
    (line,) = lines(path)
    assert (line["event"], line["outcome"], line["error_type"]) == ("answer", "failure", "ModelKeyWrong")


def test_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with open_audit_log("stdout"):
        note(AuditEvent("install", "T1", person="U1"))
    note(AuditEvent("uninstall", "T1"))
    (line,) = capsys.readouterr().out.splitlines()
    assert {**json.loads(line), "time": ""} == {"time": "", "event": "install", "workspace": "T1", "person": "U1"}


def test_off_nothing_is_written_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    with open_audit_log(None):
        note(AuditEvent("install", "T1"))
    assert capsys.readouterr() == ("", "")
    log = logging.getLogger(NAME)
    assert (log.propagate, log.isEnabledFor(logging.INFO)) == (False, False)


def test_a_file_that_can_t_be_written_ends_the_start_with_a_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="AUDIT_LOG"), open_audit_log(str(tmp_path / "nowhere" / "audit")):
        pass
