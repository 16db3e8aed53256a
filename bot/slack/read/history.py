"""History reads messages, threads and people from Slack. A failure of Slack's never ends a turn: less is read then."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.intake.policy import DESCRIPTION_SUBTYPES, NOTICE_SUBTYPES
from bot.core.people.preferences import Language
from bot.core.ports import EarlierMessages, Person, SlackMessage
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError
from bot.slack.read.forgotten import ForgottenFilter, ForgottenPeople
from bot.slack.read.mentioned import without_call
from bot.slack.read.messages import is_of_app, read_message, with_named_files
from bot.slack.read.names import Names
from bot.slack.read.threads import ThreadReader
from bot.slack.web_client import READ_ERRORS, next_cursor

log = structlog.get_logger(__name__)

PAGE = 200
MOST_PAGES = 5
# The metadata of our small messages beside an answer. They are not part of the answer.
NOTE = "glm_note"
# Blocks with buttons.
CONTROLS = frozenset({"actions", "context_actions"})
# Where the words and the files of a message are.
CONTENT = ("blocks", "attachments", "files")


class ChosenLanguages(Protocol):
    """The languages that people have chosen. Raises StateError."""

    async def language(self, team: str, user: str, channel: str) -> Language: ...


class History:
    """`bot_user_id` is our own user, by which our own messages are known."""

    def __init__(
        self,
        client: AsyncWebClient,
        bot_user_id: str,
        admins: frozenset[str] = frozenset(),
        enterprise: str = "",
        forgotten: ForgottenPeople | None = None,
        languages: ChosenLanguages | None = None,
    ) -> None:
        self._remembered = ForgottenFilter(forgotten)
        self._client = client
        self._bot_user_id = bot_user_id
        self._names = Names(client, admins, enterprise)
        self._threads = ThreadReader(client)
        self._languages = languages

    async def person(self, team: str, user: str, channel: str | None = None) -> Person:
        """The person. With `channel`, their language is the one that was chosen for them there; an empty one means no
        channel. Never fails.
        """
        person = await self._names.person(team, user)
        if channel is None or self._languages is None:
            return person
        try:
            chosen = await self._languages.language(team, user, channel)
        except StateError as error:
            log.info("slack.language_unknown", reason=error.detail)
            return person
        return person if chosen == "auto" else replace(person, language=chosen)

    async def is_there(self, team: str, channel: str) -> bool:
        """Whether the bot is in this channel. False if Slack does not say."""
        return await self._names.has_bot(team, channel)

    async def readable(self, team: str, text: str, reader: str) -> str:
        return await self._names.readable(team, text, reader)

    async def named(self, team: str, shown: Any) -> Any:
        return await self._names.named(team, shown)

    async def message(self, inbound: Inbound) -> SlackMessage | None:
        arguments: Any = {"channel": inbound.channel, "oldest": inbound.ts, "latest": inbound.ts, "inclusive": True}
        try:
            if inbound.is_reply:
                data = (await self._client.conversations_replies(ts=inbound.root_ts, limit=PAGE, **arguments)).data
            else:
                data = (await self._client.conversations_history(limit=1, **arguments)).data
        except READ_ERRORS as error:
            log.warning("slack.message_unknown", reason=type(error).__name__)
            return None
        messages: list[dict[str, Any]] = data["messages"] if isinstance(data, dict) else []
        found = [message for message in messages if message.get("ts") == inbound.ts]
        found = await self._remembered.kept(inbound.team, found)
        if not found:
            return None
        message = self._read(found[0])
        return replace(message, files=with_named_files(message.files, found[0]))

    async def thread(self, inbound: Inbound, since: str = "") -> EarlierMessages:
        read = await self._threads.read(inbound, since)
        messages = [read.messages[ts] for ts in sorted(read.messages, key=float) if is_said(read.messages[ts])]
        earlier: list[SlackMessage] = []
        for message in await self._remembered.kept(inbound.team, messages):
            earlier.append(self._read(message))
            await asyncio.sleep(0)  # reading many long messages must not hold the event loop
        return EarlierMessages(tuple(earlier), read.left_out, read.missed_since)

    async def own_since(self, inbound: Inbound, ts: str = "") -> tuple[str, ...]:
        """The ts of our own messages in the thread after `ts`, else after this message, without the small notes beside
        an answer. Never fails: it finds none if Slack fails.
        """
        since = ts or inbound.ts
        try:
            return tuple(
                [
                    str(message["ts"])
                    async for message in self._replies(inbound, oldest=since)
                    if message.get("user") == self._bot_user_id
                    and float(message["ts"]) > float(since)
                    and (message.get("metadata") or {}).get("event_type") != NOTE
                ]
            )
        except READ_ERRORS as error:
            log.warning("slack.thread_unread", reason=type(error).__name__)
            return ()

    async def with_buttons(self, thread: ThreadId) -> tuple[dict[str, Any], ...]:
        """Our own messages of a thread that have buttons, as Slack sends them. Never fails."""
        place = Inbound(thread.team, thread.channel, thread.root_ts, thread.root_ts, "", thread.team, "channel", "")
        try:
            return tuple(
                [
                    message
                    async for message in self._replies(place)
                    if message.get("user") == self._bot_user_id
                    and any(block.get("type") in CONTROLS for block in message.get("blocks") or ())
                ]
            )
        except READ_ERRORS as error:
            log.warning("slack.thread_unread", reason=type(error).__name__)
            return ()

    async def _replies(self, inbound: Inbound, **window: str) -> AsyncGenerator[dict[str, Any]]:
        cursor = ""
        for _ in range(MOST_PAGES):
            arguments: dict[str, Any] = {
                "channel": inbound.channel,
                "ts": inbound.root_ts,
                "limit": PAGE,
                **window,
                "include_all_metadata": True,
            }
            if cursor:
                arguments["cursor"] = cursor
            data: Any = (await self._client.conversations_replies(**arguments)).data
            for message in data["messages"]:
                yield message
            cursor = next_cursor(data)
            if not cursor:
                return

    def _read(self, message: dict[str, Any]) -> SlackMessage:
        user = str(message.get("user") or message.get("bot_id") or "")
        profile = message.get("bot_profile") or {}
        seen = read_message(message, self._bot_user_id)
        is_ours = user == self._bot_user_id
        return SlackMessage(
            ts=str(message["ts"]),
            user=user,
            text=without_call(seen.text, self._bot_user_id),
            files=seen.files,
            by_bot=is_ours,
            name=str(message.get("username") or profile.get("name") or ""),
            quoted=seen.quoted,
            is_app=not is_ours and is_of_app(message),
        )


def is_said(message: Mapping[str, Any]) -> bool:
    """Whether the message is read: it has something to read, and is neither a notice of Slack's nor a small note of
    ours. The topic or name of a channel is read only where a thread is about it.
    """
    metadata = message.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("event_type") == NOTE:
        return False
    subtype = message.get("subtype") or ""
    is_description = subtype in DESCRIPTION_SUBTYPES and message.get("thread_ts") != message.get("ts")
    if subtype in NOTICE_SUBTYPES or is_description:
        return False
    return bool(str(message.get("text") or "").strip()) or any(message.get(name) for name in CONTENT)
