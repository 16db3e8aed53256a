"""What stands beside the code agrees with it."""

import json
import re
import subprocess
import sys
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


def hook(name: str) -> str:
    """What Slack's own hooks, asked as the Slack CLI asks them, say in this checkout."""
    command = [sys.executable, "-m", f"slack_cli_hooks.hooks.{name}"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout


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
    done = subprocess.run(command, cwd=ROOT, env=tokens, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN: must begin with xoxb-" in done.stderr
