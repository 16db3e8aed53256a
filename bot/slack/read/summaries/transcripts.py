"""SlackTranscripts reads a channel or a thread for a summary: who said what and when, with addresses to cite it by."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.brief import BriefRefused, Span
from bot.core.citations.transcript import Transcript, TranscriptLine
from bot.core.people.speakers import speaker_name
from bot.core.ports import Person
from bot.slack.read.forgotten import ForgottenFilter, ForgottenPeople
from bot.slack.read.history import History, is_said
from bot.slack.read.messages import read_message
from bot.slack.read.summaries.command_links import MOST_MESSAGES
from bot.slack.web_client import READ_ERRORS, next_cursor
from bot.words import text

log = structlog.get_logger(__name__)

CheckAccess = Callable[[str, Person], Awaitable[object]]
UNREADABLE = text("I can't read that conversation any more. Please check that I'm still in it, then ask again.")
PAGE, THREAD_PAGE = 200, 900  # a thread is told oldest first, and its end matters most
MOST_PAGES = 15
MOST_ADDRESSES = 10_000


class SlackTranscripts:
    """`history` looks up names. `own_user` is our own user, whose answers are read without their buttons. `look` raises
    BriefRefused if a person may not read the conversation (Finder.look).
    """

    def __init__(
        self,
        client: AsyncWebClient,
        history: History,
        own_user: str = "",
        look: CheckAccess | None = None,
        forgotten: ForgottenPeople | None = None,
    ) -> None:
        self._remembered = ForgottenFilter(forgotten)
        self._look = look
        self._client = client
        self._own_user = own_user
        self._history = history
        self._addresses: dict[str, str] = {}

    async def gather(self, team: str, span: Span, person: Person) -> Transcript:
        """Read the messages of the span. Access is checked again, since an order may be done long after it was given.

        Threads under a channel's messages and our own small notes are not read; messages of bots are. Raises
        BriefRefused.
        """
        if self._look is not None:
            await self._look(span.channel, person)
        try:
            messages, missed = await (self._thread(span) if span.root_ts else self._channel(span))
            address = await self._address(span.channel, messages)
        except READ_ERRORS as error:
            log.warning("transcript.unread", reason=type(error).__name__)
            raise BriefRefused("unreadable", user_message=UNREADABLE) from error
        messages = await self._remembered.kept(team, messages)
        lines = [await self._line(team, message, person.id) for message in messages]
        return Transcript(span, address, tuple(lines), missed)

    async def of_file(self, file_id: str) -> str:
        """The address of a file for people: its permalink, or the web page's own. Empty if Slack does not answer."""
        if file_id.startswith(("https://", "http://")):
            return file_id
        if file_id not in self._addresses:
            try:
                data: Any = (await self._client.files_info(file=file_id)).data
            except READ_ERRORS:
                return ""
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[file_id] = str(data["file"].get("permalink") or "")
        return self._addresses[file_id]

    async def _channel(self, span: Span) -> tuple[list[dict[str, Any]], bool]:
        """The channel's messages, oldest first, and whether some are missing. (Slack gives the newest first.)"""
        arguments: dict[str, Any] = {"channel": span.channel, "limit": min(PAGE, max(span.most, 15)), **_window(span)}
        messages: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.conversations_history(**arguments, **more)).data
            messages += [message for message in data["messages"] if _is_said(message)]
            cursor = next_cursor(data)
            if not cursor or len(messages) >= span.most:
                break
        return messages[: span.most][::-1], bool(span.oldest and (cursor or len(messages) > span.most))

    async def _thread(self, span: Span) -> tuple[list[dict[str, Any]], bool]:
        arguments: dict[str, Any] = {"channel": span.channel, "ts": span.root_ts, "limit": THREAD_PAGE, **_window(span)}
        messages: dict[str, dict[str, Any]] = {}
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.conversations_replies(include_all_metadata=True, **arguments, **more)).data
            # Every page holds the root again.
            messages |= {str(message["ts"]): message for message in data["messages"] if _is_said(message)}
            cursor = next_cursor(data)
            if not cursor:
                break
        # Slack gives the root also if `oldest` is later.
        inside = [message for ts, message in messages.items() if not span.oldest or float(ts) >= float(span.oldest)]
        is_whole = len(inside) <= span.most
        if not is_whole and span.most == MOST_MESSAGES and not span.oldest:
            # Nobody asked for the last messages only, so the root is kept: it says what the thread is about.
            return [inside[0], *inside[1 - span.most :]], True
        return inside[-span.most :], bool(cursor) or not is_whole

    async def _address(self, channel: str, messages: list[dict[str, Any]]) -> str:
        """The part of a permalink that all messages share, so that one call is enough for all addresses."""
        if not messages:
            return ""
        answer = await self._client.chat_getPermalink(channel=channel, message_ts=str(messages[0]["ts"]))
        data: Any = answer.data
        return str(data["permalink"]).split("?", 1)[0].rsplit("/", 1)[0]

    async def _line(self, team: str, message: dict[str, Any], reader: str) -> TranscriptLine:
        user = str(message.get("user") or message.get("bot_id") or "")
        profile = message.get("bot_profile") or {}
        named = str(message.get("username") or profile.get("name") or "")
        name = named or (await self._history.person(team, user)).name
        await asyncio.sleep(0)  # reading many long messages must not hold the event loop
        seen = read_message(message, self._own_user)
        return TranscriptLine(
            ts=str(message["ts"]),
            speaker=name if user == self._own_user else speaker_name(name, user),
            text=await self._history.readable(team, seen.words, reader),
            root_ts=str(message.get("thread_ts") or ""),
            files=tuple(file.name for file in seen.files),
        )


def _window(span: Span) -> dict[str, str]:
    bounds = {"oldest": span.oldest, "latest": span.until}
    return {name: ts for name, ts in bounds.items() if ts}


def _is_said(message: dict[str, Any]) -> bool:
    return message.get("ts") is not None and is_said(message)
