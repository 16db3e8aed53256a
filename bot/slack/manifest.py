"""The Slack app manifest: what the app asks Slack for. One file, read by `python -m bot manifest`, doctor and tests."""

import json
from importlib.resources import files
from typing import Any


def manifest(*, socket_mode: bool = False) -> dict[str, Any]:
    """With `socket_mode` no public address is needed, so the request URLs are left out."""
    data: dict[str, Any] = json.loads(files("bot.slack").joinpath("manifest.json").read_text(encoding="utf-8"))
    if socket_mode:
        data["settings"]["socket_mode_enabled"] = True
        del data["settings"]["event_subscriptions"]["request_url"]
        del data["settings"]["interactivity"]["request_url"]
    return data
