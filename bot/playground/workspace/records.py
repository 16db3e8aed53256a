"""The plain records of a workspace, without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["channel", "group", "im", "mpim"]
StreamingState = Literal["in_progress", "completed", "errored"]


@dataclass(slots=True)
class Team:
    id: str
    name: str
    domain: str


@dataclass(slots=True)
class User:
    """A guest is `is_restricted`, one of a single channel also `is_ultra_restricted`. A person with another `team` is
    of another company. `workspaces` are all of theirs in an organisation.
    """

    id: str
    name: str
    real_name: str
    display_name: str
    team: str
    tz: str = "Europe/Amsterdam"
    tz_offset: int = 3600
    locale: str = "en-US"
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_deleted: bool = False
    workspaces: tuple[str, ...] = ()
    bot_id: str | None = None
    app_id: str | None = None


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    created_s: int = 1_700_000_000
    is_archived: bool = False
    is_ext_shared: bool = False
    topic: str = ""


@dataclass(slots=True)
class StoredFile:
    """`ready_at_s`: Slack processes an upload shortly after it was completed; until then the file has no type. `more`
    holds further fields of an e-mail or a clip, `attached` its attachments or its transcript by their names.
    """

    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    user: str
    created_s: int
    data: bytes
    mode: str = "hosted"
    alt_txt: str = ""
    thumbs: dict[str, bytes] = field(default_factory=dict)
    shares: list[tuple[str, str]] = field(default_factory=list)
    is_deleted: bool = False
    is_connect_stub: bool = False
    ready_at_s: float = 0.0
    more: Json = field(default_factory=dict)
    attached: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class UploadTicket:
    """Step one of an upload promises `length` bytes, step two brings them, step three uses the ticket up."""

    file: StoredFile
    length: int
    has_data: bool = False
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Good for five answers within thirty minutes. `message_ts` is the message that the interaction came from."""

    channel: str
    user: str
    made_at_s: float
    message_ts: str = ""
    thread_ts: str = ""
    uses: int = 0


@dataclass(slots=True)
class Stream:
    """A streamed message. `parts` keeps the order of text, tasks and blocks. `first_text` is all that people other than
    the recipient see of it in a channel while it lives (facts/slack.md §0.4).
    """

    started_at_s: float
    recipient_user: str | None
    display_mode: str = "timeline"
    parts: list[Json] = field(default_factory=list)
    plan_title: str = ""
    first_text: str = ""
    is_stopped_by_user: bool = False

    @property
    def text(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "markdown_text")

    @property
    def blocks(self) -> list[Json]:
        return [block for part in self.parts if part["type"] == "blocks" for block in part["blocks"]]

    @property
    def tasks(self) -> list[Json]:
        return [part for part in self.parts if part["type"] == "task_update"]


@dataclass(slots=True)
class Message:
    """`blocks` are those of the app or of the person's client; a bot's plain text has none."""

    channel: str
    ts: str
    text: str = ""
    user: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    subtype: str | None = None
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    client_msg_id: str | None = None
    team: str | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    is_markdown: bool = False
    is_broadcast: bool = False
    streaming_state: StreamingState | None = None
    stream: Stream | None = None
    ephemeral_to: str | None = None
    username: str | None = None
    icon: Json | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class View:
    """A modal or a home tab. `view` is what the app sent, `state_values` what the person has filled in so far."""

    id: str
    user: str
    view: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    is_open: bool = True
    state_values: Json = field(default_factory=dict)
    response_urls: list[Json] = field(default_factory=list)

    @property
    def type(self) -> str:
        return str(self.view.get("type", ""))

    @property
    def external_id(self) -> str:
        return str(self.view.get("external_id", ""))


@dataclass(slots=True)
class Session:
    """An agent session and the free-text status of the older API: both write one place on the screen."""

    channel: str
    thread_ts: str
    status: str = "active"
    title: str = ""
    since_s: float = 0.0
    status_text: str = ""
    status_text_since_s: float = 0.0
    loading_messages: list[str] = field(default_factory=list)
    initiator: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change for which a screen redraws."""

    kind: str
    channel: str = ""
    ts: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
