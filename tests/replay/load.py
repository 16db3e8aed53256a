"""Payloads in the shapes Slack sends (slack.md §3), whole envelopes."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "payloads"
TEAM, BOT, ANA = "T0000000ONE", "U000000BOT", "U000000ANA"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def payload(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return data


def event(name: str) -> dict[str, Any]:
    data: dict[str, Any] = payload(name)["event"]
    return data
