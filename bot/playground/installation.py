"""The app as it is installed in the workspace: its tokens, scopes and events, and the switches of this local Slack.

Held by everything that plays Slack's part; knows nothing of HTTP.
"""

import asyncio
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from bot.playground.background import Background
from bot.playground.clock import Clock
from bot.playground.deliveries import Deliveries
from bot.playground.faults import Faults
from bot.playground.methods import ApiError, Args
from bot.playground.rates import Rates
from bot.playground.records import Channel, Message, ResponseUrl, UploadTicket
from bot.playground.workspace import Workspace, seeded_workspace

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


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call as it came in. `error` is empty when it went well."""

    method: str
    args: Args
    at_s: float
    status: int
    error: str = ""


@dataclass(slots=True)
class Trigger:
    user: str
    at_s: float
    is_used: bool = False


@dataclass
class Installation:
    workspace: Workspace = field(default_factory=seeded_workspace)
    _: KW_ONLY
    signing_secret: str = "local-signing-secret"  # noqa: S105 - the local Slack's own, worth nothing elsewhere
    bot_token: str = "xoxb-local-bot"  # noqa: S105
    app_token: str = "xapp-local-app"  # noqa: S105
    clock: Clock | None = None
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    events: set[str] = field(default_factory=lambda: set(BOT_EVENTS))
    is_agent: bool = True
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
        self.rates = Rates(self.time)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.triggers: dict[str, Trigger] = {}
        self.action_tokens: dict[str, str] = {}
        self.uploads: dict[str, UploadTicket] = {}
        self.unpublished: list[Message] = []
        self.live_streams: list[Message] = []
        self.response_urls: dict[str, ResponseUrl] = {}
        self.tasks: Background | None = None
        self.api_url = ""
        self.deliveries = Deliveries(self)

    def note(self, call: Call) -> None:
        """Adds to `calls`; the oldest are forgotten, a demo may run for weeks."""
        self.calls.append(call)
        del self.calls[: -self.log_max]

    def is_too_large(self, text: str) -> bool:
        """Some workspaces were seen to refuse by bytes, far below 12,000 characters of Chinese."""
        return self.message_bytes_max is not None and len(text.encode()) > self.message_bytes_max

    # --- who may do what where ---

    def find_channel(self, args: Args, name: str = "channel", *, write: bool = False) -> Channel:
        """A channel the bot can see. A user id stands for the DM with that person where something is written."""
        ref = args.text(name)
        workspace = self.workspace
        if write and ref in workspace.users and ref != workspace.bot.id:
            return workspace.dm(ref)
        channel = workspace.channels.get(ref)
        if channel is None or (channel.kind != "channel" and not workspace.is_bot_in(channel)):
            raise ApiError("channel_not_found")
        if not write:
            return channel
        if channel.is_archived:
            raise ApiError("is_archived")
        if not workspace.is_bot_in(channel):
            raise ApiError("not_in_channel")
        return channel

    def find_message(self, args: Args, channel: Channel, name: str = "ts") -> Message:
        message = self.workspace.message(channel.id, args.text(name))
        if message is None or message.ephemeral_to is not None:
            raise ApiError("message_not_found")
        return message

    def new_trigger(self, user: str) -> str:
        """Good for one view within three seconds (facts/slack.md §2 Modal)."""
        name = f"{int(self.time.now() * 1000)}.{self.workspace.new_id('')[1:]}.{self.workspace.new_id('').lower()}"
        self.triggers[name] = Trigger(user, self.time.now())
        return name

    def use_trigger(self, args: Args) -> str:
        """The user it was made for."""
        trigger = self.triggers.get(args.text("trigger_id"))
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.is_used:
            raise ApiError("exchanged_trigger_id")
        if self.time.now() - trigger.at_s > self.trigger_life_s:
            raise ApiError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user

    # --- things that happen a moment later ---

    def later(self, delay_s: float, act: Callable[[], Any]) -> None:
        """Without a running server, or with no delay, it happens now."""
        if self.tasks is None or delay_s <= 0:
            act()
            return
        self.tasks.create_task(_after(delay_s, act))


async def _after(delay_s: float, act: Callable[[], Any]) -> None:
    await asyncio.sleep(delay_s)
    act()
