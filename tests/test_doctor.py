"""What doctor says of this machine."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.browser.process import find_browser
from bot.glm.offline.faults import away
from bot.glm.offline.offline import OfflineModel
from bot.glm.offline.reply import INSTANT
from bot.settings import Settings


@pytest.mark.processes
async def test_doctor_says_which_layers_hold_around_what_reads_files_and_pages(tmp_path: Path) -> None:
    found = [finding async for finding in doctor._confinement(Settings(data_dir=tmp_path))]
    assert len(found) == len(doctor.LAYERS) + (len(doctor.BROWSER_LAYERS) if find_browser() else 0)
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


async def test_it_says_who_answers_when_the_model_is_away() -> None:
    model = OfflineModel(pace=INSTANT)
    async with model.serve() as url:
        known = Settings(glm_base_url=url, glm_api_key=SecretStr("k"))
        model.faults["glm-4.6v-flash"] = away(502)
        catalog = [finding async for finding in doctor._model(known)]
        unknown = known.model_copy(update={"glm_fallback": ["z-ai/glm-4.6", "glm-9v"]})
        listed = [finding async for finding in doctor._model(unknown)]
        nobody = [finding async for finding in doctor._model(known.model_copy(update={"glm_fallback": []}))]
    assert [finding.state for finding in catalog] == ["ok", "ok", "optional", "ok"]
    assert catalog[1].text.startswith("when z-ai/glm-4.6v is away: z-ai/glm-4.6v-flashx answers (")
    assert "z-ai/glm-4.6v-flash can't answer" in catalog[2].text
    assert "ModelUnreachable" in catalog[2].text
    assert "away, where there are no pictures: z-ai/glm-4.6 answers" in listed[1].text
    assert "glm-9v can't answer" in listed[2].text
    assert "ModelNotFound" in listed[2].text
    assert "GLM_FALLBACK" in nobody[1].text
