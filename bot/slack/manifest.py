"""`manifest` gives the Slack app manifest: the scopes, events and commands that the app asks Slack for.

It is one file, which `python -m bot manifest`, doctor and the tests read.
"""

import json
import re
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SettingsInvalid

PLACEHOLDER = "YOUR-HOST"
# Slack delivers events, commands and presses to the same address.
PATH = "/slack/events"
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def manifest(host: str = PLACEHOLDER, *, socket_mode: bool = False) -> dict[str, Any]:
    """The manifest for an app that Slack reaches at `https://{host}`.

    With `socket_mode` it has no public address. Raises SettingsInvalid if `host` is no host.
    """
    data: dict[str, Any] = json.loads(files("bot.slack").joinpath("manifest.json").read_text(encoding="utf-8"))
    settings = data["settings"]
    settings["socket_mode_enabled"] = socket_mode
    if socket_mode:
        return data
    address = f"https://{host if host == PLACEHOLDER else _host(host)}{PATH}"
    for part in ("event_subscriptions", "interactivity"):
        settings[part]["request_url"] = address
    for command in data["features"]["slash_commands"]:
        command["url"] = address
    return data


def _host(host: str) -> str:
    """The host, with its port, of a host or an address; a name in other letters than ASCII in its encoded form."""
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
        name, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        name, port, parts = "", None, urlsplit("")
    is_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if is_more or parts.scheme not in {"", "https"} or not _NAME.fullmatch(name):
        raise SettingsInvalid([f"--host: {host} is not a host such as bot.example.com (Slack wants https)"])
    return name if port is None else f"{name}:{port}"
