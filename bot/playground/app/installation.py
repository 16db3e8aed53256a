"""Installation is the app as it is installed in the workspace, with its calls and pending work.

All parts of the local Slack hold it. It knows nothing of HTTP.
"""

from dataclasses import dataclass

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.deliveries import Deliveries
from bot.playground.app.faults import Faults
from bot.playground.app.installation_options import InstallationOptions
from bot.playground.app.rates import Rates
from bot.playground.workspace.records import Channel, Message, ResponseUrl, UploadTicket


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call as it came in. `error` is empty when the call succeeded."""

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
class Installation(InstallationOptions):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.rates = Rates(self.time)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.triggers: dict[str, Trigger] = {}
        self.action_tokens: dict[str, str] = {}
        self.uploads: dict[str, UploadTicket] = {}
        self.unpublished: list[Message] = []
        self.live_streams: list[Message] = []
        self.response_urls: dict[str, ResponseUrl] = {}
        self.api_url = ""
        self.deliveries = Deliveries(self)

    def note(self, call: Call) -> None:
        """Add to `calls`. The oldest are dropped, since a demo may run for weeks."""
        self.calls.append(call)
        del self.calls[: -self.log_max]

    def is_too_large(self, text: str) -> bool:
        """Some workspaces refuse by bytes, far below 12,000 characters of Chinese."""
        return self.message_bytes_max is not None and len(text.encode()) > self.message_bytes_max

    # --- who may do what where ---

    def find_channel(self, args: Args, name: str = "channel", *, write: bool = False) -> Channel:
        """Return a channel that the bot can see. For writing, a user id stands for the DM with that person."""
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
        """Return a trigger, good for one view within three seconds (facts/slack.md §2 Modal)."""
        name = f"{int(self.time.now() * 1000)}.{self.workspace.new_id('')[1:]}.{self.workspace.new_id('').lower()}"
        self.triggers[name] = Trigger(user, self.time.now())
        return name

    def use_trigger(self, args: Args) -> str:
        """Use a trigger up. Return the user it was made for."""
        trigger = self.triggers.get(args.text("trigger_id"))
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.is_used:
            raise ApiError("exchanged_trigger_id")
        if self.time.now() - trigger.at_s > self.trigger_life_s:
            raise ApiError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user
