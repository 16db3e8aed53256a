"""The manifest asks for what the code listens to, and stays within Slack's limits (slack.md §7)."""

from bot.slack.manifest import manifest


def test_it_listens_to_what_the_handlers_need() -> None:
    data = manifest()
    events = set(data["settings"]["event_subscriptions"]["bot_events"])
    assert {"app_mention", "message.channels", "message.groups", "message.im", "message.mpim"} <= events
    scopes = set(data["oauth_config"]["scopes"]["bot"])
    assert {"app_mentions:read", "chat:write", "files:read", "im:history", "users:read", "reactions:write"} <= scopes


def test_it_is_within_slack_s_limits() -> None:
    data = manifest()
    shown = data["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    agent = data["features"]["agent_view"]
    assert len(agent["agent_description"]) <= 300
    assert len(agent.get("suggested_prompts", ())) <= 4
    assert "assistant_view" not in data["features"]


def test_over_a_socket_no_public_address_is_asked_for() -> None:
    data = manifest(socket_mode=True)
    assert data["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in data["settings"]["event_subscriptions"]
    assert "request_url" not in data["settings"]["interactivity"]
    assert "request_url" in manifest()["settings"]["event_subscriptions"], "the original is untouched"
