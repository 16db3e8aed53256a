"""What doctor says of this machine."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.settings import Settings


@pytest.mark.processes
async def test_doctor_says_which_layers_hold_around_what_reads_files(tmp_path: Path) -> None:
    found = [finding async for finding in doctor._confinement(Settings(data_dir=tmp_path))]
    assert len(found) == len(doctor.LAYERS)
    assert "wrong" not in {finding.state for finding in found}
    assert all(finding.text.startswith("NOT held") for finding in found if finding.state == "optional")


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "optional", "on PORT to this machine alone"),
        ({"health_port": 3001}, "optional", "on HEALTH_PORT 3001 to everybody"),
        ({"metrics_token": SecretStr("x" * 64)}, "ok", "only for who has METRICS_TOKEN"),
        ({"metrics_token": SecretStr("secret")}, "wrong", "short"),
    ],
)
async def test_it_says_who_may_read_the_metrics(changes: dict[str, Any], state: str, words: str) -> None:
    found = [finding async for finding in doctor._settings(Settings(**changes))]
    (about,) = [finding for finding in found if "/metrics" in finding.text or "METRICS_TOKEN" in finding.text]
    assert about.state == state
    assert words in about.text
    assert "secret" not in about.text
