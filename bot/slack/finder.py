"""Finding what a summary is ordered of: messages, files, channels; and whether the person may see it themselves.

A bot often sees more than the person who asks it: what is private is only told to those who are in it.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.brief import BriefRefused, Span
from bot.core.inbound import FileRef
from bot.core.policy import SPOKEN_SUBTYPES
from bot.core.ports import Person
from bot.slack.files import GONE_MODES, MOST_BYTES, file_refs
from bot.slack.links import ChannelLink, FileLink, Link, MessageLink, Period, Wanted, WebLink
from bot.words import say, text

log = structlog.get_logger(__name__)

NO_ACCESS = text("I can't see that conversation: type `/invite @{bot}` in the channel, then try again.")
NOT_YOURS = text("That is in a conversation you are not in yourself, so I can't summarise it for you.")
NO_FILES = text("There are no files and no thread at that message: give me a link to one that has files or replies.")
NOT_FOUND = text("I can't find what that link leads to: it may be deleted or expired, so please copy it again.")
TOO_OLD = text("That message is older than what this workspace's plan keeps, so Slack no longer shows it to me.")
TOO_LARGE = text("{name} is too large ({size} MB): I read files up to {most} MB.")
NOTHING_SAID = text("Nothing was said there in that time, so there is nothing to summarise.")
SLACK_AWAY = text("Slack did not answer me in time: please try again in a minute.")
THREAD_NAME, MESSAGE_NAME = text("a thread"), text("a message")
DM_NAME = text("our direct messages")
# What a plan without a price keeps: https://slack.com/help/articles/27204752526611
KEPT_DAYS = 90
LOOK = 15
WORTH_CHARS = 280
RECENT = 100
MOST_FILES = 10
TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
UNSEEN = frozenset(
    {"channel_not_found", "not_in_channel", "missing_scope", "no_permission", "access_denied", "is_archived"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be summarised. `homes`: the private conversations it comes from; nobody outside is to read it."""

    name: str
    files: tuple[FileRef, ...] = ()
    spans: tuple[Span, ...] = ()
    homes: frozenset[str] = frozenset()
    is_private: bool = False

    def __add__(self, other: "Found") -> "Found":
        return Found(
            f"{self.name}, {other.name}",
            tuple(dict.fromkeys(self.files + other.files))[:MOST_FILES],
            self.spans + other.spans,
            # What may be read in each of them only.
            self.homes & other.homes if self.is_private and other.is_private else self.homes | other.homes,
            self.is_private or other.is_private,
        )


