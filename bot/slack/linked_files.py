"""Files that a message only links to: brought in for a person who could open the link, and for nobody else. What comes
from a private conversation is not brought before other people.

The bot may see files that this person may not, so that Slack hands it over to the bot proves nothing.
"""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.inbound import FileRef
from bot.errors import FileForbidden
from bot.slack.files import SlackDownloads
from bot.words import text

NOT_SHARED = text("I can't tell whether you may see it; please share it here")
PRIVATE = text("it is from a private conversation: ask me about it in our direct messages, or share it here")
MOST_CHANNELS = 3
MEMBERS = 999


class SlackLinks:
    def __init__(self, client: AsyncWebClient, downloads: SlackDownloads) -> None:
        self._client = client
        self._downloads = downloads

    async def file(self, file_id: str, *, user: str, channel: str) -> FileRef:
        """The file behind a link that `user` wrote in `channel`. Raises the FileError that fits."""
        info = await self._downloads.info(file_id)
        if not await self._may_see(info, user, channel):
            raise FileForbidden("linked, not shared", user_message=NOT_SHARED)
        return await self._downloads.describe(file_id)

    async def _may_see(self, info: dict[str, Any], user: str, channel: str) -> bool:
        """Their own, everybody's, or shared in this or, between the two of us, another conversation they are in."""
        shared = [str(one) for field in ("channels", "groups", "ims") for one in info.get(field) or ()]
        if info.get("is_public") or info.get("user") == user or channel in shared:
            return True
        private = [one for one in shared if one not in (info.get("channels") or ())]
        may_see = any([await self._is_member(user, one) for one in private[:MOST_CHANNELS]])
        if may_see and not channel.startswith("D"):
            raise FileForbidden("private", user_message=PRIVATE)
        return may_see

    async def _is_member(self, user: str, channel: str) -> bool:
        try:
            found: Any = (await self._client.conversations_members(channel=channel, limit=MEMBERS)).data
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return False
        return user in (found.get("members") or ())
