"""What doctor says of this machine."""

from pathlib import Path

import pytest

from bot import doctor
from bot.settings import Settings


@pytest.mark.processes
async def test_doctor_says_which_layers_hold_around_what_reads_files(tmp_path: Path) -> None:
    found = [finding async for finding in doctor._confinement(Settings(data_dir=tmp_path))]
    assert len(found) == len(doctor.LAYERS)
    assert "wrong" not in {finding.state for finding in found}
    assert all(finding.text.startswith("NOT held") for finding in found if finding.state == "optional")
