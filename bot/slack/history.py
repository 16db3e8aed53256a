"""Reading Slack back: messages, threads, people. Cached where it is asked often; never a reason to fail a turn."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.inbound import Inbound
from bot.core.policy import SPOKEN_SUBTYPES
from bot.core.ports import Heard, Person
from bot.slack.files import file_refs

log = structlog.get_logger(__name__)

PAGE = 200
MOST_PAGES = 5
PERSON_S = 3_600.0
UNKNOWN_S = 60.0
MOST_PEOPLE = 10_000
# Our small messages beside an answer carry this in their metadata; they are no part of one.
NOTE = "glm_note"
# What somebody said; joins, topics and the like are not.
SPOKEN = SPOKEN_SUBTYPES | {"bot_message"}
TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#(C[A-Z0-9]+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!([^>|]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")


class History:
    """`bot_user_id` is our own user; our own messages are told apart by it."""

    def __init__(self, client: AsyncWebClient, bot_user_id: str) -> None:
        self._client = client
        self._bot_user_id = bot_user_id
        self._people: dict[str, tuple[float, Person]] = {}
        # One look-up a person at a time: thirty questions at once are one call.
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def person(self, team: str, user: str) -> Person:
        async with self._asking[user]:
            kept = self._people.get(f"{team}:{user}")
            if kept and kept[0] > time.monotonic():
                return kept[1]
            person, keep_s = await self._looked_up(user)
            if len(self._people) >= MOST_PEOPLE:
                self._people.clear()
                self._asking.clear()
            self._people[f"{team}:{user}"] = (time.monotonic() + keep_s, person)
            return person

    async def _looked_up(self, user: str) -> tuple[Person, float]:
        try:
            data: Any = (await self._client.users_info(user=user, include_locale=True)).data
        except TROUBLE as error:
            log.warning("slack.person_unknown", reason=type(error).__name__)
            return Person(user, user), UNKNOWN_S
        return _person(data["user"]), PERSON_S

    async def message(self, inbound: Inbound) -> Heard | None:
        arguments: Any = {"channel": inbound.channel, "oldest": inbound.ts, "latest": inbound.ts, "inclusive": True}
        try:
            if inbound.is_reply:
                data = (await self._client.conversations_replies(ts=inbound.root_ts, limit=PAGE, **arguments)).data
            else:
                data = (await self._client.conversations_history(limit=1, **arguments)).data
        except TROUBLE as error:
            log.warning("slack.message_unknown", reason=type(error).__name__)
            return None
        messages: list[dict[str, Any]] = data["messages"] if isinstance(data, dict) else []
        found = [message for message in messages if message.get("ts") == inbound.ts]
        return self._heard(found[0]) if found else None

    async def thread(self, inbound: Inbound) -> tuple[Heard, ...]:
        heard: list[Heard] = []
        try:
            async for message in self._replies(inbound, latest=inbound.ts):
                is_note = (message.get("metadata") or {}).get("event_type") == NOTE
                if float(message["ts"]) < float(inbound.ts) and message.get("subtype", "") in SPOKEN and not is_note:
                    heard.append(self._heard(message))  # what came before an error is kept
        except TROUBLE as error:
            log.warning("slack.thread_unread", reason=type(error).__name__)
        return tuple(heard)

    async def own_since(self, inbound: Inbound, ts: str = "") -> tuple[str, ...]:
        """The ts of our own messages in the thread after `ts`, else after this message.

        Raises nothing: unread means none found. Small notes beside an answer are not among them.
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
        except TROUBLE as error:
            log.warning("slack.thread_unread", reason=type(error).__name__)
            return ()

    async def readable(self, team: str, text: str) -> str:
        for user, label in dict.fromkeys(_PERSON.findall(text)):
            name = label or (await self.person(team, user)).name
            token = f"<@{user}|{label}>" if label else f"<@{user}>"
            text = text.replace(token, f"@{name}")
        text = _CHANNEL.sub(lambda found: f"#{found[2] or found[1]}", text)
        text = _SPECIAL.sub(lambda found: found[2] or f"@{found[1].split('^')[0]}", text)
        text = _LINK.sub(_link, text)
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()

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
            cursor = (data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _heard(self, message: dict[str, Any]) -> Heard:
        user = str(message.get("user") or message.get("bot_id") or "")
        profile = message.get("bot_profile") or {}
        return Heard(
            ts=str(message["ts"]),
            user=user,
            text=str(message.get("text") or "").replace(f"<@{self._bot_user_id}>", "").strip(),
            files=file_refs(message),
            by_bot=user == self._bot_user_id,
            name=str(message.get("username") or profile.get("name") or ""),
        )


def _person(user: dict[str, Any]) -> Person:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    return Person(
        str(user["id"]),
        str(name or user["id"]),
        int(user.get("tz_offset") or 0),
        str(user.get("locale") or "en"),
        bool(user.get("is_admin")),
    )


def _link(found: re.Match[str]) -> str:
    address, label = found[1], found[2]
    return address if not label or label in address else f"[{label}]({address})"
