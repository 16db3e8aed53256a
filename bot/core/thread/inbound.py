"""One message for the bot, as plain values: who said what, where, with which files."""

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
    """A conversation. `root_ts` is the ts of the message the thread hangs on."""

    team: str
    channel: str
    root_ts: str

    def __post_init__(self) -> None:
        """Raises PayloadMalformed: these three are the names of what is kept of it."""
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


# A file that a message only names by its address: brought in when its asker may see it.
LINKED = "linked"


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file on Slack. `url` is empty where Slack hides the file until `files.info` is asked (Slack Connect).

    `converted_url` is the PDF that Slack made of an Office file, where there is one.
    """

    id: str
    name: str
    mimetype: str = ""
    size: int = 0
    url: str = ""
    mode: str = "hosted"
    converted_url: str = ""

    @property
    def is_editable(self) -> bool:
        """Its content may change under the same id."""
        return self.mode == "canvas"


@dataclass(frozen=True, slots=True)
class VisibleMessage:
    """A message as people see it. `text` is what its author wrote, `quoted` what stands there besides: forwarded
    messages, previews, tables, an app's fields. Both escaped as Slack escapes.
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

    `team` is the installation's workspace; `user_team` the person's own (they differ in Slack Connect).
    `files_known` is False for an `app_mention` without files: Slack may have left them out, and only the twin
    `message` event or a look-up tells (slack.md §0.5). `redo`: its answer is to be written anew. `brief`: it is a
    summary that was ordered, not a question. `order`: a button that was pressed, which asks nothing of the model.
    `search_token` lets Slack be searched as this person (slack.md §2). `quoted`: what the message shows that its author
    did not write. `bot` is the id of the bot that said it; empty: a person did.
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
        """Raises PayloadMalformed: it can't be kept, put in order or answered without these."""
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
        """Meant for the bot without doubt: not only said in a thread that it follows."""
        return bool(self.place == "dm" or self.mentions_bot or self.order or self.redo or self.brief)

    def with_files(self, files: tuple[FileRef, ...]) -> "Inbound":
        return replace(self, files=files, files_known=True)

    def with_content(self, text: str, files: tuple[FileRef, ...], quoted: str = "") -> "Inbound":
        return replace(self, text=text, files=files, quoted=quoted, files_known=True)

    def to_json(self) -> dict[str, Any]:
        """Of the first version, which is not written: workers from before it was read would stumble over it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Inbound":
        """Raises RecordUnreadable."""
        return read(cls, data)
