"""What stands beside the code agrees with it."""

import json
import re
import subprocess
import sys
from pathlib import Path

from bot.__main__ import COMMANDS
from bot.setting_forms import EXAMPLES
from bot.settings import Settings
from scripts import settings_table
from tests.checks import PATIENCE_S

ROOT = Path(__file__).parent.parent


def test_env_example_lists_every_setting_in_the_order_of_the_code() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert listed == [name.upper() for name in Settings.model_fields]


def test_the_table_of_settings_is_the_code_s() -> None:
    assert settings_table.PAGE.read_text(encoding="utf-8") == settings_table.page(), "make docs"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_readme_names_settings_and_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", readme))
    assert named
    assert named <= {name.upper() for name in Settings.model_fields} | {"API_KEY"}
    assert set(re.findall(r"python -m bot ([a-z]+)", readme)) <= set(COMMANDS)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)) <= set(
        re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    )


def test_links_of_the_readme_and_the_docs_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "bot" / "README.md"]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_every_module_that_the_map_of_the_code_names_is_there() -> None:
    readme = (ROOT / "bot" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py)`", readme))
    named |= {
        f"{module}.py"
        for module in re.findall(r"(?:→|^) +((?:core|glm|handlers|jobs|slack)/[\w/]+)", readme, re.MULTILINE)
    }
    assert len(named) > 40
    assert [name for name in sorted(named) if not ((ROOT / name).exists() or (ROOT / "bot" / name).exists())] == []


def test_every_example_belongs_to_a_setting() -> None:
    assert set(EXAMPLES) <= {name.upper() for name in Settings.model_fields}


def test_the_procfile_names_commands_that_exist() -> None:
    roles = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert roles == {"web": "python -m bot web", "worker": "python -m bot worker"}


def hook(name: str) -> str:
    """What Slack's own hooks, asked as the Slack CLI asks them, say in this checkout."""
    command = [sys.executable, "-m", f"slack_cli_hooks.hooks.{name}"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=PATIENCE_S).stdout


def test_the_slack_cli_finds_what_it_asks_for() -> None:
    declared = json.loads((ROOT / ".slack" / "hooks.json").read_text())["hooks"]["get-hooks"]
    assert declared == "python3 -m slack_cli_hooks.hooks.get_hooks"
    hooks = json.loads(hook("get_hooks"))["hooks"]
    assert {"get-manifest", "start"} <= set(hooks)
    assert json.loads(hook("get_manifest")) == json.loads((ROOT / "manifest.json").read_text())


def test_the_slack_cli_starts_the_bot() -> None:
    """With tokens that Slack's form of a token rules out, it says so and ends."""
    command = [sys.executable, "-X", "dev", "-m", "slack_cli_hooks.hooks.start"]
    tokens = {"SLACK_BOT_TOKEN": "no-token", "SLACK_APP_TOKEN": "xapp-1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        command, cwd=ROOT, env=tokens, check=False, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN: must begin with xoxb-" in done.stderr
