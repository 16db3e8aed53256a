"""An Inbound is one message for the bot: who wrote what, where, and with which files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from bot.core.brief import Brief
from bot.core.ids import check_id, check_ts
from bot.core.records import read
from bot.errors import PayloadMalformed

Place = Literal["dm", "group", "channel"]
Redo = Literal["", "again", "think", "fast", "edited", "version"]


@dataclass(frozen=True, slots=True)
class ThreadId:
    """A thread in Slack. `root_ts` is the ts of its first message."""

    team: str
    channel: str
    root_ts: str

    def __post_init__(self) -> None:
        """Raise PayloadMalformed when a field has not the form of an id or ts: the three make up Redis keys."""
        check_id(self.team, "team")
        check_id(self.channel, "channel")
        check_ts(self.root_ts, "root_ts")

    def __str__(self) -> str:
        return f"{self.team}:{self.channel}:{self.root_ts}"

    @classmethod
    def parse(cls, key: str) -> "ThreadId":
        """Raises PayloadMalformed."""
        parts = key.split(":")
        if len(parts) != 3:
            raise PayloadMalformed("thread")
        return cls(*parts)


# The mode of a file that a message only links to. It is downloaded when the asker may see it.
LINKED = "linked"
# The mode of a file that is named, but not read: too many were sent or linked to at once.
LEFT_OUT = "left_out"
# The mode of a recording of which Slack writes down what is said. It is read as those words.
CLIP = "clip"
# The mode of a mail that came into a channel. It is read with what is attached to it.
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file on Slack. `url` is empty when Slack tells it only in `files.info` (Slack Connect).

    `converted_url` is the address of the PDF that Slack has made of an Office file, or empty.
    """

    id: str
    name: str
    mimetype: str = ""
    size: int = 0
    url: str = ""
    mode: str = "hosted"
    converted_url: str = ""

    @property
    def download_bytes(self) -> int:
        """The bytes that have to be fetched, as far as Slack tells. A mail's attachments are fetched one by one, and of
        a clip only its words, so their `size` says nothing of it.
        """
        return 0 if self.mode in {CLIP, EMAIL} else self.size

    @property
    def is_editable(self) -> bool:
        """The content may change while the id stays the same."""
        return self.mode == "canvas"


@dataclass(frozen=True, slots=True)
class VisibleMessage:
    """A message as people see it. `text` is what its author wrote. `quoted` is other text that it shows: forwarded
    messages, previews, tables, an app's fields. Both have Slack's escapes.
    """

    text: str = ""
    quoted: str = ""
    files: tuple[FileRef, ...] = ()

    @property
    def words(self) -> str:
        return "\n".join(filter(None, (self.text.strip(), self.quoted)))


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message that is to be answered.

    `team` is the workspace of the installation, `user_team` the person's own; they differ in Slack Connect.
    `files_known` is False for an `app_mention` without files: Slack may have left them out, and only the `message`
    event of the same message or a look-up tells (slack.md §0.5). `redo`: the answer is to be regenerated. `brief`: the
    message orders a summary. `order`: a button was pressed that needs no model. `search_token` allows a search in Slack
    as this person (slack.md §2). `quoted` is text that the message shows and its author did not write. `bot` is the id
    of the bot that wrote it, or empty for a person.
    """

    team: str
    channel: str
    ts: str
    root_ts: str
    user: str
    user_team: str
    place: Place
    text: str
    files: tuple[FileRef, ...] = ()
    files_known: bool = True
    mentions_bot: bool = False
    redo: Redo = ""
    brief: Brief | None = None
    order: str = ""
    search_token: str = ""
    quoted: str = ""
    bot: str = ""

    def __post_init__(self) -> None:
        """Raise PayloadMalformed when one of these has the wrong form. They make up Redis keys and the order of
        messages.
        """
        check_id(self.team, "team")
        check_id(self.channel, "channel")
        check_ts(self.ts, "ts")
        check_ts(self.root_ts, "root_ts")
        if self.user:
            check_id(self.user, "user")

    @property
    def thread(self) -> ThreadId:
        return ThreadId(self.team, self.channel, self.root_ts)

    @property
    def is_reply(self) -> bool:
        return self.root_ts != self.ts

    @property
    def is_addressed(self) -> bool:
        """The message is surely meant for the bot, and not only written in a thread that it follows."""
        return bool(self.place == "dm" or self.mentions_bot or self.order or self.redo or self.brief)

    def with_files(self, files: tuple[FileRef, ...]) -> "Inbound":
        return replace(self, files=files, files_known=True)

    def with_content(self, text: str, files: tuple[FileRef, ...], quoted: str = "") -> "Inbound":
        return replace(self, text=text, files=files, quoted=quoted, files_known=True)

    def to_json(self) -> dict[str, Any]:
        """Write the record without its version, which is the first: older workers can't read a version field here."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Inbound":
        """Raises RecordUnreadable."""
        return read(cls, data)
