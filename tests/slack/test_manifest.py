"""The manifest asks for what the code listens to, and stays within Slack's limits (slack.md §7)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingsInvalid
from bot.slack.manifest import PLACEHOLDER, manifest

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize(
    "data", [manifest("bot.example.com"), manifest(socket_mode=True)], ids=["http", "socket"]
)


def addresses(data: Any) -> list[str]:
    """Every address in the manifest, wherever it stands."""
    if isinstance(data, dict):
        return [word for value in data.values() for word in addresses(value)]
    if isinstance(data, list):
        return [word for value in data for word in addresses(value)]
    return [data] if isinstance(data, str) and re.match(r"https?://", data) else []


def test_it_listens_to_what_the_handlers_need() -> None:
    data = manifest()
    events = set(data["settings"]["event_subscriptions"]["bot_events"])
    assert {"app_mention", "message.channels", "message.groups", "message.im", "message.mpim"} <= events
    scopes = set(data["oauth_config"]["scopes"]["bot"])
    assert {"app_mentions:read", "chat:write", "files:read", "im:history", "users:read", "reactions:write"} <= scopes


def test_names_of_groups_are_read_where_an_admin_allows_it() -> None:
    assert "usergroups:read" in manifest()["oauth_config"]["scopes"]["bot_optional"]


@BOTH
def test_it_follows_the_rules_of_slack_s_manifest_schema(data: Any) -> None:
    """The rules of manifest.schema.2.0.0 for what is in it: lengths, counts, forms, required keys."""
    assert set(data) == {"_metadata", "display_information", "features", "oauth_config", "settings"}
    shown = data["display_information"]
    assert 1 <= len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    assert re.fullmatch(r"#([0-9a-fA-F]{3}){1,2}", shown["background_color"])
    assert len(data["features"]["bot_user"]["display_name"]) <= 80
    agent = data["features"]["agent_view"]
    assert len(agent["agent_description"]) <= 300
    assert len(agent["suggested_prompts"]) <= 4
    assert all(set(prompt) == {"title", "message"} for prompt in agent["suggested_prompts"])
    assert "assistant_view" not in data["features"]
    scopes = data["oauth_config"]["scopes"]
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])


@BOTH
def test_commands_and_shortcuts_follow_the_schema_s_rules(data: Any) -> None:
    commands = data["features"]["slash_commands"]
    assert 1 <= len(commands) <= 50
    for command in commands:
        assert set(command) <= {"command", "url", "description", "usage_hint", "should_escape"}
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2_000
        assert 1 <= len(command["usage_hint"]) <= 1_000
    shortcuts = data["features"]["shortcuts"]
    assert 1 <= len(shortcuts) <= 10
    for shortcut in shortcuts:
        assert set(shortcut) == {"name", "type", "callback_id", "description"}
        assert shortcut["type"] in {"message", "global"}
        assert 1 <= len(shortcut["name"]) <= 24
        assert 1 <= len(shortcut["description"]) <= 150
        assert 1 <= len(shortcut["callback_id"]) <= 255


@BOTH
def test_settings_follow_the_schema_s_rules(data: Any) -> None:
    settings = data["settings"]
    assert set(settings) <= {
        "event_subscriptions", "interactivity", "org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"
    }  # fmt: skip
    events = settings["event_subscriptions"]["bot_events"]
    assert len(events) == len(set(events)) <= 100
    assert all(len(event) <= 50 for event in events)
    assert settings["interactivity"]["is_enabled"] is True


def test_over_http_every_door_has_the_address() -> None:
    data = manifest("bot.example.com")
    deps = 2 + len(data["features"]["slash_commands"])
    assert addresses(data) == ["https://bot.example.com/slack/events"] * deps
    assert all(command["url"] for command in data["features"]["slash_commands"])
    assert data["settings"]["socket_mode_enabled"] is False


def test_over_a_socket_no_public_address_is_asked_for() -> None:
    data = manifest(socket_mode=True)
    assert data["settings"]["socket_mode_enabled"] is True
    assert addresses(data) == []


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("bot.example.com", "bot.example.com"),
        ("https://bot.example.com", "bot.example.com"),
        ("https://bot.example.com/", "bot.example.com"),
        ("bot.example.com:8443", "bot.example.com:8443"),
        ("BOT.example.com", "bot.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("127.0.0.1:3000", "127.0.0.1:3000"),
    ],
)
def test_a_host_may_be_given_as_an_address(given: str, host: str) -> None:
    assert set(addresses(manifest(given))) == {f"https://{host}/slack/events"}


@pytest.mark.parametrize(
    "given",
    [
        "", "http://bot.example.com", "bot.example.com/path", "me@bot.example.com", "//", " ", "a b.com", "x;y.com",
        "bot..example.com", "-bot.example.com", "bot.example.com:99999", "bot.example.com:x", "bot.example.com?x=1",
        "bot.example.com#a", "[::1", "bot_1.example.com\n",
    ],
)  # fmt: skip
def test_what_is_no_host_is_refused(given: str) -> None:
    with pytest.raises(SettingsInvalid, match="--host"):
        manifest(given)


def test_without_a_host_each_address_shows_what_to_replace() -> None:
    assert all(PLACEHOLDER in address for address in addresses(manifest()))


def test_the_slack_cli_s_manifest_is_the_one_for_socket_mode() -> None:
    """`slack run` connects by a socket and reads this file; `make manifest` writes it."""
    assert json.loads((ROOT / "manifest.json").read_text()) == manifest(socket_mode=True)
