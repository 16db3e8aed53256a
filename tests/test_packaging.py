"""What stands beside the code agrees with it."""

import re
from pathlib import Path

from bot.settings import EXAMPLES, Settings

ROOT = Path(__file__).parent.parent


def test_env_example_lists_every_setting_in_the_order_of_the_code() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert listed == [name.upper() for name in Settings.model_fields]


def test_the_readme_explains_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in readme]
    assert missing == []


def test_every_example_belongs_to_a_setting() -> None:
    assert set(EXAMPLES) <= {name.upper() for name in Settings.model_fields}


def test_the_procfile_names_commands_that_exist() -> None:
    roles = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert roles == {"web": "python -m bot web", "worker": "python -m bot worker"}
