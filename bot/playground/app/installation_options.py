"""InstallationOptions are the app's tokens, scopes and events, and the switches of this local Slack."""

import asyncio
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from bot.playground.app.background import Background
from bot.playground.workspace.clock import Clock
from bot.playground.workspace.workspace import Workspace, seeded_workspace

# The manifest of facts/slack.md §7.
BOT_SCOPES = frozenset({
    "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "commands",
    "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
    "mpim:history", "mpim:read", "reactions:read", "reactions:write", "users:read",
})  # fmt: skip
BOT_EVENTS = frozenset({
    "agent_session_stopped", "agent_session_title_changed", "app_context_changed", "app_home_opened", "app_mention",
    "app_uninstalled", "message.channels", "message.groups", "message.im", "message.mpim", "reaction_added",
    "tokens_revoked",
})  # fmt: skip


@dataclass
class InstallationOptions:
    workspace: Workspace = field(default_factory=seeded_workspace)
    _: KW_ONLY
    signing_secret: str = "local-signing-secret"  # noqa: S105 - the local Slack's own, worth nothing elsewhere
    bot_token: str = "xoxb-local-bot"  # noqa: S105
    app_token: str = "xapp-local-app"  # noqa: S105
    clock: Clock | None = None
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    events: set[str] = field(default_factory=lambda: set(BOT_EVENTS))
    is_agent: bool = True
    has_home: bool = True
    enforce_rates: bool = True
    rich_text_stays_rich: bool = True
    stream_life_s: float = 300.0
    message_bytes_max: int | None = None
    stream_ends_at_bytes: int | None = None
    trigger_life_s: float = 3.0
    file_processing_s: float = 0.05
    download_refusal: Literal["login_page", "redirect"] = "login_page"
    request_url: str | None = None
    prefers_socket: bool = True
    ack_timeout_s: float = 3.0
    retry_delays_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    sends_own_events: bool = True
    is_unlisted: bool = False
    log_max: int = 5_000
    mention_has_files: bool = False
    mention_has_message_twin: bool = True
    mention_comes_first: bool = False
    mention_gap_s: float = 0.0

    def __post_init__(self) -> None:
        if self.clock is not None:
            self.workspace.clock = self.clock
        self.time = self.workspace.clock
        self.tasks: Background | None = None

    # --- things that happen a moment later ---

    def later(self, delay_s: float, act: Callable[[], Any]) -> None:
        """Act after a delay; at once without a running server or without a delay."""
        if self.tasks is None or delay_s <= 0:
            act()
            return
        self.tasks.create_task(_after(delay_s, act))


async def _after(delay_s: float, act: Callable[[], Any]) -> None:
    await asyncio.sleep(delay_s)
    act()
