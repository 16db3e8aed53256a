"""Finder finds what is to be summarised: messages, files and channels. It refuses what the person may not see.

The bot often sees more than the person who asks. Private content is only told to people who are in its conversation.
"""

import asyncio
import time
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.brief import BriefRefused, Span
from bot.core.ports import Person
from bot.core.thread.inbound import FileRef
from bot.slack.files import GONE_MODES, MOST_BYTES, file_refs
from bot.slack.read.forgotten import ForgottenFilter, ForgottenPeople
from bot.slack.read.history import is_said
from bot.slack.read.membership import Memberships
from bot.slack.read.messages import files_of, read_message
from bot.slack.read.summaries.command_links import (
    ChannelLink,
    ChannelName,
    FileLink,
    Link,
    MessageLink,
    SummaryRequest,
    WebLink,
)
from bot.slack.read.summaries.found import FoundTarget, joined, limited, page_name, private_place
from bot.slack.read.summaries.periods import MOST_MESSAGES, USUAL, Period
from bot.slack.read.summaries.recent_files import recent_files
from bot.slack.web_client import READ_ERRORS, next_cursor
from bot.words import listed, say, text

log = structlog.get_logger(__name__)

# One sentence for private, missing and unknown places, so that a refusal does not say what exists.
NO_ACCESS = text(
    "I can't see that conversation, or you're not in it. If it's yours, type `/invite @{bot}` there and try again."
)
NO_FILES = text("That message has no files and no replies: pick one that has.")
NOT_FOUND = text("I can't find what that link leads to: it may be deleted. Please copy it again.")
FILE_NOT_FOUND = text(
    "I can't find that file: it's gone, or shared where you or I can't look. If the channel is yours, type "
    "`/invite @{bot}` there and try again."
)
TOO_OLD = text("That message is too old: your Slack plan no longer shows it to me.")
TOO_LARGE = text("{name} is too large ({size} MB): I read files up to {most} MB.")
NOTHING_SAID = text("Nobody wrote anything there in that time.")
NOTHING_YET = text("Nobody has written anything there yet.")
SLACK_AWAY = text("Slack didn't answer in time. Please try again in a minute.")
THREAD_NAME, MESSAGE_NAME = text("a thread"), text("a message")
IN_PLACE, WITH_PERIOD = text("{what} in {place}"), text("{what}, {period}")
DM_NAME = text("our direct messages")
# So long Slack's free plan shows messages: https://slack.com/help/articles/27204752526611
KEPT_DAYS = 90
LOOK = 15
WORTH_CHARS = 280
LINK_S = 0.5
PAGE = 200
REPLIES, MOST_REPLIES, MOST_PAGES = 200, 999, 4
UNSEEN = frozenset(
    {"channel_not_found", "not_in_channel", "missing_scope", "no_permission", "access_denied", "is_archived"}
)


