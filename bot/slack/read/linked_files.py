"""SlackLinks finds the file behind a link in a message, if the person who wrote the link may open it.

The bot may see files that the person may not, so it proves nothing that Slack gives the file to the bot. A file from a
private conversation is not shown to other people.
"""

from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.ports import Person
from bot.core.thread.inbound import FileRef
from bot.errors import FileForbidden, FileGone
from bot.slack.files import SlackDownloads
from bot.slack.read.forgotten import ForgottenFilter, ForgottenPeople
from bot.slack.read.membership import Memberships
from bot.words import text

NOT_SHARED = text("I can't tell whether you may see it: please share it here")
PRIVATE = text("it is from a private conversation: ask me about it in our direct messages, or share it here")


class People(Protocol):
    async def person(self, team: str, user: str) -> Person: ...


class SlackLinks:
    """`people` knows who is a member of the workspace `team`."""

    def __init__(
        self,
        client: AsyncWebClient,
        downloads: SlackDownloads,
        people: People,
        team: str,
        forgotten: ForgottenPeople | None = None,
    ) -> None:
        self._remembered = ForgottenFilter(forgotten)
        self._members = Memberships(client)
        self._downloads = downloads
        self._people = people
        self._team = team

    async def file(self, file_id: str, *, user: str, channel: str) -> FileRef:
        """The file behind a link that `user` wrote in `channel`.

        Raises FileForbidden with the same sentence for a file that they may not see, for one that does not exist, and
        for one of somebody else who asked to be forgotten since.
        """
        try:
            info = await self._downloads.info(file_id)
        except (FileForbidden, FileGone) as error:
            raise FileForbidden("linked, not shared", user_message=NOT_SHARED) from error
        if not await self._may_see(info, user, channel):
            raise FileForbidden("linked, not shared", user_message=NOT_SHARED)
        return await self._downloads.describe(file_id)

    async def _may_see(self, info: dict[str, Any], user: str, channel: str) -> bool:
        """Whether the file is their own, is shared in this conversation, is open to all members, or is shared in
        another conversation that they are in. Raises FileForbidden if that one is private and others would see the
        answer.
        """
        if not await self._remembered.is_file_kept(self._team, info, user):
            return False
        public, groups, dms = [[str(id_) for id_ in info.get(field) or ()] for field in ("channels", "groups", "ims")]
        if info.get("user") == user or channel in (*public, *groups, *dms):
            return True
        if info.get("is_public"):
            is_member = (await self._people.person(self._team, user)).standing == "member"
            return is_member or await self._members.is_in_any(user, public)
        may_see = await self._members.is_in_any(user, {*groups, *dms} - {*public})
        if may_see and not channel.startswith("D"):
            raise FileForbidden("private", user_message=PRIVATE)
        return may_see
