"""Reading a channel or a thread back for a summary: who said what and when, with the address it can be cited by."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.brief import BriefRefused, Span
from bot.core.citations.transcript import Transcript, TranscriptLine
from bot.core.people.speakers import speaker_name
from bot.core.ports import Person
from bot.slack.read.forgotten import Forgotten, WithoutForgotten
from bot.slack.read.history import TROUBLE, History, is_said
from bot.slack.read.messages import read_message
from bot.slack.read.summaries.command_links import MOST_MESSAGES
from bot.words import text

log = structlog.get_logger(__name__)

Look = Callable[[str, Person], Awaitable[object]]
UNREADABLE = text("I can't read that conversation any more. Please check that I'm still in it, then ask again.")
PAGE, THREAD_PAGE = 200, 900  # a thread is told oldest first, and its end matters most
MOST_PAGES = 15
MOST_ADDRESSES = 10_000


class SlackTranscripts:
    """`client` reads; names and escapes are the history's. `own_user` is our own: of our answers the words are told.
    `look` raises BriefRefused where a person may not read along (`Finder.look`).
    """

    def __init__(
        self,
        client: AsyncWebClient,
        history: History,
        own_user: str = "",
        look: Look | None = None,
        forgotten: Forgotten | None = None,
    ) -> None:
        self._remembered = WithoutForgotten(forgotten)
        self._look = look
        self._client = client
        self._own_user = own_user
        self._history = history
        self._addresses: dict[str, str] = {}

    async def gather(self, team: str, span: Span, person: Person) -> Transcript:
        """For this person, as they may read it now: an order may be carried out anew long after it was given.

        Threads hanging on a channel's messages are not read; a bot's messages are, small notes of ours are not.
        """
        if self._look is not None:
            await self._look(span.channel, person)
        try:
            messages, missed = await (self._thread(span) if span.root_ts else self._channel(span))
            address = await self._address(span.channel, messages)
        except TROUBLE as error:
            log.warning("transcript.unread", reason=type(error).__name__)
            raise BriefRefused("unreadable", user_message=UNREADABLE) from error
        messages = await self._remembered.of(team, messages)
        return Transcript(span, address, tuple([await self._line(team, one, person.id) for one in messages]), missed)

    async def of_file(self, file_id: str) -> str:
        """Where people find a file: its permalink; a web page is where it is. Empty when Slack does not tell."""
        if file_id.startswith(("https://", "http://")):
            return file_id
        if file_id not in self._addresses:
            try:
                data: Any = (await self._client.files_info(file=file_id)).data
            except TROUBLE:
                return ""
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[file_id] = str(data["file"].get("permalink") or "")
        return self._addresses[file_id]

    async def _channel(self, span: Span) -> tuple[list[dict[str, Any]], bool]:
        """The newest first from Slack, the oldest first from here."""
        arguments: dict[str, Any] = {"channel": span.channel, "limit": min(PAGE, max(span.most, 15)), **_window(span)}
        said: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.conversations_history(**arguments, **more)).data
            said += [message for message in data["messages"] if _is_said(message)]
            cursor = (data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor or len(said) >= span.most:
                break
        return said[: span.most][::-1], bool(span.oldest and (cursor or len(said) > span.most))

    async def _thread(self, span: Span) -> tuple[list[dict[str, Any]], bool]:
        arguments: dict[str, Any] = {"channel": span.channel, "ts": span.root_ts, "limit": THREAD_PAGE, **_window(span)}
        said: dict[str, dict[str, Any]] = {}
        cursor = ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            data: Any = (await self._client.conversations_replies(include_all_metadata=True, **arguments, **more)).data
            # The root is told again with every page.
            said |= {str(message["ts"]): message for message in data["messages"] if _is_said(message)}
            cursor = (data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        # With `oldest` its root is told all the same.
        inside = [message for ts, message in said.items() if not span.oldest or float(ts) >= float(span.oldest)]
        is_whole = len(inside) <= span.most
        if not is_whole and span.most == MOST_MESSAGES and not span.oldest:
            # Nobody wanted the last ones only: what it is all about stands in the root.
            return [inside[0], *inside[1 - span.most :]], True
        return inside[-span.most :], bool(cursor) or not is_whole

    async def _address(self, channel: str, messages: list[dict[str, Any]]) -> str:
        """Slack's own permalink, without its message: one call tells all."""
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
        await asyncio.sleep(0)  # long messages, and many: others have a turn in between
        seen = read_message(message, self._own_user)
        return TranscriptLine(
            ts=str(message["ts"]),
            speaker=name if user == self._own_user else speaker_name(name, user),
            text=await self._history.readable(team, seen.words, reader),
            root_ts=str(message.get("thread_ts") or ""),
            files=tuple(file.name for file in seen.files),
        )


def _window(span: Span) -> dict[str, str]:
    given = {"oldest": span.oldest, "latest": span.until}
    return {name: value for name, value in given.items() if value}


def _is_said(message: dict[str, Any]) -> bool:
    return message.get("ts") is not None and is_said(message)