class Finder:
    """Its methods raise BriefRefused, with a sentence for the person, if something can't be found
    or may not be seen.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        bot_user_id: str,
        bot_name: str,
        team: str = "",
        forgotten: ForgottenPeople | None = None,
    ) -> None:
        remembered = ForgottenFilter(forgotten)
        self._kept, self._without_words = partial(remembered.kept, team), partial(remembered.without_words, team)
        self._is_file_kept = partial(remembered.is_file_kept, team)
        self._client = client
        self._members = Memberships(client)
        self._bot_user_id = bot_user_id
        self._bot_name = bot_name

    async def find(self, request: SummaryRequest, channel: str, person: Person) -> FoundTarget:
        """All that the request names. A period or a question without a channel or a thread is about `channel`, where
        the person is.
        """
        period = request.period or USUAL
        found = []
        places = [link for link in request.links if isinstance(link, ChannelLink | ChannelName | MessageLink)]
        if not request.links or (request.period and not places):
            found.append(await self.period(channel, period, person))
        for link in request.links:
            if request.period and isinstance(link, MessageLink):
                found.append(await self._part_of_thread(link, period, person))
            else:
                found.append(await self._linked(link, period, person))
        return joined(found, person.language)

    async def period(self, channel: str, period: Period, person: Person) -> FoundTarget:
        name, is_private = await self.look(channel, person)
        oldest, until = period.bounds(person.utc_offset_s)
        if period.kind == "since" and not (oldest := await self._last_message_ts(channel, person)):
            period = USUAL
        bounds = {"oldest": oldest, "latest": until}
        arguments = {name: ts for name, ts in bounds.items() if ts}
        data = await self._call(person, self._client.conversations_history, channel=channel, limit=LOOK, **arguments)
        messages = await self._kept(data["messages"])
        if not (data.get("has_more") or any(is_said(message) for message in messages)):
            raise _refused(NOTHING_SAID if bounds["oldest"] or until else NOTHING_YET, person)
        span = Span(channel, name, oldest=oldest, most=period.count, until=until)
        title = say(WITH_PERIOD, person.language, what=name, period=period.told(person.language))
        return FoundTarget(title, spans=(span,), homes=private_place(channel, is_private), is_private=is_private)

    async def _last_message_ts(self, channel: str, person: Person) -> str:
        """The ts of the person's last message there; empty if it is too far back."""
        cursor = ""
        for _ in range(MOST_MESSAGES // PAGE):
            more = {"cursor": cursor} if cursor else {}
            data = await self._call(person, self._client.conversations_history, channel=channel, limit=PAGE, **more)
            theirs = (message for message in data["messages"] if message.get("user") == person.id and is_said(message))
            found = next(theirs, None)
            cursor = next_cursor(data)
            if found or not cursor:
                return str(found["ts"]) if found else ""
        return ""

    async def message(self, link: MessageLink, person: Person) -> FoundTarget:
        """The message's files, or its thread with the thread's files."""
        place, is_private = await self.look(link.channel, person)
        message, thread = await self._with_thread(link, person)
        root = str(message.get("thread_ts") or link.thread_ts or link.ts)
        is_root = root == link.ts
        seen = read_message(message)
        own = self._readable(seen.files, person)
        has_thread = bool(message.get("reply_count")) or not is_root
        spans: tuple[Span, ...] = ()
        if has_thread and (is_root or not own):
            spans = (Span(link.channel, say(THREAD_NAME, person.language), root_ts=root),)
        elif not own and len(seen.words) >= WORTH_CHARS:
            spans = (Span(link.channel, say(MESSAGE_NAME, person.language), root_ts=root),)
        if not own and not spans:
            raise _refused(NO_FILES, person)
        title = listed([file.name for file in own], person.language) or _within(spans[0].name, place, person)
        files = limited((*own, *self._files_of(thread))) if spans else own
        return FoundTarget(title, files, spans, private_place(link.channel, is_private), is_private)

    async def _part_of_thread(self, link: MessageLink, period: Period, person: Person) -> FoundTarget:
        place, is_private = await self.look(link.channel, person)
        message = await self.read(link, person)
        root = str(message.get("thread_ts") or link.thread_ts or link.ts)
        name, (oldest, until) = say(THREAD_NAME, person.language), period.bounds(person.utc_offset_s)
        span = Span(link.channel, name, root_ts=root, oldest=oldest, most=period.count, until=until)
        title = _within(name, place, person)
        title = say(WITH_PERIOD, person.language, what=title, period=period.told(person.language))
        return FoundTarget(title, spans=(span,), homes=private_place(link.channel, is_private), is_private=is_private)

    async def file(self, file_id: str, person: Person) -> FoundTarget:
        try:
            data = await self._call(person, self._client.files_info, file=file_id)
        except BriefRefused as refused:
            if refused.detail not in {NOT_FOUND, NO_ACCESS}:
                raise
            raise _refused(FILE_NOT_FOUND, person, bot=self._bot_name) from refused
        file: dict[str, Any] = data["file"]
        (ref,) = file_refs({"files": [file]})
        shares = file.get("shares") or {}
        homes = frozenset({*(file.get("groups") or ()), *(file.get("ims") or ()), *(shares.get("private") or {})})
        channels = {*(file.get("channels") or ()), *(shares.get("public") or {})}
        is_private = not file.get("is_public")
        is_open = file.get("user") == person.id or (not is_private and person.standing == "member")
        if not is_open and not await self._members.is_in_any(person.id, homes if is_private else homes | channels):
            raise _refused(FILE_NOT_FOUND, person, bot=self._bot_name)
        if not await self._is_file_kept(file, person.id):
            raise _refused(FILE_NOT_FOUND, person, bot=self._bot_name)
        return FoundTarget(ref.name, (self.checked(ref, person),), homes=homes, is_private=is_private and bool(homes))

    async def recent_files(self, channel: str) -> tuple[FileRef, ...]:
        """The readable files of a channel's last messages, newest first; none if the bot can't read it."""
        try:
            return await recent_files(self._client, channel, self._bot_user_id, self._kept)
        except READ_ERRORS:
            return ()

    async def permalink(self, channel: str, ts: str) -> str:
        """The message's address; empty if Slack does not answer in LINK_S."""
        try:
            async with asyncio.timeout(LINK_S):
                data: Any = (await self._client.chat_getPermalink(channel=channel, message_ts=ts)).data
        except READ_ERRORS:
            return ""
        return str(data["permalink"])

    def checked(self, file: FileRef, person: Person) -> FileRef:
        """The file. Raises BriefRefused if Slack hides it, if it is deleted or if it is too large."""
        if file.mode == "hidden_by_limit":
            raise _refused(TOO_OLD, person)
        if file.mode in GONE_MODES:
            raise _refused(NOT_FOUND, person)
        if file.download_bytes > MOST_BYTES:
            sizes = {"size": round(file.size / 1_048_576), "most": MOST_BYTES // 1_048_576}
            raise _refused(TOO_LARGE, person, name=file.name, **sizes)
        return file

    def _readable(self, files: tuple[FileRef, ...], person: Person) -> tuple[FileRef, ...]:
        """The files. A single one that can't be read is refused; one of several is named under the summary."""
        return (self.checked(files[0], person),) if len(files) == 1 else limited(files)

    def _files_of(self, thread: list[dict[str, Any]]) -> tuple[FileRef, ...]:
        """The files that people sent in the thread, without the bot's own."""
        messages = [message for message in thread if is_said(message) and message.get("user") != self._bot_user_id]
        return tuple(file for message in messages for file in files_of(message))

    async def _linked(self, link: Link, period: Period, person: Person) -> FoundTarget:
        match link:
            case MessageLink():
                return await self.message(link, person)
            case FileLink(file_id):
                return await self.file(file_id, person)
            case WebLink(url):
                return FoundTarget(page_name(url), (FileRef(url, page_name(url), url=url, mode="web"),))
            case ChannelLink(channel):
                return await self.period(channel, period, person)
            case ChannelName(name):
                return await self.period(await self._named(name, person), period, person)

    async def _named(self, name: str, person: Person) -> str:
        """The id of a channel that the bot is in. `look` decides later whether the person may read it."""
        channel = await self._members.named(name)
        if not channel:
            raise self._no_access(person)
        return channel

    async def _with_thread(self, link: MessageLink, person: Person) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The message, and the beginning of its thread. Usually one call gives both."""
        found: dict[str, dict[str, Any]] = {}
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"limit": MOST_REPLIES, "cursor": cursor} if cursor else {"limit": REPLIES}
            root = link.thread_ts or link.ts
            data = await self._call(person, self._client.conversations_replies, channel=link.channel, ts=root, **more)
            found |= {str(message.get("ts")): message for message in data["messages"]}
            cursor = next_cursor(data)
            if not cursor:
                break
        if link.ts in found:
            message = await self._without_words(found[link.ts])
        else:
            message = await self.read(link, person)
        root = str(message.get("thread_ts") or "")
        if root and root not in found and root != link.thread_ts:
            # The link leads to a reply and does not name its thread, so the thread is read by its root.
            return await self._with_thread(replace(link, thread_ts=root), person)
        return message, await self._kept(list(found.values()))

    async def read(self, link: MessageLink, person: Person) -> dict[str, Any]:
        """The message as Slack has it now; without its words if its author was forgotten."""
        window: dict[str, Any] = {"oldest": link.ts, "latest": link.ts, "inclusive": True, "limit": LOOK}
        method, root = self._client.conversations_replies, link.thread_ts or link.ts
        data = await self._call(person, method, channel=link.channel, ts=root, **window)
        found: list[dict[str, Any]] = [message for message in data["messages"] if message.get("ts") == link.ts]
        if not found:
            is_hidden = data.get("is_limited") or _is_old(link.ts)
            raise _refused(TOO_OLD if is_hidden else NOT_FOUND, person)
        return await self._without_words(found[0])

    async def look(self, channel: str, person: Person) -> tuple[str, bool]:
        """A conversation's name and whether it is private. Raises BriefRefused if the bot or the person may not read
        it.
        """
        data = await self._call(person, self._client.conversations_info, channel=channel)
        info: dict[str, Any] = data["channel"]
        is_private = bool(info.get("is_private") or info.get("is_im") or info.get("is_mpim") or info.get("is_group"))
        if not is_private and info.get("is_member") is False:
            raise self._no_access(person)
        is_open = not is_private and person.standing == "member"
        if not is_open and not await self._members.is_in(person.id, channel):
            raise self._no_access(person)
        if info.get("is_im"):
            return say(DM_NAME, person.language), True
        return f"#{info.get('name') or channel}", is_private

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


def _is_old(ts: str) -> bool:
    return float(ts) < time.time() - KEPT_DAYS * 86_400


def _within(what: str, place: str, person: Person) -> str:
    return say(IN_PLACE, person.language, what=what, place=place)