class Finder:
    """Raises BriefRefused, with a sentence for the person, for what can't be had. `client` reads."""

    def __init__(self, client: AsyncWebClient, bot_user_id: str, bot_name: str) -> None:
        self._client = client
        self._bot_user_id = bot_user_id
        self._bot_name = bot_name

    async def find(self, wanted: Wanted, channel: str, person: Person) -> Found:
        """`channel` is where the person is; a period without a channel's link is a part of that."""
        places = [link.channel for link in wanted.links if isinstance(link, ChannelLink)]
        period = wanted.period or Period("last", 50)
        if wanted.period and not places:
            places = [channel]
        found = [await self.period(place, period, person) for place in places]
        found += [await self._linked(link, person) for link in wanted.links if not isinstance(link, ChannelLink)]
        whole = found[0]
        for one in found[1:]:
            whole += one
        return whole

    async def period(self, channel: str, period: Period, person: Person) -> Found:
        name, is_private = await self.look(channel, person)
        oldest = _begin(period, person)
        arguments = {"oldest": oldest} if oldest else {}
        data = await self._call(person, self._client.conversations_history, channel=channel, limit=LOOK, **arguments)
        if not any(_is_said(message) for message in data["messages"]):
            raise _refused(NOTHING_SAID, person)
        span = Span(channel, name, oldest=oldest, most=period.count)
        return Found(name, spans=(span,), homes=_home(channel, is_private), is_private=is_private)

    async def message(self, link: MessageLink, person: Person) -> Found:
        _, is_private = await self.look(link.channel, person)
        message = await self.read(link, person)
        root = str(message.get("thread_ts") or link.thread_ts or link.ts)
        is_root = root == link.ts
        files = tuple(self.checked(file, person) for file in file_refs(message))[:MOST_FILES]
        has_thread = bool(message.get("reply_count")) or not is_root
        spans: tuple[Span, ...] = ()
        if has_thread and (is_root or not files):
            spans = (Span(link.channel, say(THREAD_NAME, person.language), root_ts=root),)
        elif not files and len(str(message.get("text") or "")) >= WORTH_CHARS:
            spans = (Span(link.channel, say(MESSAGE_NAME, person.language), root_ts=root),)
        if not files and not spans:
            raise _refused(NO_FILES, person)
        told = ", ".join(file.name for file in files) or spans[0].name
        return Found(told, files, spans, _home(link.channel, is_private), is_private)

    async def file(self, file_id: str, person: Person) -> Found:
        data = await self._call(person, self._client.files_info, file=file_id)
        file: dict[str, Any] = data["file"]
        (ref,) = file_refs({"files": [file]})
        homes = frozenset({*(file.get("groups") or ()), *(file.get("ims") or ())})
        is_private = not file.get("is_public")
        if is_private and file.get("user") != person.id and not await self._is_in_any(homes, person):
            raise _refused(NOT_YOURS, person)
        return Found(ref.name, (self.checked(ref, person),), homes=homes, is_private=is_private and bool(homes))

    async def recent_files(self, channel: str) -> tuple[FileRef, ...]:
        """The files of a channel's last messages, newest first; none where the bot can't read."""
        try:
            data: Any = (await self._client.conversations_history(channel=channel, limit=RECENT)).data
        except TROUBLE:
            return ()
        files = [file for message in data["messages"] for file in file_refs(message)]
        return tuple({file.id: file for file in files if file.mode not in GONE_MODES and file.url}.values())

    async def permalink(self, channel: str, ts: str) -> str:
        """Empty when Slack does not tell."""
        try:
            data: Any = (await self._client.chat_getPermalink(channel=channel, message_ts=ts)).data
        except TROUBLE:
            return ""
        return str(data["permalink"])

    def checked(self, file: FileRef, person: Person) -> FileRef:
        if file.mode == "hidden_by_limit":
            raise _refused(TOO_OLD, person)
        if file.mode in GONE_MODES:
            raise _refused(NOT_FOUND, person)
        if file.size > MOST_BYTES:
            sizes = {"size": round(file.size / 1_048_576), "most": MOST_BYTES // 1_048_576}
            raise _refused(TOO_LARGE, person, name=file.name, **sizes)
        return file

    async def _linked(self, link: Link, person: Person) -> Found:
        match link:
            case MessageLink():
                return await self.message(link, person)
            case FileLink(file_id):
                return await self.file(file_id, person)
            case WebLink(url):
                return Found(_short(url), (FileRef(url, _short(url), url=url, mode="web"),))
            case ChannelLink(channel):
                return await self.period(channel, Period("last", 50), person)

    async def read(self, link: MessageLink, person: Person) -> dict[str, Any]:
        """The message as Slack has it now."""
        window: dict[str, Any] = {"oldest": link.ts, "latest": link.ts, "inclusive": True, "limit": LOOK}
        method, root = self._client.conversations_replies, link.thread_ts or link.ts
        data = await self._call(person, method, channel=link.channel, ts=root, **window)
        found: list[dict[str, Any]] = [one for one in data["messages"] if one.get("ts") == link.ts]
        if not found:
            is_hidden = data.get("is_limited") or _is_old(link.ts)
            raise _refused(TOO_OLD if is_hidden else NOT_FOUND, person)
        return found[0]

    async def look(self, channel: str, person: Person) -> tuple[str, bool]:
        """A conversation's name and whether it is private; refused when the bot or the person is not in it."""
        data = await self._call(person, self._client.conversations_info, channel=channel)
        info: dict[str, Any] = data["channel"]
        is_private = bool(info.get("is_private") or info.get("is_im") or info.get("is_mpim") or info.get("is_group"))
        if not is_private and info.get("is_member") is False:
            raise self._no_access(person)
        if is_private and not await self._is_in(channel, person):
            raise _refused(NOT_YOURS, person)
        if info.get("is_im"):
            return say(DM_NAME, person.language), True
        return f"#{info.get('name') or channel}", is_private

    async def _is_in_any(self, channels: frozenset[str], person: Person) -> bool:
        for channel in sorted(channels):
            if await self._is_in(channel, person):
                return True
        return False

    async def _is_in(self, channel: str, person: Person) -> bool:
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            try:
                answer = await self._client.conversations_members(channel=channel, limit=1000, **more)
            except SlackApiError:
                return False
            data: Any = answer.data
            if person.id in data["members"]:
                return True
            cursor = (data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return False

    async def _call(self, person: Person, method: Any, **arguments: Any) -> Any:
        try:
            return (await method(**arguments)).data
        except SlackApiError as error:
            data = getattr(error.response, "data", None)
            code = str(data.get("error") or "") if isinstance(data, dict) else ""
            log.info("brief.refused_by_slack", code=code, method=method.__name__)
            if code in UNSEEN:
                raise self._no_access(person) from error
            if code in {"thread_not_found", "message_not_found"} and _is_old(str(arguments.get("ts"))):
                raise _refused(TOO_OLD, person) from error
            if code.endswith("_not_found") or code in {"file_deleted", "invalid_ts_latest", "invalid_ts_oldest"}:
                raise _refused(NOT_FOUND, person) from error
            raise _refused(SLACK_AWAY, person) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _refused(SLACK_AWAY, person) from error

    def _no_access(self, person: Person) -> BriefRefused:
        return _refused(NO_ACCESS, person, bot=self._bot_name)


def _refused(sentence: str, person: Person, **fields: object) -> BriefRefused:
    return BriefRefused(sentence, user_message=say(sentence, person.language, **fields))


def _home(channel: str, is_private: bool) -> frozenset[str]:
    return frozenset({channel}) if is_private else frozenset()


def _short(url: str) -> str:
    """How a web page is called."""
    name = url.split("://", 1)[-1].rstrip("/")
    return name if len(name) <= 60 else name[:59] + "…"


def _is_said(message: dict[str, Any]) -> bool:
    return message.get("subtype", "") in SPOKEN_SUBTYPES | {"bot_message"}


def _is_old(ts: str) -> bool:
    return float(ts) < time.time() - KEPT_DAYS * 86_400


def _begin(period: Period, person: Person) -> str:
    """Midnight where the person is, of today or of this week's Monday, as a ts; empty for a count of messages."""
    if period.kind == "last":
        return ""
    offset = timedelta(seconds=person.utc_offset_s)
    day = (datetime.now(UTC) + offset).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = day if period.kind == "today" else day - timedelta(days=day.weekday())
    return f"{(begins - offset).timestamp():.6f}"
